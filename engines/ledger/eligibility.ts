// Whom a voucher scheme is for, and which of its ratios applies: a computation, not a decision.

export interface Profile {
  kind: 'organisation' | 'person' | 'department' | 'agent'
  class: string | null
  size: string | null
  /** YYYY-MM-DD */
  foundedOn: string | null
}

export interface SchemeScope {
  /** Whether firms of every size may claim, or micro, small and medium ones only. */
  everySize: boolean
  /** Age in months up to which a firm is a start-up; null: the scheme has no ratio for them. */
  startupMonths: number | null
}

export type Eligibility =
  | { class: 'general' | 'startup' }
  | { outside: 'kind' | 'size' }
  | { unknown: 'class' | 'size' | 'founding-date' }

const science = ['university', 'research-institute']
const firms = ['enterprise', 'individual-business']
const small = ['micro', 'small', 'medium']

/** The date some months after another; the last day of the month where that day does not exist. */
export function monthsAfter(date: string, months: number): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number]
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0))
  const shown = Math.min(day, last.getUTCDate())
  return `${last.toISOString().slice(0, 8)}${String(shown).padStart(2, '0')}`
}

/** @param today YYYY-MM-DD in Guangdong */
export function eligibility(profile: Profile, scope: SchemeScope, today: string): Eligibility {
  if (profile.kind !== 'organisation') return { outside: 'kind' }
  if (profile.class === null) return { unknown: 'class' }
  if (science.includes(profile.class)) return { class: 'general' }
  if (!firms.includes(profile.class)) return { outside: 'kind' }
  if (!scope.everySize) {
    if (profile.size === null) return { unknown: 'size' }
    if (!small.includes(profile.size)) return { outside: 'size' }
  }
  if (scope.startupMonths === null) return { class: 'general' }
  if (profile.foundedOn === null) return { unknown: 'founding-date' }
  const young = today < monthsAfter(profile.foundedOn, scope.startupMonths)
  return { class: young ? 'startup' : 'general' }
}
