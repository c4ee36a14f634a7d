// What follows from quotas that are agreed: how much is kept for whom, the most at once, what is lent.

/** A queue or cohort on one cluster, in thousandths of cards. */
export interface Agreed {
  id: string
  /** The cohort above it; null: the top. */
  parent: string | null
  /** Its own by agreement; null (cohorts): the sum of those below. */
  nominal: number | null
  /** The most beyond nominal; null: no limit. */
  borrowing: number | null
  /** The most of nominal that others may have while it is idle; null: all. */
  lending: number | null
}

export interface Size {
  /** Of a cohort: of all below it together. */
  nominal: number
  /** Nobody else ever gets it. */
  reserved: number
  /** The most that may be drawn on it at once; null: no limit. */
  limit: number | null
}

/**
 * Sizes of all places of a tree, as Kueue counts them: what is reserved for a place below is not
 * drawn on those above it. A cohort's nominal is never less than the sum of those below it.
 */
export function sizesOf(places: readonly Agreed[]): Map<string, Size> {
  const below = new Map<string | null, Agreed[]>()
  for (const place of places) {
    const list = below.get(place.parent)
    if (list) list.push(place)
    else below.set(place.parent, [place])
  }
  const sizes = new Map<string, Size>()
  const visit = (place: Agreed): { nominal: number; reserved: number } => {
    const sum = { nominal: 0, reserved: 0 }
    for (const child of below.get(place.id) ?? []) {
      const { nominal, reserved } = visit(child)
      sum.nominal += nominal
      sum.reserved += reserved
    }
    const nominal = Math.max(place.nominal ?? 0, sum.nominal)
    const shared = nominal - sum.reserved
    // Above the top there is nobody to keep anything from.
    const keeps = place.lending !== null && place.parent !== null
    const reserved = keeps ? Math.max(0, shared - place.lending!) : 0
    const limit = place.borrowing === null ? null : shared + place.borrowing
    sizes.set(place.id, { nominal, reserved, limit })
    return { nominal, reserved: sum.reserved + reserved }
  }
  for (const top of below.get(null) ?? []) visit(top)
  return sizes
}

/** Why a nominal quota cannot be agreed. */
export type Conflict =
  /** More than those above it, or the cluster, have left. */
  | { code: 'above'; largest: number }
  /** Less than what was agreed with those below it. */
  | { code: 'below'; least: number }

/** @param places as they would be; @param id whose nominal is to change */
export function conflictOf(
  places: readonly Agreed[],
  id: string,
  capacity: number,
): Conflict | null {
  const sizes = sizesOf(places)
  const sumBelow = (parent: string) =>
    places.reduce((sum, one) => sum + (one.parent === parent ? sizes.get(one.id)!.nominal : 0), 0)
  const placeOf = new Map(places.map((place) => [place.id, place]))
  const self = placeOf.get(id)!
  const least = sumBelow(id)
  if (self.nominal !== null && self.nominal < least) return { code: 'below', least }
  let excess = 0
  let above = self
  while (above.parent !== null) {
    above = placeOf.get(above.parent)!
    if (above.nominal !== null) excess = Math.max(excess, sumBelow(above.id) - above.nominal)
  }
  excess = Math.max(excess, sizes.get(above.id)!.nominal - capacity)
  if (excess <= 0) return null
  return { code: 'above', largest: Math.max(0, sizes.get(id)!.nominal - excess) }
}

/** What a place may draw on, in order; how much of it is there when nothing is taken. */
export interface Drawn {
  /** Taken as far as it goes; those after it are asked for the rest. */
  first: boolean
  units: number
}

/** The most that can be had at once, even if nobody else had anything. */
export function mostOf(draws: readonly Drawn[]): number {
  return draws.reduceRight(
    (most, { first, units }) => (first ? units + most : Math.min(units, most)),
    Number.POSITIVE_INFINITY,
  )
}

/**
 * How much of each place's idle nominal others use at this moment: idle nominal that the free cards
 * do not cover, each place in proportion. @param idle of places side by side
 */
export function lentOf(idle: readonly number[], free: number): number[] {
  const all = idle.reduce((sum, one) => sum + one, 0)
  const lent = Math.max(0, all - free)
  return idle.map((one) => (all === 0 ? 0 : Math.floor((one * lent) / all)))
}
