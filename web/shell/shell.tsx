// The frame around every page: skip link, banner, header, the page itself, footer.
import { Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { Loading } from '../components/states.tsx'
import { useSession } from '../identity/session.ts'
import { useLiveNotices } from '../notices/notices.ts'
import { useWords } from '../text/text.ts'
import { Banner } from './banner.tsx'
import { ClockBanner } from './clock-banner.tsx'
import { Footer } from './footer.tsx'
import { Header } from './header.tsx'

export function Shell() {
  const { t } = useWords()
  const session = useSession()
  useLiveNotices(Boolean(session?.person))
  return (
    <>
      <a className="skip-link" href="#main">
        {t('跳到正文', 'Skip to the content')}
      </a>
      <Banner demo={session?.demo ?? false} />
      {session && <ClockBanner session={session} />}
      <Header />
      <main id="main" tabIndex={-1} className="page container">
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
      <Footer session={session} />
    </>
  )
}
