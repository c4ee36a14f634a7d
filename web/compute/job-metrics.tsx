// What the program measured of itself: a line for each figure, and the table of all of them.
import { useQuery } from '@tanstack/react-query'
import { Card } from '../components/card.tsx'
import { Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { useWords } from '../text/text.ts'
import { type Metrics, metricsQuery, type Workload } from './compute.ts'
import { LineChart } from './line-chart.tsx'
import { chartOf, columnsOf, short } from './series.ts'

const MEASURED_MS = 3_000
/** Rows of the table; a chart still shows all. */
const MOST_ROWS = 200

interface Row {
  item: Metrics[number]
  nth: number
}

export function MetricsCard({ job }: { job: Workload }) {
  const { t } = useWords()
  const running = job.state === 'running'
  const query = useQuery({
    ...metricsQuery(job.id),
    enabled: job.startedAt !== null,
    refetchInterval: running ? MEASURED_MS : false,
  })
  if (job.startedAt === null) return null
  return (
    <Card title={t('指标', 'Metrics')}>
      <Loaded query={query} what={t('指标', 'the metrics')}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">
              {t(
                '程序把指标逐行写入 /output/metrics.jsonl，这里就画成曲线。',
                'Lines that a program writes to /output/metrics.jsonl are drawn here.',
              )}
            </p>
          ) : (
            <MetricLines items={items} />
          )
        }
      </Loaded>
    </Card>
  )
}

function MetricLines({ items }: { items: Metrics }) {
  const { t } = useWords()
  const { axis, series } = chartOf(items)
  const columns = columnsOf(items)
  const rows: Row[] = items.map((item, nth) => ({ item, nth })).slice(-MOST_ROWS)
  return (
    <div className="stack">
      <div className="charts">
        {series.map((one) => (
          <LineChart key={one.name} series={one} axis={axis} />
        ))}
      </div>
      <details open={series.length === 0 || undefined}>
        <summary>{t(`指标表（${items.length} 行）`, `Table of ${items.length} rows`)}</summary>
        <div className="metric-table">
          <DataTable<Row>
            dense
            caption={
              items.length > MOST_ROWS
                ? t(`最近 ${MOST_ROWS} 行`, `The last ${MOST_ROWS} rows`)
                : t('程序写下的全部指标', 'Everything that the program measured')
            }
            rows={rows}
            rowKey={({ nth }) => String(nth)}
            columns={columns.map((name) => ({
              title: name,
              number: typeof items[0]?.[name] === 'number',
              cell: ({ item }) => cellOf(item[name]),
            }))}
          />
        </div>
      </details>
    </div>
  )
}

function cellOf(value: Metrics[number][string] | undefined): string {
  if (value === null || value === undefined) return '—'
  return typeof value === 'number' ? short(value) : String(value)
}
