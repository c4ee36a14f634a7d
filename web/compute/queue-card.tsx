// What my organisation may use and uses of each cluster, and its share of late.
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Card } from '../components/card.tsx'
import { Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import type { Queue } from './compute.ts'
import { QuotaBar } from './quota-bar.tsx'
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
            <p className="small">
              <Link to="/compute/queues">{t('看配额树', 'See the tree of queues')}</Link>
            </p>
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
        '各集群的配额：名义配额是按约定属于本单位的，之外还可借用多少，现在用了多少。',
        'Quotas: what is yours by agreement, what you may borrow beyond it, and what is in use.',
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
          title: t('名义 + 可借', 'Nominal + borrowing'),
          number: true,
          cell: ({ nominal, borrowing }) =>
            `${count(nominal)} + ${borrowing === null ? t('不限', 'any') : count(borrowing)}`,
        },
        {
          title: t('已用', 'Used'),
          number: true,
          cell: (row) => count(row.usedCards),
        },
        {
          title: t('其中借入', 'Borrowed'),
          number: true,
          cell: (row) => count(row.borrowedCards),
        },
        {
          title: t('用量', 'Use'),
          cell: ({ nominal, borrowing, usedCards, borrowedCards, totalCards }) => (
            <QuotaBar
              place={{ nominal, borrowing, used: usedCards, borrowed: borrowedCards }}
              of={totalCards}
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
