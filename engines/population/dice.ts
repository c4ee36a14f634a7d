// Draws from a seed, one after the other, in the shapes that made-up figures have.
import { draw } from '#engines/scheduling/seed.ts'

export class Dice {
  private state: number
  constructor(seed: number) {
    this.state = seed
  }

  /** Draws of the same seed that never meet these: half of all that there are lies between. */
  apart(): Dice {
    return new Dice((this.state + 2 ** 31) | 0)
  }

  /** In [0, 1). */
  next(): number {
    const { value, state } = draw(this.state)
    this.state = state
    return value
  }

  happens(share: number): boolean {
    return this.next() < share
  }

  /** Around 0, mostly within a half of it and never beyond 1.5. */
  bell(): number {
    return this.next() + this.next() + this.next() - 1.5
  }

  /** Most are small, a few very large: 10 to the power of a bell around `middle`. */
  size(middle: number, spread: number): number {
    return 10 ** (middle + spread * this.bell())
  }

  pick(sums: Float64Array): number {
    const at = this.next() * sums[sums.length - 1]!
    return sums.findIndex((sum) => at < sum)
  }
}

export function sumsOf(weights: readonly number[]): Float64Array {
  let sum = 0
  return Float64Array.from(weights, (weight) => {
    sum += weight
    return sum
  })
}

/** To two decimals, or as many as there are zeros in `parts`. */
export const inParts = (value: number, parts = 100): number => Math.round(value * parts) / parts
