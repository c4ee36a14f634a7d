// The pages of the signed-in person: their account, and their personal data.
import type { ReactNode } from 'react'
import { PageHead } from '../components/page.tsx'
import { Tabs } from '../components/tabs.tsx'
import { useWords } from '../text/text.ts'
import { RequireSignIn, type SignedIn } from './require-sign-in.tsx'

interface AccountFrameProps {
  title: string
  children: (session: SignedIn) => ReactNode
}

export function AccountFrame({ title, children }: AccountFrameProps) {
  const { t } = useWords()
  return (
    <RequireSignIn>
      {(session) => (
        <>
          <PageHead title={title} lead={session.person.name} />
          <Tabs
            label={t('我的账号', 'My account')}
            tabs={[
              { to: '/account', title: t('账号与登录', 'Account and sign-in') },
              { to: '/account/data', title: t('个人信息', 'Personal data') },
            ]}
          />
          {children(session)}
        </>
      )}
    </RequireSignIn>
  )
}
