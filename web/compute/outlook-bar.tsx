// The range in which eight of ten futures lie: as a sentence, and on a line from now to the promise.
import { Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import type { Outlook } from './compute.ts'

const WIDTH = 600
const LINE = 14

interface OutlookBarProps {
  outlook: Outlook
  now: string
  /** Held until then at the latest. */
  startsBy: string
}

/** The figures stand in the text beside it; the drawing itself is for the eye. */
export function OutlookBar({ outlook, now, startsBy }: OutlookBarProps) {
  const { t } = useWords()
  const [from, to] = [Date.parse(now), Date.parse(startsBy)]
  const { earliest, median, latest } = outlook
  if (to - from < 60_000 || !earliest || !median || !latest) return null
  const x = (at: string) =>
    Math.round(Math.min(1, Math.max(0, (Date.parse(at) - from) / (to - from))) * WIDTH)
  const left = x(earliest)
  return (
    <div className="outlook">
      <svg viewBox={`0 0 ${WIDTH} ${2 * LINE}`} aria-hidden="true" preserveAspectRatio="none">
        <rect className="outlook-line" x={0} y={LINE - 2} width={WIDTH} height={4} rx={2} />
        <rect
          className="outlook-range"
          x={left}
          y={4}
          width={Math.max(6, x(latest) - left)}
          height={2 * LINE - 8}
          rx={4}
        />
        <rect
          className="outlook-likely"
          x={Math.max(0, x(median) - 2)}
          y={0}
          width={4}
          height={28}
        />
        <rect className="outlook-promise" x={WIDTH - 4} y={0} width={4} height={28} />
      </svg>
      <p className="outlook-ends muted small" aria-hidden="true">
        <span>{t('现在', 'now')}</span>
        <span>
          {t('承诺 ', 'promised ')}
          <Time at={startsBy} near />
        </span>
      </p>
    </div>
  )
}

/** How sure the expected start is, and what that rests on. */
export function OutlookRange({ outlook: { earliest, latest } }: { outlook: Outlook }) {
  const { t } = useWords()
  if (!earliest || !latest) return null
  const sure = Date.parse(latest) - Date.parse(earliest) < 60_000
  return (
    <>
      {sure ? (
        t('各次推演结果一致；', 'All futures agree; ')
      ) : (
        <>
          {t('八成可能在 ', 'Eight in ten lie between ')}
          <Time at={earliest} near />
          {t(' 至 ', ' and ')}
          <Time at={latest} near />
          {t(' 之间；', '; ')}
        </>
      )}
      {t(
        '用同一调度程序按近期实际用时向前推演，假定没有新任务加入。',
        'the same scheduler run forward with recent run times, if nobody else submits.',
      )}
    </>
  )
}
