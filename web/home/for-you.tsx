// What is offered to the one who is signed in, each with its computed reason; else the ways in.
import { Link } from '@tanstack/react-router'
import { asProblem } from '../api/problem.ts'
import { LinkButton } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { Loading, ProblemNote } from '../components/states.tsx'
import { DemoAccounts } from '../identity/demo-accounts.tsx'
import { holds, type Role, type Session } from '../identity/session.ts'
import { OfferList } from '../ledger/offer-list.tsx'
import type { Offer } from '../ledger/offers.ts'
import { byUsefulness, useOffers } from '../ledger/use-offers.ts'
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

const SHOWN = 4
const OFFICES: readonly Role[] = [
  'official',
  'auditor',
  'system-admin',
  'security-admin',
  'audit-admin',
]
const WORTH_SHOWING: readonly Offer['outcome'][] = ['open', 'unknown', 'no-pool', 'used-up']

/** What can be claimed, or what lacks only a fact. */
function Offered({ session }: { session: Session }) {
  const { t } = useWords()
  const { subject } = session
  if (subject?.kind === 'organisation') {
    return <OrganisationOffers id={subject.id} session={session} />
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

function OrganisationOffers({ id, session }: { id: string; session: Session }) {
  const { t } = useWords()
  const { offers, error } = useOffers(id)
  const mayClaim = holds(session, ['owner', 'member', 'operator', 'community-manager'], true)
  if (error) return <ProblemNote problem={asProblem(error)} />
  if (!offers) return <Loading what={t('可领额度', 'what you can claim')} />
  const useful = byUsefulness(offers).filter(({ outcome }) => WORTH_SHOWING.includes(outcome))
  return (
    <div className="stack">
      {useful.length === 0 && (
        <p className="muted">
          {t('目前没有适用于本单位的券。', 'No voucher fits your organisation now.')}
        </p>
      )}
      <OfferList offers={useful.slice(0, SHOWN)} mayClaim={mayClaim} />
      <p className="muted small">
        {t('测算结果，不构成决定。', 'An estimate, not a decision. ')}
        <Link to="/vouchers">{t('全部券种', 'All vouchers')}</Link>
      </p>
    </div>
  )
}
