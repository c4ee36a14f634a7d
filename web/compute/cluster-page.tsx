// One cluster: its slots as they are filled, its use by the hour, its prices; its operator acts here.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Card, Facts, Note, Tag } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { useWords } from '../text/text.ts'
import { ClusterNodes } from './cluster-nodes.tsx'
import { ClusterPrices } from './cluster-prices.tsx'
import { ClusterQuotas } from './cluster-quotas.tsx'
import { type ClusterView, clusterQuery } from './compute.ts'
import { SimulatedTag } from './tags.tsx'
import { Utilisation } from './utilisation.tsx'
import { clusterStateNames, siteKindNames } from './words.ts'
import './compute.css'

const LOOK_AGAIN_MS = 3_000

const route = getRouteApi('/compute/clusters/$id')

export function ClusterPage() {
  const { t } = useWords()
  const { id } = route.useParams()
  const query = useQuery({ ...clusterQuery(id), refetchInterval: LOOK_AGAIN_MS })
  return (
    <Loaded query={query} what={t('集群', 'the cluster')}>
      {(view) => <ClusterBody view={view} />}
    </Loaded>
  )
}

function ClusterBody({ view }: { view: ClusterView }) {
  const { t, of } = useWords()
  const { cluster, site } = view
  return (
    <>
      <PageHead
        title={`${of(site.name)} ${of(cluster.name)}`}
        tag={
          <span className="row">
            <Tag tone={cluster.state === 'active' ? 'good' : 'wait'}>
              {of(clusterStateNames[cluster.state])}
            </Tag>
            <SimulatedTag simulated={cluster.simulated} />
          </span>
        }
        lead={t(
          `${site.kind ? siteKindNames[site.kind].zh : ''}，运营：${site.operator.name}`,
          `${siteKindNames[site.kind].en}, operated by ${site.operator.name}`,
        )}
        crumbs={[{ to: '/compute', title: t('算力一览', 'Capacity') }]}
      />
      {cluster.simulated && (
        <div className="job-note">
          <Note tone="wait">
            {t(
              '模拟卡：这里没有加速卡硬件，程序在普通处理器上真实运行。只供演示，不计入任何统计。',
              'Simulated: no accelerator hardware stands here; programs really run on ordinary ' +
                'processors. For demonstration; it counts in no figure.',
            )}
          </Note>
        </div>
      )}
      <div className="grid">
        <div className="span-8 column">
          <Card title={t('节点与槽位', 'Nodes and slots')}>
            <ClusterNodes view={view} />
            <p className="small">
              <Link to="/compute/sites/$id" params={{ id: site.id }}>
                {t('站点排程：过去与预留', 'Schedule of the site: past and reserved')}
              </Link>
            </p>
          </Card>
          <Card title={t('近 24 小时利用率', 'Use in the last 24 hours')}>
            <Utilisation hours={view.utilisation} />
          </Card>
        </div>
        <div className="span-4 column">
          <Card title={t('价格', 'Prices')}>
            <ClusterPrices view={view} />
          </Card>
          {view.mayOperate && (
            <Card title={t('配额', 'Quotas')}>
              <ClusterQuotas clusterId={cluster.id} />
            </Card>
          )}
          <Card title={t('标识与隔离', 'Identifier and isolation')}>
            <Identity view={view} />
          </Card>
        </div>
      </div>
    </>
  )
}

function Identity({ view }: { view: ClusterView }) {
  const { t } = useWords()
  const { level, missing } = view.isolation
  return (
    <Facts
      rows={[
        [t('算力标识', 'Identifier'), <code key="id">{view.cluster.identifier}</code>],
        [
          t('隔离', 'Isolation'),
          level === 'full'
            ? t('完整：任务之间互不可见，没有网络。', 'full: jobs see nothing of each other.')
            : t(
                `不具备（缺 ${missing.join('、')}），只运行现成程序。`,
                `none (missing: ${missing.join(', ')}): only ready-made programs run.`,
              ),
        ],
      ]}
    />
  )
}
