// One entry of the ledger: its legs, which sum to zero, and the way to the journal and its proof.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { LinkButton } from '../components/button.tsx'
import { Card, Facts, Tag } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Amount, Identifier, Time } from '../components/value.tsx'
import { RequireSignIn } from '../identity/require-sign-in.tsx'
import { columnDecimals, signOf } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { type Entry, entryQuery } from './ledger.ts'
import { accountKindName, kindName } from './words.ts'

/** How long to wait before asking again whether the journal has numbered an entry. */
const NUMBERED_SOON_MS = 1_000

const route = getRouteApi('/entries/$entryId')

export function EntryPage() {
  return <RequireSignIn>{() => <LedgerEntry />}</RequireSignIn>
}

function LedgerEntry() {
  const { t } = useWords()
  const { entryId } = route.useParams()
  const query = useQuery({
    ...entryQuery(entryId),
    refetchInterval: ({ state }) => (state.data?.position === null ? NUMBERED_SOON_MS : false),
  })
  return (
    <Loaded query={query} what={t('凭证', 'the entry')}>
      {(entry) => <EntryBody entry={entry} />}
    </Loaded>
  )
}

function EntryBody({ entry }: { entry: Entry }) {
  const { t, of } = useWords()
  return (
    <>
      <PageHead
        title={of(kindName(entry.kind))}
        tag={entry.reversedBy && <Tag tone="wait">{t('已冲正', 'reversed')}</Tag>}
        lead={t(
          '一笔凭证：各方变动合计为零，只增不改。',
          'An entry: its legs sum to zero, and it never changes.',
        )}
        crumbs={[{ to: '/statement', title: t('账户与流水', 'Accounts and statement') }]}
        actions={
          entry.position !== null && (
            <LinkButton to="/journal/$position" params={{ position: String(entry.position) }}>
              {t('查原始记录与证明', 'Journal entry and proof')}
            </LinkButton>
          )
        }
      />
      <div className="column">
        <Card title={t('各方变动', 'Legs')}>
          <Legs entry={entry} />
        </Card>
        <Card title={t('凭证', 'Entry')}>
          <EntryFacts entry={entry} />
        </Card>
      </div>
    </>
  )
}

function Legs({ entry }: { entry: Entry }) {
  const { t, of } = useWords()
  const decimals = columnDecimals(
    entry.legs.flatMap((leg) => [leg.available, leg.held]),
    2,
  )
  const change = (value: string) =>
    signOf(value) === 0 ? (
      <span className="muted">—</span>
    ) : (
      <Amount amount={value} sign={signOf(value) > 0 ? '+' : ''} decimals={decimals} />
    )
  return (
    <DataTable
      caption={t('可用与冻结两栏合计为零', 'Both columns together sum to zero')}
      rows={entry.legs}
      rowKey={(leg) => `${leg.owner} ${leg.accountKind} ${leg.accountId}`}
      columns={[
        {
          title: t('账户', 'Account'),
          heads: true,
          cell: (leg) => {
            const name =
              leg.ownerName ?? (leg.owner ? t('个人', 'a person') : t('平台', 'platform'))
            const kind = of(accountKindName(leg.accountKind))
            return (
              <>
                {leg.accountId && leg.availableAfter !== null ? (
                  <Link to="/statement/$accountId" params={{ accountId: leg.accountId }}>
                    {name}
                  </Link>
                ) : (
                  name
                )}
                <span className="note-line muted small">{kind}</span>
              </>
            )
          },
        },
        { title: t('资产', 'Asset'), cell: (leg) => `${leg.asset}（${of(leg.unit)}）` },
        { title: t('可用', 'Available'), number: true, cell: (leg) => change(leg.available) },
        { title: t('冻结', 'Held'), number: true, cell: (leg) => change(leg.held) },
      ]}
    />
  )
}

function EntryFacts({ entry }: { entry: Entry }) {
  const { t } = useWords()
  const other = (id: string) => (
    <Link to="/entries/$entryId" params={{ entryId: id }}>
      {id.slice(0, 13)}…
    </Link>
  )
  return (
    <Facts
      rows={[
        [t('凭证编号', 'Entry'), <Identifier key="id" value={entry.id} length={40} />],
        [t('发生时间', 'Happened'), <Time key="at" at={entry.at} show="second" />],
        [t('记录时间', 'Recorded'), <Time key="known" at={entry.knownAt} show="second" />],
        [
          t('日志编号', 'Journal'),
          entry.position === null ? (
            t('正在编号……', 'being numbered…')
          ) : (
            <Link
              key="position"
              to="/journal/$position"
              params={{ position: String(entry.position) }}
            >
              {t(`第 ${entry.position} 号`, `No. ${entry.position}`)}
            </Link>
          ),
        ],
        ...(entry.memo
          ? [[t('依据', 'Basis'), <code key="memo">{entry.memo}</code>] as const]
          : []),
        ...(entry.reversalOf
          ? [[t('冲正的是', 'Reverses'), other(entry.reversalOf)] as const]
          : []),
        ...(entry.reversedBy
          ? [[t('已被冲正', 'Reversed by'), other(entry.reversedBy)] as const]
          : []),
      ]}
    />
  )
}
