// How much of a cluster's card time was in use in each of the last hours: bars, and their table.
import { DataTable } from '../components/table.tsx'
import { dateTime } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import type { ClusterView } from './compute.ts'
import { percent } from './words.ts'

const BAR = 20
const GAP = 4
const HEIGHT = 100

type Hours = ClusterView['utilisation']

export function Utilisation({ hours }: { hours: Hours }) {
  const { t } = useWords()
  if (hours.length === 0) {
    return <p className="muted">{t('还没有数据。', 'No data yet.')}</p>
  }
  const mean = hours.reduce((sum, { share }) => sum + share, 0) / hours.length
  const busiest = hours.reduce((most, one) => (one.share > most.share ? one : most))
  const sentence =
    busiest.share === 0
      ? t('近 24 小时没有任务运行。', 'Nothing ran in the last 24 hours.')
      : t(
          `平均 ${percent(mean)}%；最忙的一小时从 ${dateTime(new Date(busiest.from))} 起，${percent(busiest.share)}%。`,
          `${percent(mean)}% on average; the busiest hour, from ` +
            `${dateTime(new Date(busiest.from))}, had ${percent(busiest.share)}%.`,
        )
  const width = hours.length * (BAR + GAP)
  return (
    <figure className="stack">
      <figcaption className="small">{sentence}</figcaption>
      <svg
        className="hours"
        viewBox={`0 -2 ${width} ${HEIGHT + 4}`}
        role="img"
        aria-label={sentence}
      >
        {[0, 0.5, 1].map((share) => (
          <line
            key={share}
            className="chart-axis"
            x1="0"
            x2={width}
            y1={HEIGHT * (1 - share)}
            y2={HEIGHT * (1 - share)}
          />
        ))}
        {hours.map(({ from, share }, nth) => (
          <rect
            key={from}
            className="hour"
            x={nth * (BAR + GAP) + GAP / 2}
            y={HEIGHT * (1 - Math.min(1, share))}
            width={BAR}
            height={HEIGHT * Math.min(1, share)}
          />
        ))}
      </svg>
      <p className="chart-range muted tiny">
        <span>{dateTime(new Date(hours[0]!.from))}</span>
        <span>{t('每格一小时，三条线为 0%、50%、100%', 'hours; lines at 0, 50 and 100%')}</span>
      </p>
      <HourTable hours={hours} />
    </figure>
  )
}

function HourTable({ hours }: { hours: Hours }) {
  const { t } = useWords()
  return (
    <details>
      <summary>{t('逐小时数据', 'The figures')}</summary>
      <DataTable
        dense
        caption={t('每小时卡时在用的占比', 'Share of card time in use in each hour')}
        rows={hours}
        rowKey={({ from }) => from}
        columns={[
          {
            title: t('起始', 'From'),
            heads: true,
            cell: ({ from }) => dateTime(new Date(from)),
          },
          {
            title: t('利用率', 'Use'),
            number: true,
            cell: ({ share }) => `${(share * 100).toFixed(1)}%`,
          },
        ]}
      />
    </details>
  )
}
