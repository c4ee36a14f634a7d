// A schedule drawn: a lane for each node as high as its cards, bars over time; and the same as a table.
import { Link } from '@tanstack/react-router'
import { Tag } from '../components/card.tsx'
import { DataTable } from '../components/table.tsx'
import { Time } from '../components/value.tsx'
import { dateTime } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import type { Schedule, ScheduleBar } from './compute.ts'
import { barKindNames, cardsOf, nodeStateNames } from './words.ts'

const WIDTH = 1_000
const MILLI = 1_000
/** A bar that would be thinner is drawn so that it can be seen. */
const THINNEST = 2
const QUARTERS = [1, 2, 3].map((nth) => (nth * WIDTH) / 4)

type Node = Schedule['nodes'][number]

/** From instants to the drawing: 0 is the beginning of the window, WIDTH its end. */
function scaleOf({ from, to }: Pick<Schedule, 'from' | 'to'>) {
  const [start, end] = [Date.parse(from), Date.parse(to)]
  return (at: string) =>
    Math.round(Math.min(1, Math.max(0, (Date.parse(at) - start) / (end - start))) * WIDTH)
}

export function Gantt({ schedule }: { schedule: Schedule }) {
  const { t, of } = useWords()
  const { nodes, from, to } = schedule
  const middle = new Date((Date.parse(from) + Date.parse(to)) / 2)
  const several = new Set(nodes.map(({ clusterId }) => clusterId)).size > 1
  return (
    <div className="gantt">
      <p className="gantt-axis muted tiny" aria-hidden="true">
        <span>{dateTime(new Date(from))}</span>
        <span>{dateTime(middle)}</span>
        <span>{dateTime(new Date(to))}</span>
      </p>
      <ul className="gantt-lanes">
        {nodes.map((node) => (
          <li key={node.id} className="gantt-lane">
            <p className="small">
              <strong>{node.name}</strong>{' '}
              {node.state !== 'ready' && <Tag tone="wait">{of(nodeStateNames[node.state])}</Tag>}
              <span className="note-line muted tiny">
                {several && `${of(node.cluster)} `}
                {t(`${node.cards} 卡`, `${node.cards} cards`)}
              </span>
            </p>
            <Lane schedule={schedule} node={node} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Lane({ schedule, node }: { schedule: Schedule; node: Node }) {
  const { t } = useWords()
  const x = scaleOf(schedule)
  const here = schedule.bars.filter(({ places }) => places.some((one) => one.nodeId === node.id))
  const height = node.cards * MILLI
  const now = x(schedule.now)
  return (
    <svg
      className="gantt-bars"
      viewBox={`0 0 ${WIDTH} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t(
        `${node.name}：窗内 ${here.length} 段，逐段见下表`,
        `${node.name}: ${here.length} bars, each in the table below`,
      )}
    >
      {QUARTERS.map((at) => (
        <line key={at} className="chart-axis gantt-line" x1={at} x2={at} y1="0" y2={height} />
      ))}
      {here.map((bar) => (
        <Bar key={keyOf(bar)} bar={bar} nodeId={node.id} x={x} now={schedule.now} />
      ))}
      {now > 0 && now < WIDTH && (
        <line className="gantt-now gantt-line" x1={now} x2={now} y1="0" y2={height} />
      )}
    </svg>
  )
}

interface BarProps {
  bar: ScheduleBar
  nodeId: string
  x: (at: string) => number
  now: string
}

/** What runs is solid up to now, and pale up to its limit. */
function Bar({ bar, nodeId, x, now }: BarProps) {
  const { t, of } = useWords()
  const units = bar.places.filter((one) => one.nodeId === nodeId).flatMap((one) => one.units)
  const own = bar.job ? ' gantt-own' : ''
  const parts: [string, string, string][] =
    bar.kind === 'running'
      ? [
          ['gantt-ahead', now, bar.to],
          ['gantt-running', bar.from, now],
        ]
      : [[`gantt-${bar.kind}`, bar.from, bar.to]]
  const words = bar.job ? bar.job.name : t('其他单位的任务', 'a job of others')
  return (
    <g>
      <title>{`${of(barKindNames[bar.kind])}${bar.kind === 'blocked' ? '' : ` ${words}`}`}</title>
      {parts.flatMap(([name, from, to]) =>
        units.map(([low, high]) => (
          <rect
            key={`${name} ${low}`}
            className={`gantt-bar ${name}${own}`}
            x={x(from)}
            width={Math.max(THINNEST, x(to) - x(from))}
            y={low}
            height={high - low}
          />
        )),
      )}
    </g>
  )
}

const keyOf = ({ kind, from, job, attempt, places }: ScheduleBar) =>
  [kind, from, job?.id, attempt, ...places.flatMap(({ nodeId, units }) => [nodeId, units])].join()

/** What the bars mean. */
export function GanttLegend() {
  const { t, of } = useWords()
  const parts = [
    ['gantt-ran', of(barKindNames.ran)],
    ['gantt-gave-way', of(barKindNames['gave-way'])],
    ['gantt-running', of(barKindNames.running)],
    ['gantt-ahead', t('至多运行到（时限）', 'at most until (its limit)')],
    ['gantt-promised', of(barKindNames.promised)],
    ['gantt-blocked', of(barKindNames.blocked)],
    ['gantt-promised gantt-own', t('粗框：自己看得见的任务', 'thick frame: a job one may see')],
  ] as const
  return (
    <ul className="legend small muted">
      {parts.map(([name, words]) => (
        <li key={name}>
          <svg className="legend-mark" viewBox="0 0 16 10" aria-hidden="true">
            <rect className={`gantt-bar ${name}`} width="16" height="10" />
          </svg>
          {words}
        </li>
      ))}
    </ul>
  )
}

export function BarTable({ schedule }: { schedule: Schedule }) {
  const { t, of } = useWords()
  const names = new Map(schedule.nodes.map(({ id, name }) => [id, name]))
  const rows = schedule.bars.toSorted((a, b) => a.from.localeCompare(b.from))
  const taken = (units: readonly (readonly [number, number])[]) =>
    cardsOf(units.reduce((sum, [low, high]) => sum + high - low, 0))
  return (
    <details>
      <summary>{t('逐段列表', 'The bars as a list')}</summary>
      <DataTable
        caption={t('窗内每一段：任务、起止、位置', 'Each bar: its job, its time, its place')}
        quietCaption
        rows={rows}
        rowKey={keyOf}
        columns={[
          {
            title: t('任务', 'Job'),
            heads: true,
            cell: ({ job, kind, attempt }) => (
              <>
                {job ? (
                  <Link to="/compute/jobs/$id" params={{ id: job.id }}>
                    {job.name}
                  </Link>
                ) : kind === 'blocked' ? (
                  '—'
                ) : (
                  t('其他单位', 'others')
                )}
                {attempt > 1 && (
                  <span className="note-line muted small">
                    {t(`第 ${attempt} 次运行`, `run ${attempt}`)}
                  </span>
                )}
              </>
            ),
          },
          { title: t('状态', 'State'), cell: ({ kind }) => of(barKindNames[kind]) },
          { title: t('起', 'From'), cell: ({ from }) => <Time at={from} /> },
          { title: t('止（至迟）', 'To (latest)'), cell: ({ to }) => <Time at={to} /> },
          {
            title: t('节点与卡', 'Nodes and cards'),
            cell: ({ places }) =>
              places
                .map(({ nodeId, units }) => `${names.get(nodeId) ?? '—'} × ${taken(units)}`)
                .join(t('，', ', ')),
          },
        ]}
      />
    </details>
  )
}
