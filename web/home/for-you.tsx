// What is offered to the one who is signed in, each with its computed reason; else the ways in.
import { LinkButton } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { Loading } from '../components/states.tsx'
import { DemoAccounts } from '../identity/demo-accounts.tsx'
import type { Session } from '../identity/session.ts'
import { useWords } from '../text/text.ts'

export function ForYou({ session }: { session: Session | undefined }) {
  const { t } = useWords()
  return (
    <Card title={t('为你准备的', 'For you')}>
      {!session && <Loading />}
      {session && !session.person && <WaysIn session={session} />}
    </Card>
  )
}

function WaysIn({ session }: { session: Session }) {
  const { t } = useWords()
  return (
    <div className="stack">
      <p className="muted">
        {t(
          '登录后，按单位的实际情况测算可领的支持，并逐条说明理由。',
          'Sign in, and what you can claim is worked out for your organisation, with the reasons.',
        )}
      </p>
      <LinkButton kind="primary" to="/sign-in">
        {t('登录', 'Sign in')}
      </LinkButton>
      {session.demoEntry && <DemoAccounts />}
    </div>
  )
}
