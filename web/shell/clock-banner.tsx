// Says plainly when the clock of the demo world was moved.
import { Time } from '../components/value.tsx'
import { type Session, worldTime } from '../identity/session.ts'
import { duration } from '../text/format.ts'
import { useWords } from '../text/text.ts'

export function ClockBanner({ session }: { session: Session }) {
  const { t, language } = useWords()
  if (session.clockOffsetMs === 0) return null
  const ahead = duration(session.clockOffsetMs / 1000, language)
  return (
    <aside className="clock-banner" aria-label={t('演示时钟', 'Demo clock')}>
      <div className="container">
        {t('演示时钟已拨快 ', 'The demo clock was moved ahead by ')}
        {ahead}
        {t('，现在是 ', '; it is now ')}
        <Time at={worldTime(session)} />
        {t('。期限与到期均按此计算。', '. Deadlines and expiry follow it.')}
      </div>
    </aside>
  )
}
