// When a job went wrong or had to give way: what happened in plain words, and what to do.
import type { ReactNode } from 'react'
import { useWords } from '../text/text.ts'
import type { Workload } from './compute.ts'
import { endOf } from './words.ts'

export function OutcomeNote({ job }: { job: Workload }) {
  const { t, of } = useWords()
  const last = job.attempts.at(-1)
  if (job.outcome === 'failed') {
    const end = last ? endOf(last) : null
    return (
      <Outcome title={t('没有完成', 'It did not succeed')}>
        <p>{end ? of(end.what) : t('程序没有成功结束。', 'It did not end well.')}</p>
        <p>{end ? of(end.next) : t('先看日志，再来一次。', 'Read the log, then run it again.')}</p>
        <p className="small">
          {t(
            '已运行的部分按秒结算，其余占用已退回或正在退回。',
            'What ran is paid by the second; the rest that was held comes back.',
          )}
        </p>
      </Outcome>
    )
  }
  const yielded = job.state === 'preempted' || (job.state === 'queued' && job.attempts.length > 0)
  if (!yielded) return null
  return (
    <Outcome title={t('已让出，重新排队', 'It gave way and is queued again')}>
      <p>
        {t(
          '程序已收到通知，检查点保留。轮到时自动接着运行，您不用操作；让出期间不计费。',
          'The program was told and its checkpoint is kept. It goes on by itself when its ' +
            'turn comes; nothing is charged meanwhile.',
        )}
      </p>
    </Outcome>
  )
}

function Outcome({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="note note-wait job-note" role="status">
      <h2>{title}</h2>
      {children}
    </section>
  )
}
