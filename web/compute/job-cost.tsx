// What a job has cost so far of what is held, who pays, and the way to every entry.
import { Link } from '@tanstack/react-router'
import { Bar } from '../components/bar.tsx'
import { Card } from '../components/card.tsx'
import { Amount, Time } from '../components/value.tsx'
import { columnDecimals, decimal } from '../text/format.ts'
import { type Text, useWords } from '../text/text.ts'
import type { Workload } from './compute.ts'
import { ratioInWords } from './words.ts'

const entryNames: Readonly<Record<string, Text>> = {
  held: { zh: '占用', en: 'Held' },
  settled: { zh: '结算', en: 'Settled' },
}

export function CostCard({ job }: { job: Workload }) {
  const { t } = useWords()
  const { cost } = job
  const share = Number(cost.most) === 0 ? 0 : Number(cost.soFar) / Number(cost.most)
  const decimals = columnDecimals([cost.soFar, cost.cash, cost.voucher?.amount ?? '0'], 2)
  const last = cost.entries.at(-1)
  const soFar = `¥${decimal(cost.soFar, 2)}`
  const most = `¥${decimal(cost.most, 2)}`
  return (
    <Card title={t('花费', 'Cost')}>
      <p className="figure-value">
        {last ? (
          <Link to="/entries/$entryId" params={{ entryId: last.id }}>
            {soFar}
          </Link>
        ) : (
          soFar
        )}
        <span className="figure-unit">
          {cost.settled ? t('已结算', 'settled') : t(`/ 占用 ${most}`, `of ${most} held`)}
        </span>
      </p>
      <Bar share={share} label={t(`已花费 ${soFar}，占用 ${most}`, `${soFar} of ${most} spent`)} />
      <ul className="cost-rows">
        {cost.voucher && (
          <CostRow
            name={t(
              `${cost.voucher.name.zh}（${ratioInWords(cost.voucher.ratio)}）`,
              `${cost.voucher.name.en} (${ratioInWords(cost.voucher.ratio)})`,
            )}
          >
            <Amount amount={cost.voucher.amount} sign="¥" decimals={decimals} />
          </CostRow>
        )}
        <CostRow name={t('账户余额', 'Own money')}>
          <Amount amount={cost.cash} sign="¥" decimals={decimals} />
        </CostRow>
        <CostRow name={t('已计量', 'Metered')}>
          <Amount amount={job.cardHours} decimals={2} unit={t('卡时', 'card-hours')} />
        </CostRow>
        <CostRow name={t('单价', 'Price')}>
          <Amount amount={cost.price} sign="¥" unit={t('/ 卡时', '/ card-hour')} decimals={2} />
        </CostRow>
      </ul>
      <Entries entries={cost.entries} />
      {job.invoice && (
        <p className="small">
          {t('票据 ', 'Invoice ')}
          <Link to="/compute/invoices/$id" params={{ id: job.invoice.id }}>
            {job.invoice.number}
          </Link>
        </p>
      )}
    </Card>
  )
}

function CostRow({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <li className="row row-apart">
      <span>{name}</span>
      <strong>{children}</strong>
    </li>
  )
}

function Entries({ entries }: { entries: Workload['cost']['entries'] }) {
  const { t, of } = useWords()
  if (entries.length === 0) return null
  return (
    <>
      <h3 className="small">{t('每一笔分录', 'Every entry')}</h3>
      <ul className="small">
        {entries.map((entry) => (
          <li key={entry.id}>
            <Link to="/entries/$entryId" params={{ entryId: entry.id }}>
              {of(entryNames[entry.kind] ?? { zh: entry.kind, en: entry.kind })}
            </Link>{' '}
            <span className="muted">
              <Time at={entry.at} show="second" near />
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
