// What there is to run on: sites and clusters, free cards and prices, open to everybody.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { LinkButton } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Amount, Time } from '../components/value.tsx'
import { CITIES } from '../map/guangdong.ts'
import { columnDecimals, count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import {
  type Cluster,
  type Flavor,
  type Program,
  programsQuery,
  type Site,
  sitesQuery,
} from './compute.ts'
import { ComputeFrame } from './frame.tsx'
import { SimulatedTag } from './tags.tsx'
import { clusterStateNames, purposeNames, siteKindNames } from './words.ts'
import './compute.css'

/** Free cards change while one looks. */
const LOOK_AGAIN_MS = 10_000

export function OverviewPage() {
  const { t } = useWords()
  const query = useQuery({ ...sitesQuery, refetchInterval: LOOK_AGAIN_MS })
  return (
    <ComputeFrame
      title={t('算力一览', 'Capacity')}
      lead={t(
        '公共调度下的站点与集群：空闲多少、每卡时多少钱。',
        'Sites and clusters under public scheduling: what is free, and the price of a card-hour.',
      )}
      actions={
        <LinkButton kind="primary" to="/compute/submit">
          {t('提交任务', 'Submit a job')}
        </LinkButton>
      }
    >
      <div className="column">
        <Loaded query={query} what={t('站点', 'the sites')}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t('尚未登记任何站点', 'No site is registered yet')}>
                {t('接入后在这里列出。', 'They are listed here once they join.')}
              </Empty>
            ) : (
              <Sites sites={items} />
            )
          }
        </Loaded>
        <Card title={t('现成程序', 'Ready-made programs')}>
          <Programs />
        </Card>
      </div>
    </ComputeFrame>
  )
}

/** The sentence that says what the page shows, with simulated slots told apart. */
function Sites({ sites }: { sites: readonly Site[] }) {
  const { t } = useWords()
  const clusters = sites.flatMap((site) => site.clusters)
  const free = (simulated: boolean) =>
    clusters
      .filter((cluster) => cluster.simulated === simulated)
      .flatMap((cluster) => cluster.flavors)
      .filter((flavor) => flavor.accelerator)
      .reduce((sum, flavor) => sum + flavor.freeCards, 0)
  return (
    <>
      <p>
        {t(
          `${sites.length} 个站点、${clusters.length} 个集群。此刻空闲真实加速卡 ${count(free(false))} 张；` +
            `模拟卡 ${count(free(true))} 张，没有硬件，只供演示，不计入任何统计。`,
          `${sites.length} sites, ${clusters.length} clusters. ${count(free(false))} real cards ` +
            `are free now; ${count(free(true))} simulated ones have no hardware and never count.`,
        )}
      </p>
      <Card title={t('集群与价格', 'Clusters and prices')}>
        <FlavorTable sites={sites} />
      </Card>
    </>
  )
}

interface Row {
  site: Site
  cluster: Cluster
  flavor: Flavor
}

function FlavorTable({ sites }: { sites: readonly Site[] }) {
  const { t, of } = useWords()
  const rows: Row[] = sites.flatMap((site) =>
    site.clusters.flatMap((cluster) =>
      cluster.flavors.map((flavor) => ({ site, cluster, flavor })),
    ),
  )
  const decimals = columnDecimals(
    rows.map(({ flavor }) => flavor.price),
    2,
  )
  return (
    <DataTable
      caption={t('各站点的集群、空闲与价格', 'Clusters of all sites, free cards and prices')}
      quietCaption
      rows={rows}
      rowKey={({ flavor }) => flavor.id}
      columns={[
        { title: t('集群', 'Cluster'), heads: true, cell: (row) => <ClusterName row={row} /> },
        { title: t('站点', 'Site'), cell: ({ site }) => <SiteWords site={site} /> },
        {
          title: t('规格', 'Flavor'),
          cell: ({ flavor }) => (
            <>
              {of(flavor.name)}
              <span className="note-line muted small">{traitsOf(flavor, t)}</span>
            </>
          ),
        },
        {
          title: t('空闲 / 全部', 'Free / all'),
          number: true,
          cell: ({ flavor }) => `${count(flavor.freeCards)} / ${count(flavor.cards)}`,
        },
        {
          title: t('元/卡时', 'Yuan per card-hour'),
          number: true,
          cell: ({ flavor }) => <Price flavor={flavor} decimals={decimals} />,
        },
      ]}
    />
  )
}

function ClusterName({ row: { cluster } }: { row: Row }) {
  const { of } = useWords()
  return (
    <span className="row">
      <Link to="/compute/clusters/$id" params={{ id: cluster.id }}>
        {of(cluster.name)}
      </Link>
      <SimulatedTag simulated={cluster.simulated} />
      {cluster.state !== 'active' && <Tag tone="wait">{of(clusterStateNames[cluster.state])}</Tag>}
    </span>
  )
}

function SiteWords({ site }: { site: Site }) {
  const { t, of } = useWords()
  const city = CITIES.find(({ code }) => code.slice(0, 4) === site.area.slice(0, 4))
  return (
    <>
      {of(site.name)}
      <span className="note-line small">
        <Link to="/compute/sites/$id" params={{ id: site.id }}>
          {t('排程', 'Schedule')}
          <span className="visually-hidden">{` ${of(site.name)}`}</span>
        </Link>
      </span>
      <span className="note-line muted small">
        {city ? t(city.zh, city.en) : site.area}
        {t('，', ', ')}
        {of(siteKindNames[site.kind])}
      </span>
      <span className="note-line muted small">
        {t('运营：', 'Operated by ')}
        {site.operator.name}
      </span>
    </>
  )
}

function traitsOf(flavor: Flavor, t: (zh: string, en: string) => string): string {
  const memory = flavor.accelerator ? flavor.memoryMib : flavor.memoryMibPerCard
  return [
    flavor.accelerator ? null : t('CPU 槽位，不是加速卡', 'CPU slots, no accelerator'),
    t(`内存 ${count(memory / 1024)} GiB`, `${count(memory / 1024)} GiB`),
    flavor.precision,
    flavor.interconnect,
    flavor.shareable && flavor.accelerator ? t('可与他人共用一卡', 'a card may be shared') : null,
  ]
    .filter(Boolean)
    .join(t('，', ', '))
}

function Price({ flavor, decimals }: { flavor: Flavor; decimals: number }) {
  const { t } = useWords()
  const next = flavor.announced[0]
  return (
    <>
      <Amount amount={flavor.price} decimals={decimals} />
      {next && (
        <span className="note-line muted small">
          <Time at={next.from} />
          {t(' 起 ', ' on: ')}
          <Amount amount={next.amount} decimals={decimals} />
        </span>
      )}
    </>
  )
}

function Programs() {
  const { t } = useWords()
  const query = useQuery(programsQuery)
  return (
    <Loaded query={query} what={t('程序', 'the programs')}>
      {({ items }) => (
        <ul className="items">
          {items.map((program) => (
            <ProgramItem key={program.id} program={program} />
          ))}
        </ul>
      )}
    </Loaded>
  )
}

function ProgramItem({ program }: { program: Program }) {
  const { t, of } = useWords()
  return (
    <li className="item">
      <div>
        <p className="item-title">
          {of(program.name)} <Tag tone="none">{of(purposeNames[program.purpose])}</Tag>
        </p>
        <p className="muted small">{of(program.summary)}</p>
        {program.source && (
          <p className="muted small">
            {t('数据来源：', 'Data: ')}
            {program.source.title}
            {t('，许可：', ', licence: ')}
            {program.source.licence}
          </p>
        )}
      </div>
      <div className="item-side">
        <LinkButton
          small
          to="/compute/submit"
          search={{ program: program.id }}
          aria-label={t(`运行${program.name.zh}`, `Run ${program.name.en}`)}
        >
          {t('运行', 'Run')}
        </LinkButton>
      </div>
    </li>
  )
}
