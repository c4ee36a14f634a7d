// The tree of queues and cohorts on a cluster: whose cards they are by agreement, and who uses them.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Card } from '../components/card.tsx'
import { SelectField } from '../components/field.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { RequireSignIn } from '../identity/require-sign-in.tsx'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { type QuotaTree, quotaTreeQuery, type Site, sitesQuery } from './compute.ts'
import { ComputeFrame } from './frame.tsx'
import { QueueTree } from './queue-tree.tsx'
import { SimulatedTag } from './tags.tsx'
import './compute.css'

const LOOK_AGAIN_MS = 5_000

const route = getRouteApi('/compute/queues')

export function QueuesPage() {
  const { t } = useWords()
  const sites = useQuery(sitesQuery)
  return (
    <ComputeFrame
      title={t('队列与配额树', 'Queues and quotas')}
      lead={t(
        '单位属于所在的市，市属于全省。名义配额是按约定属于自己的；空闲时可以借给别人，自己不够时可以借别人的。',
        'Organisations lie in their city, cities in the province. Nominal quota is one’s own by ' +
          'agreement; what is idle may be lent, and what is short may be borrowed.',
      )}
    >
      <RequireSignIn>
        {() => (
          <Loaded query={sites} what={t('集群', 'the clusters')}>
            {({ items }) => <ChosenCluster sites={items} />}
          </Loaded>
        )}
      </RequireSignIn>
    </ComputeFrame>
  )
}

function ChosenCluster({ sites }: { sites: readonly Site[] }) {
  const { t, of } = useWords()
  const { cluster } = route.useSearch()
  const navigate = useNavigate()
  const choices = sites.flatMap((site) => site.clusters.map((one) => ({ site, one })))
  const chosen = choices.find(({ one }) => one.id === cluster) ?? choices[0]
  if (!chosen) return <Empty title={t('尚未登记任何集群', 'No cluster is registered yet')} />
  return (
    <div className="column">
      <div className="filters">
        <SelectField
          label={t('集群', 'Cluster')}
          value={chosen.one.id}
          onChange={({ target }) =>
            void navigate({ to: '/compute/queues', search: { cluster: target.value } })
          }
        >
          {choices.map(({ site, one }) => (
            <option key={one.id} value={one.id}>
              {`${of(site.name)} ${of(one.name)}`}
            </option>
          ))}
        </SelectField>
      </div>
      <ClusterTree key={chosen.one.id} clusterId={chosen.one.id} />
    </div>
  )
}

function ClusterTree({ clusterId }: { clusterId: string }) {
  const { t, of } = useWords()
  const query = useQuery({ ...quotaTreeQuery(clusterId), refetchInterval: LOOK_AGAIN_MS })
  return (
    <Loaded query={query} what={t('配额树', 'the tree')}>
      {(tree) => (
        <Card
          title={
            <>
              {of(tree.cluster.site)} {of(tree.cluster.name)}{' '}
              <SimulatedTag simulated={tree.cluster.simulated} />
            </>
          }
        >
          <div className="stack stack-loose">
            <Standing tree={tree} />
            <QueueTree tree={tree} />
            <Meaning whole={tree.whole} />
          </div>
        </Card>
      )}
    </Loaded>
  )
}

/** The cluster in one sentence. */
function Standing({ tree }: { tree: QuotaTree }) {
  const { t } = useWords()
  const { cards, used, reservedIdle } = tree
  const idle = Math.max(0, cards - used)
  return (
    <p>
      {t(
        `集群共 ${count(cards)} 卡，已用 ${count(used)} 卡，空闲 ${count(idle)} 卡` +
          (reservedIdle > 0 ? `，其中 ${count(reservedIdle)} 卡只留给约定的单位` : '') +
          `。按约定有主的名义配额合计 ${count(tree.cohorts[0]?.nominal ?? 0)} 卡，其余大家共用。`,
        `${count(cards)} cards, ${count(used)} used, ${count(idle)} idle` +
          (reservedIdle > 0 ? `, ${count(reservedIdle)} of those kept for their owners` : '') +
          `. ${count(tree.cohorts[0]?.nominal ?? 0)} are somebody’s nominal quota, the rest is common.`,
      )}
    </p>
  )
}

function Meaning({ whole }: { whole: boolean }) {
  const { t } = useWords()
  return (
    <p className="muted small">
      {t(
        '借入：用量超出名义配额的部分。借出：空闲的名义配额中，此刻被别人用着的部分（空闲卡不足时按比例算出）。' +
          '近期份额：近日用量（随时间减半）占本集群全部用量的比例，用得少的市和单位先排。',
        'Borrowed: use beyond nominal. Lent: idle nominal that others use now (worked out in ' +
          'proportion where idle cards do not cover it). Share of late: recent use, halved with ' +
          'time, against all use of this cluster; who used less goes first.',
      )}
      {!whole &&
        t(
          '您看到的是本单位所在的一支；其他单位的数字不公开，只计入合计。',
          ' You see the branch of your own organisation; figures of others show in sums only.',
        )}
    </p>
  )
}
