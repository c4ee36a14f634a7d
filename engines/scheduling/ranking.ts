// Scores in a fixed order of preference, with the maximum of each block kept: the first best is near.
const BLOCK = 64

export class Ranking {
  readonly scores: Int32Array
  private readonly most: Int32Array

  constructor(size: number) {
    this.scores = new Int32Array(size).fill(-1)
    this.most = new Int32Array(Math.ceil(size / BLOCK)).fill(-1)
  }

  set(at: number, score: number): void {
    const block = Math.floor(at / BLOCK)
    const before = this.scores[at]!
    this.scores[at] = score
    if (score >= this.most[block]!) this.most[block] = score
    else if (before === this.most[block]) this.most[block] = this.maximum(block)
  }

  private maximum(block: number): number {
    let most = -1
    const end = Math.min(this.scores.length, (block + 1) * BLOCK)
    for (let i = block * BLOCK; i < end; i++) most = Math.max(most, this.scores[i]!)
    return most
  }

  /** The first position with the highest score, or -1 when none is at least 0. */
  first(): number {
    let best = -1
    let block = -1
    for (let b = 0; b < this.most.length; b++) {
      if (this.most[b]! <= best) continue
      best = this.most[b]!
      block = b
    }
    return block < 0 ? -1 : this.scores.indexOf(best, block * BLOCK)
  }

  /** Positions with a score of at least 0, ascending. */
  *able(): Generator<number> {
    for (let b = 0; b < this.most.length; b++) {
      if (this.most[b]! < 0) continue
      const end = Math.min(this.scores.length, (b + 1) * BLOCK)
      for (let i = b * BLOCK; i < end; i++) if (this.scores[i]! >= 0) yield i
    }
  }
}
