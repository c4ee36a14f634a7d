// Why a job has not started yet: the binding reason, when it will start, and what would change that.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { z } from 'zod'
import type { accepted } from '#services/compute/contract.ts'
import { api } from '../api/client.ts'
import { Card, Facts } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { Loaded } from '../components/states.tsx'
import { Amount, Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { ChangeList } from './change-list.tsx'
import { type Change, type Outlook, type Wait, type Workload, waitQuery } from './compute.ts'
import { Reasons } from './option-table.tsx'
import { OutlookBar, OutlookRange } from './outlook-bar.tsx'
import { changeTitle } from './wait-words.ts'

/** The queue moves by itself, and so does what can be said of it. */
const RENEW_MS = 20_000

export function JobWait({ job }: { job: Workload }) {
  const { t } = useWords()
  const query = useQuery({ ...waitQuery(job.id, job.version), refetchInterval: RENEW_MS })
  return (
    <Card title={t('为什么还没开始', 'Why it has not started yet')}>
      <Loaded query={query} what={t('原因', 'the reason')}>
        {(wait) => <Waiting job={job} wait={wait} />}
      </Loaded>
    </Card>
  )
}

function Waiting({ job, wait }: { job: Workload; wait: Wait }) {
  const { t } = useWords()
  const { at, outlook, startsBy, changes } = wait
  const reasons = outlook ? outlook.reasons : job.reasons
  const taken = job.options.find(({ chosen }) => chosen) ?? null
  return (
    <div className="stack stack-loose">
      <p className="wait-reason">
        <Reasons reasons={reasons} />
        {t('。', '.')}
      </p>
      <Facts
        rows={[
          [t('预计开始', 'Expected start'), <Expected key="expected" outlook={outlook} />],
          [
            t('最迟开始', 'Starts by'),
            <span key="by">
              <Time at={startsBy} near />
              <span className="note-line muted small">
                {t('容量已留出，只会提前，不会推迟。', 'Room is held: earlier, never later.')}
              </span>
            </span>,
          ],
          [
            t('顺序', 'Order'),
            outlook?.position
              ? t(
                  `按公平顺序排第 ${outlook.position} 位`,
                  `number ${outlook.position} in the fair order`,
                )
              : '—',
          ],
        ]}
      />
      {outlook && <OutlookBar outlook={outlook} now={at} startsBy={startsBy} />}
      {changes.length > 0 && (
        <ChangeList
          changes={changes}
          at={at}
          startsBy={startsBy}
          option={taken}
          take={(change) =>
            job.mayCancel && <TakeChange job={job} version={wait.version} change={change} />
          }
        />
      )}
    </div>
  )
}

function Expected({ outlook }: { outlook: Outlook | null }) {
  const { t } = useWords()
  if (!outlook?.median || !outlook.earliest || !outlook.latest) {
    return <>{t('暂时算不出，以最迟时间为准', 'cannot be told now; the latest time stands')}</>
  }
  if (outlook.startsNow) return <>{t('马上', 'at once')}</>
  return (
    <span>
      {t('约 ', 'about ')}
      <Time at={outlook.median} near />
      <span className="note-line muted small">
        <OutlookRange outlook={outlook} />
      </span>
    </span>
  )
}

interface TakeChangeProps {
  job: Workload
  version: number
  change: Change
}

/** Replaces the waiting job by the changed one, as shown or not at all. */
function TakeChange({ job, version, change }: TakeChangeProps) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const navigate = useNavigate()
  const title = changeTitle(change)
  const { option } = change
  const take = useMutation({
    mutationFn: () =>
      api.post<z.output<typeof accepted>>(
        `/api/compute/workloads/${job.id}/replace`,
        {
          change: change.change,
          option: option.key,
          startsBy: option.startsBy,
          most: option.most,
        },
        { ifMatch: String(version) },
      ),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['compute'] })
      await navigate({ to: '/compute/jobs/$id', params: { id } })
    },
    onError: () => client.invalidateQueries({ queryKey: ['compute', 'wait', job.id] }),
  })
  return (
    <ConfirmButton
      action={t('改用', 'Take it')}
      label={t(`改用：${title.zh}`, `Take it: ${title.en}`)}
      title={of(title)}
      onConfirm={() => take.mutateAsync()}
    >
      {t(
        '原任务取消（不收费），按新的要法重新排队；若此时已变得更晚或更贵，则什么都不改动。至多 ',
        'The job is cancelled at no cost and queued anew as changed; if that has become later or ' +
          'dearer, nothing is done. At most ',
      )}
      <Amount amount={option.most} sign="¥" decimals={2} />
      {t('，不晚于 ', ', starting by ')}
      <Time at={option.startsBy!} near />
      {t('。', '.')}
    </ConfirmButton>
  )
}
