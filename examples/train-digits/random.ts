// Random numbers from keys: the same keys give the same numbers, wherever a run was interrupted.

/** Numbers in [0, 1) decided by the keys (32-bit integers) alone: mulberry32 over a mixed seed. */
export function randomFrom(...keys: number[]): () => number {
  let state = keys.reduce(mix, 0x9e3779b9)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

function mix(seed: number, key: number): number {
  let bits = Math.imul(seed ^ key, 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}

/** A number in [-most, most). */
export const around = (most: number, random: () => number) => (2 * random() - 1) * most

/** A number of the standard normal distribution (Box and Muller). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** 0 to count - 1 in random order (Fisher and Yates). */
export function shuffled(count: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, nth) => nth)
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[order[last], order[other]] = [order[other]!, order[last]!]
  }
  return order
}
