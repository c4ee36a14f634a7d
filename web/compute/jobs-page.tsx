// My jobs, by where they stand, and what my queue may use.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { LinkButton } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { Empty } from '../components/states.tsx'
import { type Column, DataTable } from '../components/table.tsx'
import { Amount, Time } from '../components/value.tsx'
import { RequireSignIn } from '../identity/require-sign-in.tsx'
import { columnDecimals, count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { queueQuery, type State, type WorkloadLine } from './compute.ts'
import { ComputeFrame } from './frame.tsx'
import { QueueCard } from './queue-card.tsx'
import { SimulatedTag, StandingTag } from './tags.tsx'
import { stateNames } from './words.ts'
import './compute.css'

const PAGE = 50
/** How soon a list with live jobs is read again. */
const LOOK_AGAIN_MS = 5_000
const FILTERS: readonly State[] = ['queued', 'running', 'preempted', 'settled']

const route = getRouteApi('/compute/jobs')

export function JobsPage() {
  const { t } = useWords()
  return (
    <ComputeFrame
      title={t('我的任务', 'My jobs')}
      actions={
        <LinkButton kind="primary" to="/compute/submit">
          {t('提交任务', 'Submit a job')}
        </LinkButton>
      }
    >
      <RequireSignIn>
        {() => (
          <div className="column">
            <Card title={t('任务', 'Jobs')}>
              <div className="stack stack-loose">
                <JobFilters />
                <JobList />
              </div>
            </Card>
            <MyQueue />
          </div>
        )}
      </RequireSignIn>
    </ComputeFrame>
  )
}

function MyQueue() {
  return <QueueCard query={useQuery({ ...queueQuery, refetchInterval: LOOK_AGAIN_MS })} />
}

function JobFilters() {
  const { t, of } = useWords()
  const { state, q } = route.useSearch()
  const navigate = useNavigate({ from: '/compute/jobs' })
  const change = (part: { state?: string; q?: string }) =>
    void navigate({ search: { state, q, ...part }, replace: true, resetScroll: false })
  return (
    <div className="filters">
      <SelectField
        label={t('状态', 'State')}
        value={state ?? ''}
        onChange={(event) => change({ state: event.target.value || undefined })}
      >
        <option value="">{t('全部', 'All')}</option>
        <option value="live">{t('未结束', 'Live')}</option>
        <option value="over">{t('已结束', 'Over')}</option>
        {FILTERS.map((one) => (
          <option key={one} value={one}>
            {of(stateNames[one])}
          </option>
        ))}
      </SelectField>
      <TextField
        type="search"
        label={t('名称或编号', 'Name or number')}
        maxLength={80}
        value={q ?? ''}
        onChange={(event) => change({ q: event.target.value || undefined })}
      />
    </div>
  )
}

function JobList() {
  const { t } = useWords()
  const { state, q } = route.useSearch()
  const pages = usePages<WorkloadLine>(['compute', 'jobs'], '/api/compute/workloads', {
    state,
    q,
    limit: PAGE,
  })
  const filtered = Boolean(state || q)
  return (
    <PagedList
      pages={pages}
      what={t('任务', 'the jobs')}
      empty={
        <Empty
          title={filtered ? t('没有符合条件的任务', 'No such job') : t('还没有任务', 'No job yet')}
        >
          {filtered
            ? t('请放宽条件。', 'Ask for less.')
            : t(
                '从现成程序开始：选一个，看清报价，提交后在这里看它运行。',
                'Begin with a ready-made program: choose, read the quote, submit, and watch it.',
              )}
        </Empty>
      }
    >
      {(items) => <JobTable items={items} />}
    </PagedList>
  )
}

export function JobTable({ items }: { items: readonly WorkloadLine[] }) {
  const { t, of } = useWords()
  const decimals = columnDecimals(
    items.map(({ amount }) => amount),
    2,
  )
  const columns: Column<WorkloadLine>[] = [
    {
      title: t('任务', 'Job'),
      heads: true,
      cell: (job) => (
        <>
          <Link to="/compute/jobs/$id" params={{ id: job.id }}>
            {job.name}
          </Link>
          <span className="note-line muted small">{job.number}</span>
        </>
      ),
    },
    { title: t('状态', 'State'), cell: (job) => <StandingTag job={job} /> },
    {
      title: t('在哪里', 'Where'),
      cell: (job) => (
        <>
          {of(job.site)}
          <span className="note-line muted small">
            {of(job.flavor)} <SimulatedTag simulated={job.simulated} />
          </span>
        </>
      ),
    },
    { title: t('卡', 'Cards'), number: true, cell: ({ cards }) => count(cards) },
    { title: t('时间', 'Time'), cell: (job) => <When job={job} /> },
    {
      title: t('金额', 'Amount'),
      number: true,
      cell: (job) => (
        <>
          <Amount amount={job.amount} sign="¥" decimals={decimals} />
          {job.state !== 'settled' && (
            <span className="note-line muted small">{t('至多', 'at most')}</span>
          )}
        </>
      ),
    },
  ]
  return (
    <DataTable
      caption={t('最新的在前', 'Newest first')}
      rows={items}
      rowKey={({ id }) => id}
      columns={columns}
    />
  )
}

/** The time that matters at this point of a job's life. */
function When({ job }: { job: WorkloadLine }) {
  const { t } = useWords()
  const [word, at] = job.endedAt
    ? [t('结束', 'ended'), job.endedAt]
    : job.startedAt
      ? [t('开始', 'started'), job.startedAt]
      : job.startsBy
        ? [t('最迟开始', 'starts by'), job.startsBy]
        : [t('提交', 'submitted'), job.submittedAt]
  return (
    <>
      <Time at={at} near />
      <span className="note-line muted small">{word}</span>
    </>
  )
}
