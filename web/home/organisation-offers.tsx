// What the organisation acted for can claim; fetched only for those who are signed in.
import { Link } from '@tanstack/react-router'
import { asProblem } from '../api/problem.ts'
import { Loading, ProblemNote } from '../components/states.tsx'
import { holds, type Session } from '../identity/session.ts'
import { OfferList } from '../ledger/offer-list.tsx'
import { byUsefulness, type Offer } from '../ledger/offers.ts'
import { useOffers } from '../ledger/use-offers.ts'
import { useWords } from '../text/text.ts'

const SHOWN = 4
const WORTH_SHOWING: readonly Offer['outcome'][] = ['open', 'unknown', 'no-pool', 'used-up']

export function OrganisationOffers({ id, session }: { id: string; session: Session }) {
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
