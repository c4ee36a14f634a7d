// The newest jobs of whom I act for, with where they stand.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../api/client.ts'
import { LinkButton } from '../components/button.tsx'
import { Card, Item } from '../components/card.tsx'
import { Loaded } from '../components/states.tsx'
import type { WorkloadLine } from '../compute/compute.ts'
import { SimulatedTag, StandingTag } from '../compute/tags.tsx'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'

const SHOWN = 3
const LOOK_AGAIN_MS = 10_000

export function MyJobs() {
  const { t } = useWords()
  const query = useQuery({
    queryKey: ['compute', 'jobs', 'newest'],
    queryFn: ({ signal }) =>
      api.get<{ items: WorkloadLine[] }>('/api/compute/workloads', { limit: SHOWN }, signal),
    refetchInterval: LOOK_AGAIN_MS,
  })
  return (
    <Card
      title={t('我的任务', 'My jobs')}
      aside={
        <Link to="/compute/jobs" className="small">
          {t('全部', 'All')}
        </Link>
      }
    >
      <Loaded query={query} what={t('任务', 'your jobs')}>
        {({ items }) =>
          items.length === 0 ? (
            <div className="stack">
              <p className="muted">
                {t(
                  '还没有任务。选一个现成程序，先看报价。',
                  'No job yet. Choose a ready-made program and read its quote.',
                )}
              </p>
              <LinkButton to="/compute/submit">{t('提交任务', 'Submit a job')}</LinkButton>
            </div>
          ) : (
            <ul className="items">
              {items.map((job) => (
                <JobItem key={job.id} job={job} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}

function JobItem({ job }: { job: WorkloadLine }) {
  const { t, of } = useWords()
  return (
    <Item
      title={
        <Link to="/compute/jobs/$id" params={{ id: job.id }}>
          {job.name}
        </Link>
      }
      detail={
        <>
          {of(job.site)}
          {t(`，${count(job.cards)} 卡 `, `, ${count(job.cards)} cards `)}
          <SimulatedTag simulated={job.simulated} />
        </>
      }
      side={<StandingTag job={job} />}
    />
  )
}
