// Arithmetic of unit ranges: what several bookings take together, and of which card how much.
import { MILLI, type Units } from './types.ts'

/** All units that any of the holders takes, sorted and merged. */
export function union(holders: readonly { units: readonly Units[] }[]): [number, number][] {
  const all = holders.flatMap(({ units }) => units).sort((a, b) => a[0] - b[0])
  const merged: [number, number][] = []
  for (const [from, to] of all) {
    const last = merged.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

/** Takes units (sign 1) from the cards' free thousandths, or gives them back (-1). */
export function take(free: Int32Array, units: readonly Units[], sign: 1 | -1, first = 0): void {
  for (const [from, to] of units) {
    for (let card = Math.floor(from / MILLI); card * MILLI < to; card++) {
      const part = Math.min(to, (card + 1) * MILLI) - Math.max(from, card * MILLI)
      free[first + card]! -= sign * part
    }
  }
}
