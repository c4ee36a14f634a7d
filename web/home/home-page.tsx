// Page one: the two figures that decide, the province, what is offered to you, the four doors.
import { lazy, Suspense } from 'react'
import { Card } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Loading } from '../components/states.tsx'
import { LivingServices } from '../doors/door-page.tsx'
import { DOORS } from '../doors/doors.ts'
import { useSession } from '../identity/session.ts'
import { useWords } from '../text/text.ts'
import { ForYou } from './for-you.tsx'
import { HeadlineFigures } from './headline-figures.tsx'
import { LawInBrief } from './law-in-brief.tsx'
import { MyNotices } from './my-notices.tsx'
import { ProvinceSection } from './province-section.tsx'

/** Fetched only for those who are signed in. */
const MyJobs = lazy(async () => ({ default: (await import('./my-jobs.tsx')).MyJobs }))

export function HomePage() {
  const { t, of } = useWords()
  const session = useSession()
  return (
    <>
      <PageHead hidden title={t('首页', 'Home')} />
      <div className="grid">
        <div className="span-8 column">
          <Card>
            <HeadlineFigures />
            <ProvinceSection />
          </Card>
          <LawInBrief />
        </div>
        <div className="span-4 column">
          <ForYou session={session} />
          {session?.person && (
            <Suspense fallback={<Loading />}>
              <MyJobs />
            </Suspense>
          )}
          {session?.person && <MyNotices />}
        </div>
        {DOORS.map((door) => (
          <Card key={door.to} className="span-3" title={of(door.title)}>
            <LivingServices door={door} />
          </Card>
        ))}
      </div>
    </>
  )
}
