// What happened to a job, in order; each line leads to its entry in the journal and its proof.
import { Link } from '@tanstack/react-router'
import { Time } from '../components/value.tsx'
import { decimal, duration, nearTime } from '../text/format.ts'
import { type Text, useWords, type Words } from '../text/text.ts'
import { isOver, type Step, type Workload } from './compute.ts'
import { standingOf } from './words.ts'

const kinds: Readonly<Record<string, Text>> = {
  submitted: { zh: '提交，占用资金与容量', en: 'Submitted; money and capacity held' },
  placed: { zh: '安排', en: 'Placed' },
  started: { zh: '运行', en: 'Started' },
  ended: { zh: '结束', en: 'Ended' },
  preempted: { zh: '让出', en: 'Preempted' },
  requeued: { zh: '重新排队', en: 'Queued again' },
  settled: { zh: '结算', en: 'Settled' },
  cancelled: { zh: '取消', en: 'Cancelled' },
  invoiced: { zh: '开具票据', en: 'Invoiced' },
}

export function Timeline({ job }: { job: Workload }) {
  const { t, of } = useWords()
  return (
    <ol className="timeline">
      {job.steps.map((step) => (
        <li key={step.nth}>
          <strong>{of(kinds[step.kind] ?? { zh: step.kind, en: step.kind })}</strong>{' '}
          <span className="muted small">
            <Time at={step.at} show="second" near />
          </span>
          <StepDetail job={job} step={step} />
          {step.journalId && (
            <span className="note-line small">
              <Link to="/journal/facts/$id" params={{ id: step.journalId }}>
                {t('原始记录', 'Journal entry')}
                <span className="visually-hidden">
                  {t(`：第 ${step.nth + 1} 步`, ` of step ${step.nth + 1}`)}
                </span>
              </Link>
            </span>
          )}
        </li>
      ))}
      <Next job={job} />
    </ol>
  )
}

function StepDetail({ job, step }: { job: Workload; step: Step }) {
  const words = useWords()
  const said = detailOf(job, step, words)
  return said ? <span className="note-line muted small">{said}</span> : null
}

const yuan = (value: unknown) => `¥${decimal(String(value), 2)}`

/** The words for what is known of a step; nothing when nothing more is known. */
function detailOf(job: Workload, step: Step, { t, language }: Words): string | null {
  const { detail } = step
  if (step.kind === 'submitted') {
    const by = new Date(String(detail.startsBy ?? job.startsBy))
    const start = nearTime(by, new Date())
    return t(
      `至多 ${yuan(job.cost.most)}，不晚于 ${start} 开始`,
      `${yuan(job.cost.most)} at most, starts by ${start}`,
    )
  }
  if (step.kind === 'placed' || step.kind === 'started') {
    const nth = Number(detail.attempt ?? 0)
    const attempt = job.attempts.find((one) => one.nth === nth) ?? job.attempts.at(-1)
    if (step.kind === 'started') {
      return nth > 1 ? t(`第 ${nth} 次运行，沿用检查点`, `run ${nth}, with its checkpoint`) : null
    }
    const nodes = attempt?.nodes.map(({ name, cards }) =>
      cards.length > 0
        ? t(
            `节点 ${name}，卡 ${spans(cards)}`,
            `node ${name}, ${cards.length > 1 ? 'cards' : 'card'} ${spans(cards)}`,
          )
        : t(`节点 ${name}`, `node ${name}`),
    )
    return nodes?.join(t('；', '; ')) ?? null
  }
  if (step.kind === 'ended') {
    const nth = Number(detail.attempt ?? 0)
    const attempt = job.attempts.find((one) => one.nth === nth) ?? job.attempts.at(-1)
    return attempt
      ? t(
          `运行 ${duration(attempt.ranSeconds, language)}`,
          `ran ${duration(attempt.ranSeconds, language)}`,
        )
      : null
  }
  if (step.kind === 'settled' && job.cost.settled) {
    return t(`实付 ${yuan(job.cost.soFar)}`, `${yuan(job.cost.soFar)} paid`)
  }
  if (step.kind === 'invoiced' && job.invoice) return job.invoice.number
  return null
}

/** Card numbers as spans: 0–3、6. */
export function spans(cards: readonly number[]): string {
  const sorted = [...cards].sort((a, b) => a - b)
  const found: [number, number][] = []
  for (const card of sorted) {
    const last = found.at(-1)
    if (last && card === last[1] + 1) last[1] = card
    else found.push([card, card])
  }
  return found.map(([low, high]) => (low === high ? low : `${low}–${high}`)).join(', ')
}

/** What comes next, with the latest time that is known for it. */
function Next({ job }: { job: Workload }) {
  const { t, of } = useWords()
  if (isOver(job.state)) return null
  const waiting = ['held', 'queued', 'preempted', 'placed'].includes(job.state)
  const limit = job.spec.limitSeconds * 1000
  const ends = job.startedAt && new Date(Date.parse(job.startedAt) + limit).toISOString()
  return (
    <li className="timeline-next">
      {waiting && (
        <>
          {t('运行', 'Start')}{' '}
          {job.startsBy && (
            <span className="muted small">
              {t('不晚于 ', 'by ')}
              <Time at={job.startsBy} show="second" near />
            </span>
          )}
        </>
      )}
      {job.state === 'running' && (
        <>
          {t('结束', 'End')}{' '}
          {ends && (
            <span className="muted small">
              {t('不晚于 ', 'by ')}
              <Time at={ends} show="second" near />
            </span>
          )}
        </>
      )}
      {!waiting && job.state !== 'running' && (
        <>
          {t('结算', 'Settlement')}{' '}
          <span className="muted small">
            {of(standingOf(job).name)}
            {t('，正在结算', ', being settled')}
          </span>
        </>
      )}
    </li>
  )
}
