// Accounts of whom I act for: what is there, what is held, and the way to every line.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { LinkButton } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { PageHead } from '../components/page.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Amount, Time } from '../components/value.tsx'
import { RequireSignIn, type SignedIn } from '../identity/require-sign-in.tsx'
import { columnDecimals } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { type Account, accountsQuery, type Hold, unitOf } from './ledger.ts'
import { accountKindName, purposeName } from './words.ts'

export function AccountsPage() {
  return <RequireSignIn>{(session) => <Accounts session={session} />}</RequireSignIn>
}

function Accounts({ session }: { session: SignedIn }) {
  const { t } = useWords()
  const query = useQuery(accountsQuery)
  return (
    <>
      <PageHead
        title={t('账户与流水', 'Accounts and statement')}
        lead={session.subject?.name ?? session.person.name}
      />
      <div className="column">
        <Card title={t('账户', 'Accounts')}>
          <Loaded query={query} what={t('账户', 'accounts')}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={t('还没有账户', 'No account yet')}>
                  {t(
                    '申领算力券或有资金入账后自动开立。',
                    'One opens with the first voucher or money.',
                  )}
                  <div className="row">
                    <LinkButton to="/vouchers">
                      {t('看看能领什么', 'See what you can claim')}
                    </LinkButton>
                  </div>
                </Empty>
              ) : (
                <AccountTable items={items} />
              )
            }
          </Loaded>
        </Card>
        <Card title={t('未结清的冻结', 'Open holds')}>
          <Holds />
        </Card>
      </div>
    </>
  )
}

function AccountTable({ items }: { items: readonly Account[] }) {
  const { t, of } = useWords()
  const decimals = columnDecimals(
    items.flatMap(({ available, held }) => [available, held]),
    2,
  )
  return (
    <DataTable
      caption={t(
        '可用的可以随时使用；冻结的已为一笔业务留出。',
        'Available can be used; held is set aside.',
      )}
      rows={items}
      rowKey={(row) => row.id}
      columns={[
        {
          title: t('账户', 'Account'),
          heads: true,
          cell: (row) => (
            <>
              <Link to="/statement/$accountId" params={{ accountId: row.id }}>
                {of(row.asset.name)}
              </Link>
              <span className="note-line muted small">{of(accountKindName(row.kind))}</span>
            </>
          ),
        },
        {
          title: t('用途与期限', 'Earmark'),
          cell: (row) => (row.earmark ? <Earmark account={row} /> : t('不限', 'none')),
        },
        {
          title: t('可用', 'Available'),
          number: true,
          cell: (row) => <Money account={row} amount={row.available} decimals={decimals} />,
        },
        {
          title: t('冻结', 'Held'),
          number: true,
          cell: (row) => <Money account={row} amount={row.held} decimals={decimals} />,
        },
        {
          title: t('状态', 'State'),
          cell: (row) =>
            row.frozen ? (
              <Tag tone="wait">{t('已停用', 'suspended')}</Tag>
            ) : (
              <Tag tone="good">{t('正常', 'open')}</Tag>
            ),
        },
      ]}
    />
  )
}

interface MoneyProps {
  account: Pick<Account, 'asset'>
  amount: string
  decimals: number
}

function Money({ account, amount, decimals }: MoneyProps) {
  const { of } = useWords()
  const { sign, unit } = unitOf(account.asset.unit)
  return (
    <Amount
      amount={amount}
      sign={sign}
      unit={unit ? of(unit) : undefined}
      decimals={Math.min(decimals, account.asset.scale)}
    />
  )
}

function Earmark({ account }: { account: Account }) {
  const { t, of } = useWords()
  const { purposes, validUntil } = account.earmark!
  return (
    <>
      {purposes.map((purpose) => of(purposeName(purpose))).join(t('、', ', '))}
      {validUntil && (
        <span className="note-line muted small">
          {t('至 ', 'until ')}
          <Time at={validUntil} />
        </span>
      )}
    </>
  )
}

function Holds() {
  const { t, of } = useWords()
  const pages = usePages<Hold>(['ledger', 'holds'], '/api/ledger/holds')
  return (
    <PagedList
      pages={pages}
      what={t('冻结', 'holds')}
      empty={<p className="muted">{t('没有。', 'None.')}</p>}
    >
      {(items) => (
        <DataTable
          caption={t('到期前未结算的，自动解冻', 'What is not settled in time is released')}
          rows={items}
          rowKey={(row) => row.id}
          columns={[
            {
              title: t('用途', 'Purpose'),
              heads: true,
              cell: (row) => of(purposeName(row.purpose)),
            },
            {
              title: t('余额', 'Left'),
              number: true,
              cell: (row) => {
                const { sign, unit } = unitOf(row.unit)
                return (
                  <Amount
                    amount={row.remaining}
                    sign={sign}
                    unit={unit ? of(unit) : undefined}
                    decimals={2}
                  />
                )
              },
            },
            { title: t('到期', 'Expires'), cell: (row) => <Time at={row.expiresAt} /> },
          ]}
        />
      )}
    </PagedList>
  )
}
