// What is offered to the one who is signed in, each with its computed reason; else the ways in.
import { lazy, Suspense } from 'react'
import { LinkButton } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { Loading } from '../components/states.tsx'
import { DemoAccounts } from '../identity/demo-accounts.tsx'
import { holds, type Role, type Session } from '../identity/session.ts'
import { useWords } from '../text/text.ts'

export function ForYou({ session }: { session: Session | undefined }) {
  const { t } = useWords()
  return (
    <Card title={t('为你准备的', 'For you')}>
      {!session && <Loading />}
      {session && !session.person && <WaysIn session={session} />}
      {session?.person && <Offered session={session} />}
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
      {session.demoEntry && <DemoAccounts most={SHOWN} />}
    </div>
  )
}

const OrganisationOffers = lazy(async () => ({
  default: (await import('./organisation-offers.tsx')).OrganisationOffers,
}))

const SHOWN = 4
const OFFICES: readonly Role[] = [
  'official',
  'auditor',
  'system-admin',
  'security-admin',
  'audit-admin',
]

/** What can be claimed, or what lacks only a fact. */
function Offered({ session }: { session: Session }) {
  const { t } = useWords()
  const { subject } = session
  if (subject?.kind === 'organisation') {
    return (
      <Suspense fallback={<Loading />}>
        <OrganisationOffers id={subject.id} session={session} />
      </Suspense>
    )
  }
  return holds(session, OFFICES) ? (
    <div className="stack">
      <p className="muted">
        {t('待办和本职页面在工作台。', 'Your tasks and pages are in the workbench.')}
      </p>
      <LinkButton kind="primary" to="/workbench">
        {t('去工作台', 'Workbench')}
      </LinkButton>
    </div>
  ) : (
    <div className="stack">
      <p className="muted">
        {t(
          '代表一家单位后，这里列出它能领的支持。',
          'Acting for an organisation, you see here what it can claim.',
        )}
      </p>
      <LinkButton kind="primary" to="/organisation">
        {t('我的单位', 'My organisation')}
      </LinkButton>
    </div>
  )
}
