// One job: what happened, why here and now, its log and metrics as they come, and its money.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { useServerEvents } from '../api/events.ts'
import { LinkButton } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { RequireSignIn, type SignedIn } from '../identity/require-sign-in.tsx'
import { decimal } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { isOver, jobQuery, type Workload } from './compute.ts'
import { CostCard } from './job-cost.tsx'
import { JobFacts } from './job-facts.tsx'
import { JobLog } from './job-log.tsx'
import { MetricsCard } from './job-metrics.tsx'
import { OutcomeNote } from './job-outcome.tsx'
import { OutputsCard } from './job-outputs.tsx'
import { Timeline } from './job-timeline.tsx'
import { JobWait } from './job-wait.tsx'
import { OptionTable, Reasons } from './option-table.tsx'
import { SimulatedTag, StandingTag } from './tags.tsx'
import './compute.css'

/** Money and metered time grow while it runs, without an event for each second. */
const METER_MS = 3_000

const route = getRouteApi('/compute/jobs/$id')

export function JobPage() {
  return <RequireSignIn>{(session) => <Job session={session} />}</RequireSignIn>
}

function Job({ session }: { session: SignedIn }) {
  const { t } = useWords()
  const { id } = route.useParams()
  const query = useQuery({
    ...jobQuery(id),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? METER_MS : false),
  })
  const logSize = useLive(id, query.data)
  return (
    <Loaded query={query} what={t('任务', 'the job')}>
      {(job) => (
        <JobBody
          key={job.id}
          job={job}
          logSize={logSize}
          own={job.subjectId === (session.subject ?? session.person).id}
        />
      )}
    </Loaded>
  )
}

/** Reads the job anew at each change that the server tells; gives the size of its log. */
function useLive(id: string, job: Workload | undefined): number {
  const client = useQueryClient()
  const [logSize, setLogSize] = useState(0)
  const live = job !== undefined && !isOver(job.state)
  useServerEvents(live ? `/api/compute/workloads/${id}/events` : null, 'change', (data) => {
    const { version, logSize: size } = data as { version: number; logSize: number }
    setLogSize(size)
    if (version === job?.version) return
    void client.invalidateQueries({ queryKey: ['compute', 'job', id] })
    void client.invalidateQueries({ queryKey: ['compute', 'outputs', id] })
    void client.invalidateQueries({ queryKey: ['compute', 'metrics', id] })
  })
  return logSize
}

interface JobBodyProps {
  job: Workload
  logSize: number
  /** What a job wrote is for its owner alone; an operator sees the rest. */
  own: boolean
}

function JobBody({ job, logSize, own }: JobBodyProps) {
  const { t } = useWords()
  return (
    <>
      <PageHead
        title={job.spec.name}
        tag={
          <span aria-live="polite" className="row">
            <StandingTag job={job} />
            <SimulatedTag simulated={job.simulated} />
          </span>
        }
        lead={t(`任务 ${job.number}`, `Job ${job.number}`)}
        crumbs={[
          { to: '/use', title: t('我要用', 'Use') },
          { to: '/compute', title: t('算力', 'Compute') },
          { to: '/compute/jobs', title: t('我的任务', 'My jobs') },
        ]}
        actions={<Actions job={job} own={own} />}
      />
      <OutcomeNote job={job} />
      <div className="grid">
        <div className="span-3 column">
          <Card title={t('经过', 'What happened')}>
            <Timeline job={job} />
          </Card>
          {own && <OutputsCard job={job} />}
        </div>
        <div className="span-6 column">
          {job.state === 'queued' && own && <JobWait job={job} />}
          <WhyCard job={job} own={own} />
          {own && job.attempts.length > 0 && <JobLog job={job} size={logSize} />}
          {own && <MetricsCard job={job} />}
        </div>
        <div className="span-3 column">
          <CostCard job={job} />
          <JobFacts job={job} />
        </div>
      </div>
    </>
  )
}

function Actions({ job, own }: { job: Workload; own: boolean }) {
  const { t } = useWords()
  const stop = useAct(job, 'cancel', 'owner-request')
  const yieldRoom = useAct(job, 'preempt', 'operator-request')
  return (
    <>
      {job.mayCancel && (
        <ConfirmButton
          action={t('停止', 'Stop')}
          title={t('停止这个任务？', 'Stop this job?')}
          onConfirm={() => stop.mutateAsync()}
        >
          {t(
            `先通知程序保存，再结束。已运行的部分按秒结算，其余占用（至多 ¥${decimal(job.cost.most, 2)}）立即退回。`,
            'The program is told to save and then ended. What ran is paid by the second; ' +
              `the rest of the ¥${decimal(job.cost.most, 2)} held comes back at once.`,
          )}
        </ConfirmButton>
      )}
      {job.mayPreempt && (
        <ConfirmButton
          action={t('让出', 'Preempt')}
          title={t('让这个任务让出？', 'Preempt this job?')}
          onConfirm={() => yieldRoom.mutateAsync()}
        >
          {t(
            '先通知使用单位并等程序存好检查点，再重新排队，接着运行。',
            'Its owner is told, the program saves a checkpoint, and it is queued again to go on.',
          )}
        </ConfirmButton>
      )}
      {own && (
        <LinkButton small to="/compute/submit" search={{ from: job.id }}>
          {t('再来一次', 'Run again')}
        </LinkButton>
      )}
    </>
  )
}

/** An act on the job as it was read; refused when it changed meanwhile. */
function useAct(job: Workload, act: 'cancel' | 'preempt', basis: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () =>
      api.post(
        `/api/compute/workloads/${job.id}/${act}`,
        { basis },
        { ifMatch: String(job.version) },
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ['compute', 'job', job.id] }),
  })
}

function WhyCard({ job, own }: { job: Workload; own: boolean }) {
  const { t } = useWords()
  const taken = job.options.find(({ chosen }) => chosen)
  const where = taken ? t(taken.site.zh, taken.site.en) : t('这里', 'here')
  const started = job.startedAt !== null || job.state === 'placed'
  return (
    <Card
      title={
        started
          ? t(`为什么在${where}，为什么现在`, `Why ${where}, why now`)
          : t(`为什么在${where}`, `Why ${where}`)
      }
    >
      <div className="stack">
        {job.reasons.length > 0 && (started || !own) && (
          <p>
            <Reasons reasons={job.reasons} />
            {t('。', '.')}
          </p>
        )}
        {!started && !own && job.position !== null && (
          <p className="muted">
            {t(`在本集群排第 ${job.position} 位。`, `Number ${job.position} in this cluster.`)}
          </p>
        )}
        <OptionTable
          options={job.options}
          caption={t('提交时比较过的方案与理由', 'The options compared at submission')}
          taken={taken?.key ?? null}
        />
      </div>
    </Card>
  )
}
