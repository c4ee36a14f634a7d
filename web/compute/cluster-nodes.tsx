// The nodes of a cluster as a grid of cards, each filled by what is in use of it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../api/client.ts'
import { Tag } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { Empty } from '../components/states.tsx'
import { useWords } from '../text/text.ts'
import { type ClusterView, type ComputeNode, clusterQuery } from './compute.ts'
import { cardsInWords, cardsOf, nodeStateNames } from './words.ts'

export function ClusterNodes({ view }: { view: ClusterView }) {
  const { t } = useWords()
  const cards = view.nodes.reduce((sum, node) => sum + node.cards, 0)
  const used = view.nodes.flatMap((node) => node.usedMilli).reduce((sum, milli) => sum + milli, 0)
  if (view.nodes.length === 0) {
    return (
      <Empty title={t('没有节点', 'No node')}>
        {t('接入节点后在这里列出。', 'Nodes are listed here once they join.')}
      </Empty>
    )
  }
  return (
    <div className="stack">
      <p className="muted small">
        {t(
          `共 ${cards} 卡，此刻在用 ${cardsOf(used)} 卡；每格一张卡，填满为占满。`,
          `${cards} cards, ${cardsOf(used)} in use now; a square is a card, filled as it is used.`,
        )}
      </p>
      <ul className="nodes">
        {view.nodes.map((node) => (
          <NodeItem key={node.id} node={node} view={view} />
        ))}
      </ul>
    </div>
  )
}

function NodeItem({ node, view }: { node: ComputeNode; view: ClusterView }) {
  const { t, of } = useWords()
  const flavor = view.cluster.flavors.find(({ id }) => id === node.flavorId)
  return (
    <li>
      <div className="row row-apart">
        <p>
          <strong>{node.name}</strong>{' '}
          <Tag tone={node.state === 'ready' ? 'good' : 'wait'}>
            {of(nodeStateNames[node.state])}
          </Tag>{' '}
          <span className="muted small">{flavor && of(flavor.name)}</span>
        </p>
        {view.mayOperate && <NodeAct node={node} clusterId={view.cluster.id} />}
      </div>
      <CardGrid node={node} />
      <NodeJobs node={node} />
      {node.workloads.length === 0 && <p className="muted tiny">{t('没有任务', 'no job')}</p>}
    </li>
  )
}

const SIDE = 22
const STEP = 26
const PER_ROW = 16

function CardGrid({ node }: { node: ComputeNode }) {
  const { t } = useWords()
  const rows = Math.ceil(node.usedMilli.length / PER_ROW)
  const columns = Math.min(PER_ROW, node.usedMilli.length)
  const full = node.usedMilli.reduce((sum, milli) => sum + milli, 0)
  return (
    <svg
      className="card-grid"
      width={columns * STEP}
      height={rows * STEP}
      viewBox={`-2 -2 ${columns * STEP} ${rows * STEP}`}
      role="img"
      aria-label={t(
        `${node.name}：${node.cards} 卡，在用 ${cardsOf(full)} 卡`,
        `${node.name}: ${node.cards} cards, ${cardsOf(full)} in use`,
      )}
    >
      {node.usedMilli.map((milli, nth) => {
        const x = (nth % PER_ROW) * STEP
        const y = Math.floor(nth / PER_ROW) * STEP
        const height = (SIDE * Math.min(1000, milli)) / 1000
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a card is its place
          <g key={nth}>
            <rect className="slot" x={x} y={y} width={SIDE} height={SIDE} rx="3" />
            <rect className="slot-used" x={x} y={y + SIDE - height} width={SIDE} height={height} />
          </g>
        )
      })}
    </svg>
  )
}

/** Whose jobs run here, as far as this reader may know. */
function NodeJobs({ node }: { node: ComputeNode }) {
  const { t, of } = useWords()
  const known = node.workloads.filter((job) => job !== null)
  const hidden = node.workloads.length - known.length
  return (
    <ul className="small">
      {known.map((job) => (
        <li key={job.id}>
          <Link to="/compute/jobs/$id" params={{ id: job.id }}>
            {job.number}
          </Link>{' '}
          {job.name !== job.number && job.name}{' '}
          <span className="muted">{of(cardsInWords(job.milli))}</span>
        </li>
      ))}
      {hidden > 0 && (
        <li className="muted">{t(`其他单位的任务 ${hidden} 个`, `${hidden} jobs of others`)}</li>
      )}
    </ul>
  )
}

function NodeAct({ node, clusterId }: { node: ComputeNode; clusterId: string }) {
  const { t } = useWords()
  const client = useQueryClient()
  const act = useMutation({
    mutationFn: (verb: 'drain' | 'resume') =>
      api.post(
        `/api/compute/nodes/${node.id}/${verb}`,
        { basis: 'maintenance' },
        { ifMatch: String(node.version) },
      ),
    onSettled: () => client.invalidateQueries({ queryKey: clusterQuery(clusterId).queryKey }),
  })
  if (node.state === 'ready') {
    return (
      <ConfirmButton
        action={t('腾空', 'Drain')}
        label={t(`腾空节点 ${node.name}`, `Drain ${node.name}`)}
        title={t(`腾空节点 ${node.name}？`, `Drain ${node.name}?`)}
        onConfirm={() => act.mutateAsync('drain')}
      >
        {t(
          '不再安排新任务；可以让出的任务先通知、存检查点，再到别处接着运行；其余运行到结束。',
          'It takes no new jobs; preemptible ones are told, saved and go on elsewhere; ' +
            'the others run to their end.',
        )}
      </ConfirmButton>
    )
  }
  return (
    <ConfirmButton
      action={t('恢复', 'Resume')}
      label={t(`恢复节点 ${node.name}`, `Resume ${node.name}`)}
      title={t(`恢复节点 ${node.name}？`, `Resume ${node.name}?`)}
      onConfirm={() => act.mutateAsync('resume')}
    >
      {t('重新参加调度，排队的任务随即安排。', 'It takes jobs again; waiting ones are placed.')}
    </ConfirmButton>
  )
}
