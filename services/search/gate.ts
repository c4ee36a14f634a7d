// Few at a time, first come first served: many searches at once would only slow each other down.
import { problem } from '#platform/errors.ts'

/** Lets `most` pieces of work run together; `longestQueue` may wait, further ones are refused. */
export class Gate {
  #free: number
  readonly #longestQueue: number
  readonly #waiting: (() => void)[] = []

  constructor(most: number, longestQueue: number) {
    this.#free = most
    this.#longestQueue = longestQueue
  }

  /** @throws platform.busy */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else if (this.#waiting.length >= this.#longestQueue) throw problem('platform.busy')
    else await new Promise<void>((enter) => this.#waiting.push(enter))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}
