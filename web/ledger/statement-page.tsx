// The statement of one account: balance as of any day, every line with its running balance.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { address } from '../api/client.ts'
import { AnchorButton, Button } from '../components/button.tsx'
import { Card, Figure, Tag } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { PageHead } from '../components/page.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { type Column, DataTable } from '../components/table.tsx'
import { Amount, Time } from '../components/value.tsx'
import { RequireSignIn } from '../identity/require-sign-in.tsx'
import { columnDecimals, decimal, signOf } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import {
  type Account,
  accountQuery,
  balanceQuery,
  endOfDay,
  type StatementLine,
  startOfDay,
  unitOf,
} from './ledger.ts'
import { VoucherReason } from './voucher-reason.tsx'
import { accountKindName, kindName } from './words.ts'

const route = getRouteApi('/statement/$accountId')

export function StatementPage() {
  return (
    <RequireSignIn>{({ subject }) => <Statement subjectId={subject?.id ?? null} />}</RequireSignIn>
  )
}

function Statement({ subjectId }: { subjectId: string | null }) {
  const { t } = useWords()
  const { accountId } = route.useParams()
  const query = useQuery(accountQuery(accountId))
  return (
    <Loaded query={query} what={t('账户', 'the account')}>
      {(account) => <AccountStatement account={account} subjectId={subjectId} />}
    </Loaded>
  )
}

function AccountStatement({ account, subjectId }: { account: Account; subjectId: string | null }) {
  const { t, of } = useWords()
  const { from, to } = route.useSearch()
  const period = {
    from: from ? startOfDay(from) : undefined,
    to: to ? endOfDay(to) : undefined,
  }
  const path = `/api/ledger/accounts/${account.id}/statement`
  return (
    <>
      <PageHead
        title={of(account.asset.name)}
        tag={account.frozen && <Tag tone="wait">{t('已停用', 'suspended')}</Tag>}
        lead={of(accountKindName(account.kind))}
        crumbs={[{ to: '/statement', title: t('账户与流水', 'Accounts and statement') }]}
        actions={
          <AnchorButton href={address(`${path}.csv`, period)} download>
            {t('下载 CSV', 'Download CSV')}
          </AnchorButton>
        }
      />
      <div className="column">
        <Card>
          <Balances account={account} at={to} />
        </Card>
        {subjectId && account.asset.class === 'voucher' && (
          <VoucherReason accountId={account.id} subjectId={subjectId} />
        )}
        <Card title={t('流水', 'Statement')}>
          <div className="stack stack-loose">
            <PeriodForm />
            <Lines account={account} path={path} period={period} />
          </div>
        </Card>
      </div>
    </>
  )
}

/** Today's balance, or that of the end of a day. */
function Balances({ account, at }: { account: Account; at: string | undefined }) {
  const { t } = useWords()
  if (!at) return <BalanceFigures account={account} values={account} when={t('现在', 'now')} />
  return <BalanceAt account={account} day={at} />
}

function BalanceAt({ account, day }: { account: Account; day: string }) {
  const { t } = useWords()
  const lastMoment = new Date(new Date(endOfDay(day)).getTime() - 1).toISOString()
  const query = useQuery(balanceQuery(account.id, lastMoment))
  return (
    <Loaded query={query} what={t('余额', 'the balance')}>
      {(values) => (
        <BalanceFigures
          account={account}
          values={values}
          when={t(`${day} 终了`, `end of ${day}`)}
        />
      )}
    </Loaded>
  )
}

interface BalanceFiguresProps {
  account: Account
  values: { available: string; held: string }
  when: string
}

function BalanceFigures({ account, values, when }: BalanceFiguresProps) {
  const { t, of } = useWords()
  const { sign, unit } = unitOf(account.asset.unit)
  const least = Math.min(2, account.asset.scale)
  const shown = (amount: string) => `${sign}${decimal(amount, least)}`
  const unitWords = unit ? of(unit) : undefined
  return (
    <div className="figures">
      <Figure
        label={t(`可用余额（${when}）`, `Available (${when})`)}
        value={shown(values.available)}
        unit={unitWords}
      />
      <Figure
        label={t(`冻结（${when}）`, `Held (${when})`)}
        value={shown(values.held)}
        unit={unitWords}
      />
    </div>
  )
}

function PeriodForm() {
  const { t } = useWords()
  const { from, to } = route.useSearch()
  const navigate = useNavigate({ from: '/statement/$accountId' })
  const change = (part: { from?: string; to?: string }) =>
    void navigate({ search: { from, to, ...part }, replace: true, resetScroll: false })
  return (
    <div className="filters">
      <TextField
        type="date"
        label={t('自', 'From')}
        value={from ?? ''}
        onChange={(event) => change({ from: event.target.value || undefined })}
      />
      <TextField
        type="date"
        label={t('至（余额也按这一天）', 'To (the balance too)')}
        value={to ?? ''}
        onChange={(event) => change({ to: event.target.value || undefined })}
      />
      {(from || to) && (
        <Button kind="quiet" onClick={() => change({ from: undefined, to: undefined })}>
          {t('不限日期', 'Any date')}
        </Button>
      )}
    </div>
  )
}

interface LinesProps {
  account: Account
  path: string
  period: { from: string | undefined; to: string | undefined }
}

function Lines({ account, path, period }: LinesProps) {
  const { t } = useWords()
  const pages = usePages<StatementLine>(['ledger', 'statement', account.id], path, period)
  return (
    <PagedList
      pages={pages}
      what={t('流水', 'the statement')}
      empty={
        <Empty title={t('这段时间没有流水', 'Nothing in this period')}>
          {t('请放宽日期。', 'Widen the dates.')}
        </Empty>
      }
    >
      {(items) => <LineTable account={account} items={items} />}
    </PagedList>
  )
}

function LineTable({ account, items }: { account: Account; items: readonly StatementLine[] }) {
  const { t, of } = useWords()
  const unit = account.asset.unit.zh === '元' ? t('元', 'yuan') : of(account.asset.unit)
  const decimals = columnDecimals(
    items.flatMap((line) => [line.available, line.held, line.availableAfter, line.heldAfter]),
    Math.min(2, account.asset.scale),
  )
  const amount = (title: string, pick: (line: StatementLine) => string, change = false) =>
    ({
      title: `${title}（${unit}）`,
      number: true,
      cell: (line) => {
        const value = pick(line)
        if (change && signOf(value) === 0) return <span className="muted">—</span>
        const plus = change && signOf(value) > 0 ? '+' : ''
        return <Amount amount={value} sign={plus} decimals={decimals} />
      },
    }) satisfies Column<StatementLine>
  return (
    <DataTable
      caption={t(
        '最新的在前；每一行都能查到原始记录',
        'Newest first; each line leads to its record',
      )}
      rows={items}
      rowKey={(line) => line.version}
      columns={[
        {
          title: t('时间', 'When'),
          cell: (line) => <Moments line={line} />,
        },
        {
          title: t('类型', 'Kind'),
          heads: true,
          cell: (line) => (
            <>
              {of(kindName(line.kind))}
              {line.memo && <code className="note-line muted tiny">{line.memo}</code>}
            </>
          ),
        },
        amount(t('可用变动', 'Available'), (line) => line.available, true),
        amount(t('冻结变动', 'Held'), (line) => line.held, true),
        amount(t('可用余额', 'Available after'), (line) => line.availableAfter),
        amount(t('冻结余额', 'Held after'), (line) => line.heldAfter),
        {
          title: t('操作', 'Actions'),
          actions: true,
          cell: (line) => (
            <Link
              to="/entries/$entryId"
              params={{ entryId: line.entryId }}
              aria-label={t(`查看凭证 ${line.version}`, `Entry ${line.version}`)}
            >
              {t('查看凭证', 'Entry')}
            </Link>
          ),
        },
      ]}
    />
  )
}

/** When it was booked, and when it happened where that is another time. */
function Moments({ line }: { line: StatementLine }) {
  const { t } = useWords()
  return (
    <>
      <Time at={line.bookedAt} show="second" />
      {line.at !== line.bookedAt && (
        <span className="note-line muted tiny">
          {t('发生于 ', 'happened ')}
          <Time at={line.at} />
        </span>
      )}
    </>
  )
}
