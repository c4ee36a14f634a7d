// A site over time: what ran, runs and is reserved, node by node; the window moves and zooms.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { SelectField } from '../components/field.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { dateTime } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { type Schedule, scheduleQuery } from './compute.ts'
import { ComputeFrame } from './frame.tsx'
import { BarTable, Gantt, GanttLegend } from './gantt.tsx'
import './compute.css'

const LOOK_AGAIN_MS = 5_000
const HOUR_MS = 3_600_000
const SPANS = [1, 3, 12, 24, 72, 168]
const USUAL_SPAN = 12

const route = getRouteApi('/compute/sites/$id')

export function SchedulePage() {
  const { t, of } = useWords()
  const { id } = route.useParams()
  const { from, hours } = route.useSearch()
  const asked = Number(hours)
  const span = SPANS.includes(asked) ? asked : USUAL_SPAN
  const query = useQuery({
    ...scheduleQuery(id, span, from),
    refetchInterval: LOOK_AGAIN_MS,
    placeholderData: keepPreviousData,
  })
  const name = query.data ? of(query.data.site.name) : t('站点', 'Site')
  return (
    <ComputeFrame
      title={t(`${name}排程`, `Schedule of ${name}`)}
      lead={t(
        '每个节点上哪些卡何时在用、何时已预留。预留是承诺：到时一定有卡，只会提前，不会推后。',
        'Which cards of each node are in use, and when they are reserved. A reservation is a ' +
          'promise: the cards will be there by then, or earlier.',
      )}
    >
      <Loaded query={query} what={t('排程', 'the schedule')}>
        {(schedule) =>
          schedule.nodes.length === 0 ? (
            <Empty title={t('没有节点', 'No node')}>
              {t('接入节点后在这里列出。', 'Nodes are listed here once they join.')}
            </Empty>
          ) : (
            <div className="column">
              <Card title={t('时间窗', 'Window')}>
                <WindowControls schedule={schedule} span={span} />
              </Card>
              <Card title={t('各节点', 'Node by node')}>
                <div className="stack stack-loose">
                  <Summary schedule={schedule} />
                  <Gantt schedule={schedule} />
                  <GanttLegend />
                  <BarTable schedule={schedule} />
                </div>
              </Card>
            </div>
          )
        }
      </Loaded>
    </ComputeFrame>
  )
}

function WindowControls({ schedule, span }: { schedule: Schedule; span: number }) {
  const { t } = useWords()
  const navigate = useNavigate()
  const { id } = schedule.site
  const show = (hours: number, from?: number) =>
    void navigate({
      to: '/compute/sites/$id',
      params: { id },
      search: {
        hours: String(hours),
        ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
      },
      replace: true,
      resetScroll: false,
    })
  const start = Date.parse(schedule.from)
  const half = (span * HOUR_MS) / 2
  /** Zooming keeps the middle of the window where it is. */
  const zoom = (hours: number) => show(hours, start + half - (hours * HOUR_MS) / 2)
  return (
    <div className="filters">
      <SelectField
        label={t('跨度', 'Span')}
        value={String(span)}
        onChange={({ target }) => zoom(Number(target.value))}
      >
        {SPANS.map((hours) => (
          <option key={hours} value={hours}>
            {hours < 24
              ? t(`${hours} 小时`, `${hours} hours`)
              : t(`${hours / 24} 天`, `${hours / 24} days`)}
          </option>
        ))}
      </SelectField>
      <div className="row">
        <Button small onClick={() => show(span, start - half)}>
          {t('更早', 'Earlier')}
        </Button>
        <Button small onClick={() => show(span)}>
          {t('现在', 'Now')}
        </Button>
        <Button small onClick={() => show(span, start + half)}>
          {t('更晚', 'Later')}
        </Button>
      </div>
    </div>
  )
}

/** One sentence with what the drawing shows. */
function Summary({ schedule }: { schedule: Schedule }) {
  const { t } = useWords()
  const { bars, nodes, from, to, more } = schedule
  const of = (kind: Schedule['bars'][number]['kind']) =>
    bars.filter((bar) => bar.kind === kind).length
  const cards = nodes.reduce((sum, node) => sum + node.cards, 0)
  return (
    <p>
      {t(
        `${dateTime(new Date(from))} 至 ${dateTime(new Date(to))}，${nodes.length} 个节点、${cards} 卡：` +
          `运行中 ${of('running')}，已预留 ${of('promised')}，已运行 ${of('ran')}，` +
          `中途让出 ${of('gave-way')}，停用 ${of('blocked')}。`,
        `${dateTime(new Date(from))} to ${dateTime(new Date(to))}, ${nodes.length} nodes, ` +
          `${cards} cards: ${of('running')} running, ${of('promised')} reserved, ` +
          `${of('ran')} ran, ${of('gave-way')} gave way, ${of('blocked')} out of use.`,
      )}
      {more &&
        t(
          ' 窗内的太多，没有全部画出：请缩短跨度。',
          ' There is more than is drawn: choose a shorter span.',
        )}
    </p>
  )
}
