// Numbers that look random and are the same for the same seed (mulberry32).

/** @returns a number in [0, 1) and the state that draws the next */
export function draw(state: number): { value: number; state: number } {
  const next = (state + 0x6d2b79f5) | 0
  let t = Math.imul(next ^ (next >>> 15), next | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return { value: ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296, state: next }
}
