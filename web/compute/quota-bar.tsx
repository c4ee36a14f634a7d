// What a queue or cohort uses of a cluster, against what is its own: used, borrowed and lent in one bar.
import { count } from '../text/format.ts'
import { useWords, type Words } from '../text/text.ts'
import type { CohortPlace, QueuePlace } from './compute.ts'

export type Place = CohortPlace | QueuePlace
/** Without `lent` nothing is said of it. */
type Figures = Pick<Place, 'nominal' | 'borrowing' | 'used' | 'borrowed'> & { lent?: number }

/** One sentence with all figures that the bar shows. */
function figuresIn({ nominal, used, borrowed, lent }: Figures, t: Words['t']): string {
  const also =
    lent === undefined ? '' : t(`；借出 ${count(lent)} 卡`, `; ${count(lent)} of nominal lent`)
  return t(
    `名义 ${count(nominal)} 卡，已用 ${count(used)} 卡，其中借入 ${count(borrowed)} 卡${also}`,
    `${count(nominal)} cards nominal, ${count(used)} used, ${count(borrowed)} of them borrowed${also}`,
  )
}

/** @param of all cards of the cluster, so that bars below each other can be compared */
export function QuotaBar({ place, of }: { place: Figures; of: number }) {
  const { t } = useWords()
  const at = (cards: number) => (of === 0 ? 0 : 100 * Math.min(1, cards / of))
  const own = place.used - place.borrowed
  const lent = place.lent ?? 0
  const most = place.borrowing === null ? null : place.nominal + place.borrowing
  return (
    <svg
      className="quota-bar"
      viewBox="0 0 100 10"
      preserveAspectRatio="none"
      role="img"
      aria-label={figuresIn(place, t)}
    >
      <rect className="quota-nominal" width={at(place.nominal)} height="10" />
      <rect className="quota-own" width={at(own)} height="10" />
      <rect className="quota-lent" x={at(place.nominal - lent)} width={at(lent)} height="10" />
      <rect className="quota-borrowed" x={at(own)} width={at(place.borrowed)} height="10" />
      {most !== null && most < of && (
        <line className="quota-most" x1={at(most)} x2={at(most)} y1="0" y2="10" />
      )}
    </svg>
  )
}

/** What the parts of the bars mean. */
export function QuotaLegend() {
  const { t } = useWords()
  const parts = [
    ['quota-nominal', t('名义配额中空闲', 'nominal, idle')],
    ['quota-own', t('已用（名义内）', 'used, within nominal')],
    ['quota-borrowed', t('借入', 'borrowed')],
    ['quota-lent', t('借出', 'lent')],
    ['quota-most', t('借用上限', 'borrowing limit')],
  ] as const
  return (
    <ul className="legend small muted">
      {parts.map(([name, words]) => (
        <li key={name}>
          <svg className="legend-mark" viewBox="0 0 16 10" aria-hidden="true">
            {name === 'quota-most' ? (
              <line className={name} x1="8" x2="8" y1="0" y2="10" />
            ) : (
              <rect className={name} width="16" height="10" />
            )}
          </svg>
          {words}
        </li>
      ))}
    </ul>
  )
}
