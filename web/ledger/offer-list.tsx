// Offers as rows: what can be claimed, the reason in words, the numbers behind it, and the button.
import { useState } from 'react'
import { Button, LinkButton } from '../components/button.tsx'
import { Tag } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Amount } from '../components/value.tsx'
import { CertaintyTag } from '../regulation/certainty.tsx'
import { useWords } from '../text/text.ts'
import { ClaimForm } from './claim-form.tsx'
import type { Offer } from './offers.ts'
import { leastSure, SchemeRules } from './scheme-rules.tsx'

interface OfferListProps {
  offers: readonly Offer[]
  /** Only members may claim for their organisation. */
  mayClaim: boolean
}

export function OfferList({ offers, mayClaim }: OfferListProps) {
  const [claiming, setClaiming] = useState<Offer | null>(null)
  const [explained, setExplained] = useState<Offer | null>(null)
  const { of } = useWords()
  return (
    <>
      <ul className="items">
        {offers.map((offer) => (
          <OfferRow
            key={offer.scheme.id}
            offer={offer}
            mayClaim={mayClaim}
            onClaim={() => setClaiming(offer)}
            onWhy={() => setExplained(offer)}
          />
        ))}
      </ul>
      {claiming?.outcome === 'open' && (
        <Dialog title={of(claiming.scheme.name)} onClose={() => setClaiming(null)}>
          <ClaimForm offer={claiming} onClose={() => setClaiming(null)} />
        </Dialog>
      )}
      {explained && (
        <Dialog title={of(explained.scheme.name)} onClose={() => setExplained(null)}>
          <div className="stack">
            <p>{of(explained.reason)}</p>
            <SchemeRules scheme={explained.scheme} />
          </div>
        </Dialog>
      )}
    </>
  )
}

interface OfferRowProps {
  offer: Offer
  mayClaim: boolean
  onClaim: () => void
  onWhy: () => void
}

function OfferRow({ offer, mayClaim, onClaim, onWhy }: OfferRowProps) {
  const { t, of } = useWords()
  const name = of(offer.scheme.name)
  return (
    <li className="item">
      <div>
        <p className="item-title">
          {name}{' '}
          {offer.outcome === 'open' && (
            <>
              {t('可领 ', 'up to ')}
              <Amount amount={offer.amount} sign="¥" />{' '}
              <CertaintyTag certainty={leastSure(offer.scheme)} />
            </>
          )}
        </p>
        <p className="muted small">
          {of(offer.reason)}{' '}
          <button
            type="button"
            className="link-button why"
            aria-label={t(`为什么：${name}`, `Why: ${name}`)}
            onClick={onWhy}
          >
            {t('为什么', 'Why')}
          </button>
        </p>
      </div>
      <div className="item-side">
        {offer.outcome === 'open' && mayClaim && (
          <Button kind="primary" aria-label={t(`领取${name}`, `Claim ${name}`)} onClick={onClaim}>
            {t('领取', 'Claim')}
          </Button>
        )}
        {offer.outcome === 'unknown' && (
          <LinkButton to="/organisation" aria-label={t(`去补充：${name}`, `Complete: ${name}`)}>
            {t('去补充', 'Complete')}
          </LinkButton>
        )}
        {offer.outcome === 'no-pool' && <Tag tone="none">{t('未开放', 'not open')}</Tag>}
        {offer.outcome === 'used-up' && <Tag tone="none">{t('已领完', 'used up')}</Tag>}
      </div>
    </li>
  )
}
