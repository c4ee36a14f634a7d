// The calendar again, as simply as possible: one cell per unit and moment. For tests on small worlds.
import type { Claim, FitRequest, Resource, Taking } from './types.ts'

/** How many moments the small world has; later ones are as the last. */
export const HORIZON = 24

export class BruteForce {
  readonly resources: Resource[]
  /** Claim ids by resource, moment and unit (exact), or amounts by moment (pooled). */
  readonly cells = new Map<string, (string | number | null)[][]>()
  readonly sums = new Map<string, number[]>()

  constructor(resources: Resource[]) {
    this.resources = resources
    for (const { id, units } of resources) {
      this.cells.set(
        id,
        Array.from({ length: HORIZON }, () => Array.from({ length: units }, () => null)),
      )
      this.sums.set(
        id,
        Array.from({ length: HORIZON }, () => 0),
      )
    }
  }

  resource(id: string): Resource {
    return this.resources.find((one) => one.id === id)!
  }

  isFree(taking: Taking, from: number, to: number): boolean {
    const { openUntil, units } = this.resource(taking.resource)
    if (to > openUntil || ('amount' in taking && taking.amount > units)) return false
    for (let at = from; at < Math.min(to, HORIZON); at++) {
      if ('amount' in taking) {
        if (this.sums.get(taking.resource)![at]! + taking.amount > units) return false
      } else {
        for (const [low, high] of taking.units) {
          for (let unit = low; unit < high; unit++) {
            if (this.cells.get(taking.resource)![at]![unit] !== null) return false
          }
        }
      }
    }
    return true
  }

  write(claim: Claim, value: string | number | null): void {
    for (let at = claim.from; at < Math.min(claim.to, HORIZON); at++) {
      if ('amount' in claim) {
        this.sums.get(claim.resource)![at]! += value === null ? -claim.amount : claim.amount
        continue
      }
      for (const [low, high] of claim.units) {
        for (let unit = low; unit < high; unit++) {
          this.cells.get(claim.resource)![at]![unit] = value
        }
      }
    }
  }

  /** Units free throughout [from, to), by number. */
  freeThrough(id: string, from: number, to: number): number[] {
    const { units } = this.resource(id)
    const all = Array.from({ length: units }, (_, unit) => unit)
    return all.filter((unit) => {
      for (let at = from; at < Math.min(to, HORIZON); at++) {
        if (this.cells.get(id)![at]![unit] !== null) return false
      }
      return true
    })
  }

  free(id: string, at: number): number {
    const { mode, units } = this.resource(id)
    const moment = Math.min(at, HORIZON - 1)
    if (mode === 'pooled') return units - this.sums.get(id)![moment]!
    return this.cells.get(id)![moment]!.filter((cell) => cell === null).length
  }

  /** How many tasks fit on a resource when they start at a moment. */
  tasksOn(id: string, request: FitRequest, start: number): number {
    const { mode, units, grain, openUntil } = this.resource(id)
    const end = start + request.duration
    if (end > openUntil) return 0
    if (mode === 'pooled') {
      let most = 0
      for (let at = start; at < Math.min(end, HORIZON); at++) {
        most = Math.max(most, this.sums.get(id)![at]!)
      }
      return Math.max(0, Math.floor((units - most) / request.units))
    }
    const free = new Set(this.freeThrough(id, start, end))
    const counts = Array.from({ length: units / grain }, (_, nth) => {
      let count = 0
      for (let unit = nth * grain; unit < (nth + 1) * grain; unit++) if (free.has(unit)) count++
      return count
    })
    if (request.units < grain) {
      return counts.reduce((sum, count) => sum + Math.floor(count / request.units), 0)
    }
    const whole = Math.ceil(request.units / grain)
    if (!request.consecutive) {
      return Math.floor(counts.filter((count) => count === grain).length / whole)
    }
    let [tasks, run] = [0, 0]
    for (const count of counts) {
      run = count === grain ? run + 1 : 0
      if (run === whole) {
        tasks++
        run = 0
      }
    }
    return tasks
  }

  /** What is drawn from each of `also` at a start, or null where it does not suffice. */
  drawn({ also = [], duration }: FitRequest, start: number): number[] | null {
    let taken = 0
    const drawn: number[] = []
    for (const { resource, units, first, keep = 0 } of also) {
      const rest = Math.max(0, units - taken)
      const fits = (amount: number) =>
        this.isFree({ resource, amount: amount + keep }, start, start + duration)
      let part = rest
      if (first) while (part > 0 && !fits(part)) part--
      else if (rest > 0 && !fits(rest)) return null
      if (first) taken += part
      drawn.push(part)
    }
    return drawn
  }

  /** The earliest start, by trying every moment. */
  earliest(request: FitRequest): number | null {
    const latest = Math.min(request.latest ?? HORIZON * 2, HORIZON * 2)
    for (let start = request.from; start <= latest; start++) {
      const also = this.drawn(request, start) !== null
      const tasks = request.among.reduce((sum, id) => sum + this.tasksOn(id, request, start), 0)
      if (also && tasks >= request.tasks) return start
    }
    return null
  }
}
