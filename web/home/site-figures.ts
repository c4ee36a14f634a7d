// The sites of each city in short: free accelerators, real and simulated apart, and the lowest price.
import type { Site } from '../compute/compute.ts'
import type { Text } from '../text/text.ts'

export interface SiteFigures {
  name: Text
  /** Free accelerators with hardware. */
  free: number
  /** Free slots that only pretend to be accelerators. */
  simulated: number
  /** Free processor slots, where a site has no accelerator at all; null otherwise. */
  processors: number | null
  /** Lowest price of a card-hour, yuan as a decimal string; null without flavors. */
  price: string | null
}

/** Sites by the six-digit code of their city. */
export function sitesByCity(sites: readonly Site[]): ReadonlyMap<string, SiteFigures[]> {
  const found = new Map<string, SiteFigures[]>()
  for (const site of sites) {
    const city = `${site.area.slice(0, 4)}00`
    found.set(city, [...(found.get(city) ?? []), figuresOf(site)])
  }
  return found
}

function figuresOf({ name, clusters }: Site): SiteFigures {
  const flavors = clusters.flatMap(({ simulated, flavors: own }) =>
    own.map((flavor) => ({ simulated, flavor })),
  )
  const freeOf = (some: typeof flavors) => some.reduce((sum, one) => sum + one.flavor.freeCards, 0)
  const accelerators = flavors.filter(({ flavor }) => flavor.accelerator)
  const shown = accelerators.length > 0 ? accelerators : flavors
  const prices = shown.map(({ flavor }) => flavor.price)
  return {
    name,
    free: freeOf(accelerators.filter(({ simulated }) => !simulated)),
    simulated: freeOf(accelerators.filter(({ simulated }) => simulated)),
    processors: accelerators.length > 0 ? null : freeOf(flavors),
    price: prices.length === 0 ? null : prices.reduce((a, b) => (Number(b) < Number(a) ? b : a)),
  }
}
