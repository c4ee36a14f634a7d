// Pages for people who are signed in; a visitor is told why and shown the way.

import { useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { LinkButton } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { Loading } from '../components/states.tsx'
import { useWords } from '../text/text.ts'
import { type Session, useSession } from './session.ts'

export type SignedIn = Session & { person: NonNullable<Session['person']> }

export function RequireSignIn({ children }: { children: (session: SignedIn) => ReactNode }) {
  const { t } = useWords()
  const session = useSession()
  const { href } = useLocation()
  if (!session) return <Loading />
  if (session.person) return <>{children(session as SignedIn)}</>
  return (
    <Card title={t('请先登录', 'Please sign in first')}>
      <div className="stack">
        <p>
          {t(
            '这一页只给本人看。登录后会回到这里。',
            'This page is yours alone. You will come back here.',
          )}
        </p>
        <LinkButton kind="primary" to="/sign-in" search={{ next: href }}>
          {t('登录', 'Sign in')}
        </LinkButton>
      </div>
    </Card>
  )
}
