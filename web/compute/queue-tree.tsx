// The tree of a cluster as a table: province, cities, and in each city the organisations on request.
// biome-ignore-all lint/a11y/noRedundantRoles: stacked rows are no table boxes to the browser
import { type ReactNode, useState } from 'react'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Tag } from '../components/card.tsx'
import { usePages } from '../components/list.tsx'
import { Loading, ProblemNote } from '../components/states.tsx'
import { count } from '../text/format.ts'
import { useWords, type Words } from '../text/text.ts'
import type { CohortPlace, QueuePlace, QuotaTree } from './compute.ts'
import { quotasKey } from './compute.ts'
import { type Place, QuotaBar, QuotaLegend } from './quota-bar.tsx'
import { percent } from './words.ts'

/** Trees up to this size are open from the start. */
const SMALL = 30

interface Column {
  title: string
  number?: boolean
  cell: (place: Place) => ReactNode
}

function columnsOf(t: Words['t'], cards: number): Column[] {
  const amount = (title: string, of: (place: Place) => number): Column => ({
    title,
    number: true,
    cell: (place) => count(of(place)),
  })
  return [
    { title: t('用量', 'Use'), cell: (place) => <QuotaBar place={place} of={cards} /> },
    {
      title: t('名义 + 可借', 'Nominal + borrowing'),
      number: true,
      cell: ({ nominal, borrowing }) =>
        `${count(nominal)} + ${borrowing === null ? t('不限', 'any') : count(borrowing)}`,
    },
    amount(t('已用', 'Used'), ({ used }) => used),
    amount(t('借入', 'Borrowed'), ({ borrowed }) => borrowed),
    amount(t('借出', 'Lent'), ({ lent }) => lent),
    {
      title: t('排队', 'Waiting'),
      number: true,
      cell: ({ waiting, waitingCards }) =>
        waiting === 0
          ? '0'
          : t(
              `${count(waiting)} 个 / ${count(waitingCards)} 卡`,
              `${count(waiting)} / ${count(waitingCards)} cards`,
            ),
    },
    {
      title: t('近期份额', 'Share of late'),
      number: true,
      cell: ({ share }) => `${percent(share)}%`,
    },
  ]
}

export function QueueTree({ tree }: { tree: QuotaTree }) {
  const { t } = useWords()
  const columns = columnsOf(t, tree.cards)
  const [province, ...cities] = tree.cohorts
  const inCities = cities.reduce((sum, { queues }) => sum + queues, 0)
  return (
    <div className="stack">
      <QuotaLegend />
      <table className="table table-stack queue-tree" role="table">
        <caption className="visually-hidden">
          {t(
            '配额树：全省、各市与各单位，在这个集群上的名义配额、用量、借入、借出、排队和近期份额，单位为卡。',
            'The quota tree: province, cities and organisations on this cluster, in cards.',
          )}
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">
              {t('省 / 市 / 单位', 'Province / city / organisation')}
            </th>
            {columns.map(({ title, number }) => (
              <th
                key={title}
                scope="col"
                role="columnheader"
                className={number ? 'number' : undefined}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {province && (
            <CohortRows
              cohort={province}
              // Those that lie in no city.
              queues={tree.whole ? province.queues - inCities : Number(cities.length === 0)}
              level={1}
              tree={tree}
              columns={columns}
            />
          )}
          {cities.map((city) => (
            <CohortRows
              key={city.area}
              cohort={city}
              queues={city.queues}
              level={2}
              tree={tree}
              columns={columns}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface CohortRowsProps {
  cohort: CohortPlace
  queues: number
  level: 1 | 2
  tree: QuotaTree
  columns: readonly Column[]
}

function CohortRows({ cohort, queues, level, tree, columns }: CohortRowsProps) {
  const { t, of } = useWords()
  const small = (tree.cohorts[0]?.queues ?? 0) <= SMALL
  const [open, setOpen] = useState(small || cohort.own)
  const name = of(cohort.name)
  return (
    <>
      <Row place={cohort} level={level} columns={columns}>
        {queues > 0 ? (
          <button
            type="button"
            className="tree-toggle"
            aria-expanded={open}
            aria-label={t(`${name}的单位`, `${name}: organisations`)}
            onClick={() => setOpen(!open)}
          >
            {name}
          </button>
        ) : (
          name
        )}
        {cohort.lowering && <LoweringTag />}
        <span className="note-line muted small">
          {t(`${count(cohort.queues)} 个单位`, `organisations: ${count(cohort.queues)}`)}
          {cohort.nominalAgreed ? t('，名义配额另行约定', ', nominal agreed') : ''}
        </span>
      </Row>
      {open && queues > 0 && (
        <QueueRows clusterId={tree.cluster.id} cohort={cohort} columns={columns} />
      )}
    </>
  )
}

interface QueueRowsProps {
  clusterId: string
  cohort: CohortPlace
  columns: readonly Column[]
}

function QueueRows({ clusterId, cohort, columns }: QueueRowsProps) {
  const { t, of } = useWords()
  const pages = usePages<QueuePlace>(
    quotasKey(clusterId),
    `/api/compute/clusters/${clusterId}/queues`,
    { cohort: cohort.area },
  )
  const wide = (content: ReactNode) => (
    <tr role="row">
      <td role="cell" colSpan={columns.length + 1}>
        {content}
      </td>
    </tr>
  )
  if (pages.error && !pages.data) return wide(<ProblemNote problem={asProblem(pages.error)} />)
  if (!pages.data) return wide(<Loading what={t('单位', 'the organisations')} />)
  const queues = pages.data.pages.flatMap(({ items }) => items)
  return (
    <>
      {queues.map((queue) => (
        <Row key={queue.id} place={queue} level={3} columns={columns}>
          {queue.name ? of(queue.name) : t('个人用户', 'A person')}
          {queue.own && <Tag tone="info">{t('本单位', 'mine')}</Tag>}
          {queue.lowering && <LoweringTag />}
          <span className="visually-hidden">{of(cohort.name)}</span>
        </Row>
      ))}
      {pages.hasNextPage &&
        wide(
          <Button small busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t('再看一些', 'Show more')}
          </Button>,
        )}
    </>
  )
}

/** More is booked than is agreed by now. */
export function LoweringTag() {
  const { t } = useWords()
  return <Tag tone="wait">{t('正在降到新配额', 'still above its new quota')}</Tag>
}

interface RowProps {
  place: Place
  level: 1 | 2 | 3
  columns: readonly Column[]
  children: ReactNode
}

function Row({ place, level, columns, children }: RowProps) {
  return (
    <tr role="row" className={place.own ? 'tree-own' : undefined}>
      <th scope="row" role="rowheader" className={`tree-${level}`}>
        <div className="cell">{children}</div>
      </th>
      {columns.map(({ title, number, cell }) => (
        <td
          key={title}
          role="cell"
          className={number ? 'number' : undefined}
          data-label={number ? title : undefined}
        >
          <div className="cell">{cell(place)}</div>
        </td>
      ))}
    </tr>
  )
}
