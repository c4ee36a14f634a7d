// What my organisation may use and uses of each cluster, and its share of late.
import type { UseQueryResult } from '@tanstack/react-query'
import { Bar } from '../components/bar.tsx'
import { Card } from '../components/card.tsx'
import { Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import type { Queue } from './compute.ts'
import { SimulatedTag } from './tags.tsx'
import { percent } from './words.ts'

export function QueueCard({ query }: { query: UseQueryResult<Queue> }) {
  const { t } = useWords()
  return (
    <Card title={t('我的队列', 'My queue')}>
      <Loaded query={query} what={t('队列', 'the queue')}>
        {(queue) => (
          <div className="stack">
            <p>
              {t(
                `在排 ${count(queue.waiting)} 个，在跑 ${count(queue.running)} 个。` +
                  `近期用量占全部用量的 ${percent(queue.share)}%，权重 ${queue.weight}；` +
                  '用得少的单位先排。',
                `${count(queue.waiting)} waiting, ${count(queue.running)} running. Of late you ` +
                  `used ${percent(queue.share)}% of all, with weight ${queue.weight}; ` +
                  'who used less goes first.',
              )}
            </p>
            <QuotaTable queue={queue} />
          </div>
        )}
      </Loaded>
    </Card>
  )
}

function QuotaTable({ queue }: { queue: Queue }) {
  const { t, of } = useWords()
  if (queue.quotas.length === 0) return null
  return (
    <DataTable
      caption={t(
        '各集群的配额：同时最多占用多少卡，现在用了多少。',
        'Quotas: how many cards at once, and how many are in use.',
      )}
      rows={queue.quotas}
      rowKey={({ clusterId }) => clusterId}
      columns={[
        {
          title: t('集群', 'Cluster'),
          heads: true,
          cell: (row) => (
            <>
              {of(row.site)} {of(row.cluster)} <SimulatedTag simulated={row.simulated} />
            </>
          ),
        },
        {
          title: t('已用 / 配额', 'Used / quota'),
          number: true,
          cell: (row) => `${count(row.usedCards)} / ${count(row.cards)}`,
        },
        {
          title: t('用量', 'Use'),
          cell: (row) => (
            <Bar
              share={row.cards === 0 ? 0 : row.usedCards / row.cards}
              label={t(
                `配额 ${count(row.cards)} 卡，已用 ${count(row.usedCards)} 卡`,
                `${count(row.usedCards)} of ${count(row.cards)} cards in use`,
              )}
            />
          ),
        },
        {
          title: t('集群共有', 'All cards'),
          number: true,
          cell: (row) => count(row.totalCards),
        },
      ]}
    />
  )
}
