// The log of a job as it is written: followed to its end or held still, scrolled by keyboard.
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { ProblemNote } from '../components/states.tsx'
import { useWords } from '../text/text.ts'
import type { JobLog as LogPart, Workload } from './compute.ts'
import { nothingRead, wantsMore, withPart } from './log-reading.ts'
import { bytesInWords } from './words.ts'

/** Reads on whenever there is more to read; begins anew with a new attempt. */
function useLog(job: Workload, size: number) {
  const attempt = job.attempts.at(-1)?.nth ?? 0
  const [shown, setShown] = useState({ attempt, reading: nothingRead })
  const [error, setError] = useState<unknown>(null)
  const reading = shown.attempt === attempt ? shown.reading : nothingRead
  const over = job.state !== 'running' && job.state !== 'placed'
  const more = error === null && wantsMore(reading, { size, over })
  // What an event tells meanwhile must not cut off the answer that is on its way.
  const take = useEffectEvent((part: LogPart) =>
    setShown({ attempt, reading: withPart(reading, part, { size, over }) }),
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is read anew
  useEffect(() => {
    if (!more) return
    const leaving = new AbortController()
    const path = `/api/compute/workloads/${job.id}/log`
    api
      .get<LogPart>(path, { from: reading.next }, leaving.signal)
      .then(take)
      .catch((refusal) => {
        if (!leaving.signal.aborted) setError(refusal)
      })
    return () => leaving.abort()
  }, [more, reading, attempt, job.id])
  return { log: reading, error, retry: () => setError(null) }
}

export function JobLog({ job, size }: { job: Workload; size: number }) {
  const { t } = useWords()
  const { log, error, retry } = useLog(job, size)
  const [following, setFollowing] = useState(true)
  const box = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: new text is the occasion
  useEffect(() => {
    if (following && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [following, log.text])
  return (
    <Card
      title={job.endedAt ? t('日志', 'Log') : t('实时日志', 'Live log')}
      aside={
        job.endedAt ? undefined : (
          <Button small aria-pressed={following} onClick={() => setFollowing(!following)}>
            {t('跟随最新', 'Follow')}
          </Button>
        )
      }
    >
      {error !== null && <ProblemNote problem={asProblem(error)} retry={retry} />}
      <section
        ref={box}
        className="log"
        aria-label={t('日志内容', 'Text of the log')}
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll what has the focus
        tabIndex={0}
      >
        {log.text === '' ? (
          <p className="log-empty">{quietWords(job, t)}</p>
        ) : (
          <pre translate="no">{log.text}</pre>
        )}
      </section>
      <p className="muted small">
        {t(`共 ${bytesInWords(log.size)}。`, `${bytesInWords(log.size)} in all. `)}
        {log.truncated &&
          t(
            '程序写得太多，超过日志上限的部分没有保存。',
            'The program wrote more than is kept; the rest was dropped. ',
          )}
        {log.cut && t('这里只显示最后一段。', 'Only the last part is shown here. ')}
        {t('不是文本的字节写作 \\xNN。', 'Bytes that are no text are written \\xNN.')}
      </p>
    </Card>
  )
}

function quietWords(job: Workload, t: (zh: string, en: string) => string): string {
  if (job.startedAt === null) return t('尚未开始运行。', 'It has not started yet.')
  if (job.state === 'running') return t('程序还没有输出。', 'The program has written nothing yet.')
  return t('程序没有输出。', 'The program wrote nothing.')
}
