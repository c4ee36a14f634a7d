// The tree of cohorts and queues: quotas as Kueue defines them, shares as dominant resource fairness.
import { SnapshotError } from './errors.ts'
import { type Flavor, MILLI, type Node, type Queue } from './types.ts'

/** Class of cores; counted in thousandths like the cards of a chip class. */
export const CPU = 'cpu'

interface Place {
  id: string
  parent: number
  weight: number
  children: number[]
}

/** Amounts by class: [class, thousandths]. */
export type Amounts = readonly (readonly [chipClass: number, milli: number])[]

/**
 * Queues and cohorts, numbered parents first, with quota and use of each by class.
 * Arrays are addressed [place * classes + class].
 */
export class QueueTree {
  readonly places: readonly Place[]
  readonly classes: readonly string[]
  /** Thousandths of each class in the whole snapshot. */
  readonly capacity: Float64Array
  private readonly indexOf = new Map<string, number>()
  private readonly classOf = new Map<string, number>()
  private readonly flavorClass = new Map<string, number>()
  private readonly nominal: Float64Array
  private readonly borrowing: Float64Array
  private readonly lending: Float64Array
  /** Nominal of a place and what its children lend it. */
  private readonly quota: Float64Array
  /** Use that counts against `quota`: a child's guaranteed part stays with the child. */
  private readonly counted: Float64Array
  private readonly limited: Uint8Array
  /** In use now, and the decayed average of the past, of a place with all below it. */
  private readonly present: Float64Array
  private readonly past: Float64Array
  private readonly decayedAt: Float64Array
  private readonly halfLifeMs: number
  private now: number

  constructor(
    queues: readonly Queue[],
    flavors: readonly Flavor[],
    nodes: readonly Node[],
    halfLifeMs: number,
    now: number,
  ) {
    this.halfLifeMs = halfLifeMs
    this.now = now
    this.places = this.arrange(queues)
    const names = new Set([CPU, ...flavors.map((flavor) => flavor.chipClass)])
    for (const queue of queues) {
      for (const { chipClass } of [...queue.quotas, ...queue.used]) names.add(chipClass)
    }
    this.classes = [...names]
    for (const [c, name] of this.classes.entries()) this.classOf.set(name, c)
    for (const { id, chipClass } of flavors) this.flavorClass.set(id, this.classOf.get(chipClass)!)
    const size = this.places.length * this.classes.length
    this.nominal = new Float64Array(size)
    this.borrowing = new Float64Array(size).fill(Number.POSITIVE_INFINITY)
    this.lending = new Float64Array(size).fill(Number.POSITIVE_INFINITY)
    this.quota = new Float64Array(size)
    this.counted = new Float64Array(size)
    this.limited = new Uint8Array(size)
    this.present = new Float64Array(size)
    this.past = new Float64Array(size)
    this.decayedAt = new Float64Array(this.places.length).fill(now)
    this.capacity = new Float64Array(this.classes.length)
    for (const node of nodes) {
      this.capacity[0]! += node.cpuMilli
      const chipClass = this.flavorClass.get(node.flavorId)
      if (chipClass !== undefined) this.capacity[chipClass]! += node.cards * MILLI
    }
    this.readQuotas(queues)
    this.readUse(queues)
  }

  private arrange(queues: readonly Queue[]): Place[] {
    const children = new Map<string | null, Queue[]>()
    const ids = new Set(queues.map((queue) => queue.id))
    if (ids.size < queues.length) throw new SnapshotError('queue-twice', {})
    for (const queue of [...queues].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      if (queue.parentId !== null && !ids.has(queue.parentId)) {
        throw new SnapshotError('cohort-unknown', { queue: queue.id, cohort: queue.parentId })
      }
      children.set(queue.parentId, [...(children.get(queue.parentId) ?? []), queue])
    }
    const places: Place[] = [{ id: '', parent: -1, weight: 1, children: [] }]
    const open: [string | null, number][] = [[null, 0]]
    for (const [id, parent] of open) {
      for (const queue of children.get(id) ?? []) {
        const index = places.push({ id: queue.id, parent, weight: queue.weight, children: [] }) - 1
        places[parent]!.children.push(index)
        this.indexOf.set(queue.id, index)
        open.push([queue.id, index])
      }
    }
    const lost = queues.find((queue) => !this.indexOf.has(queue.id))
    if (lost) throw new SnapshotError('cohort-cycle', { queue: lost.id })
    return places
  }

  private readQuotas(queues: readonly Queue[]): void {
    const classes = this.classes.length
    for (const queue of queues) {
      for (const quota of queue.quotas) {
        const at = this.place(queue.id) * classes + this.classOf.get(quota.chipClass)!
        this.nominal[at] = quota.nominal
        if (quota.borrowing !== null) this.borrowing[at] = quota.borrowing
        if (quota.lending !== null) this.lending[at] = quota.lending
        this.limited[at] = 1
      }
    }
    for (let p = this.places.length - 1; p >= 0; p--) {
      const { parent } = this.places[p]!
      for (let c = 0; c < classes; c++) {
        const at = p * classes + c
        this.quota[at]! += this.nominal[at]!
        // The root joins strangers: nothing is lent across it.
        if (parent <= 0) continue
        this.quota[parent * classes + c]! += this.quota[at]! - this.guaranteed(at)
        if (this.limited[at]) this.limited[parent * classes + c] = 1
      }
    }
    for (let p = 1; p < this.places.length; p++) {
      const { parent } = this.places[p]!
      if (parent <= 0) continue
      for (let c = 0; c < classes; c++) {
        if (this.limited[parent * classes + c]) this.limited[p * classes + c] = 1
      }
    }
  }

  private readUse(queues: readonly Queue[]): void {
    // A constant use of one unit decays to this many unit-milliseconds.
    const memoryMs = this.halfLifeMs / Math.LN2
    for (const queue of queues) {
      for (const { chipClass, milliMs } of queue.used) {
        const c = this.classOf.get(chipClass)!
        for (let p = this.place(queue.id); p >= 0; p = this.places[p]!.parent) {
          this.past[p * this.classes.length + c]! += milliMs / memoryMs
        }
      }
    }
  }

  place(queueId: string): number {
    const index = this.indexOf.get(queueId)
    if (index === undefined) throw new SnapshotError('queue-unknown', { queue: queueId })
    return index
  }

  /** The topmost cohort (or the queue itself) above a place; strangers have different ones. */
  rootOf(place: number): number {
    const { parent } = this.places[place]!
    return parent <= 0 ? place : this.rootOf(parent)
  }

  /** Places where something waits, with all cohorts above them. */
  withAbove(waiting: ReadonlyMap<number, { length: number }>): Set<number> {
    const found = new Set<number>()
    for (const [place, { length }] of waiting) {
      if (length === 0) continue
      for (let p = place; p >= 0 && !found.has(p); p = this.places[p]!.parent) found.add(p)
    }
    return found
  }

  /** What a gang counts for: its cards by chip class, its cores where it needs no card. */
  amounts(flavorId: string, milli: number, cpuMilli: number): Amounts {
    const chipClass = this.flavorClass.get(flavorId)
    if (chipClass === undefined) throw new SnapshotError('flavor-unknown', { flavor: flavorId })
    return milli > 0
      ? [
          [chipClass, milli],
          [0, cpuMilli],
        ]
      : [[0, cpuMilli]]
  }

  private guaranteed(at: number): number {
    return Math.max(0, this.quota[at]! - this.lending[at]!)
  }

  /** How much more of a class a place may use: its own, and what its cohort lends. */
  available(place: number, chipClass: number): number {
    const at = place * this.classes.length + chipClass
    if (!this.limited[at]) return Number.POSITIVE_INFINITY
    const { parent } = this.places[place]!
    if (parent <= 0) return this.quota[at]! - this.counted[at]!
    const guaranteed = this.guaranteed(at)
    const own = Math.max(0, guaranteed - this.counted[at]!)
    const lentOut = this.quota[at]! - guaranteed
    const usedOfCohort = Math.max(0, this.counted[at]! - guaranteed)
    const most = lentOut - usedOfCohort + this.borrowing[at]!
    return own + Math.min(most, this.available(parent, chipClass))
  }

  /** Whether so much more would be above the place's own nominal quota. */
  borrows(place: number, amounts: Amounts): boolean {
    return amounts.some(([c, milli]) => {
      const at = place * this.classes.length + c
      return this.limited[at] === 1 && this.counted[at]! + milli > this.quota[at]!
    })
  }

  nominalOf(place: number, chipClass: number): number {
    return this.nominal[place * this.classes.length + chipClass]!
  }

  usedBy(place: number, chipClass: number): number {
    return this.present[place * this.classes.length + chipClass]!
  }

  /** Use begins (sign 1) or ends (-1). */
  use(place: number, amounts: Amounts, sign: 1 | -1): void {
    const classes = this.classes.length
    for (const [c, milli] of amounts) {
      for (let p = place; p >= 0; p = this.places[p]!.parent) {
        this.decay(p)
        this.present[p * classes + c]! += sign * milli
      }
      let change = sign * milli
      for (let p = place; p > 0 && change !== 0; p = this.places[p]!.parent) {
        const at = p * classes + c
        const guaranteed = this.guaranteed(at)
        const before = Math.max(0, this.counted[at]! - guaranteed)
        this.counted[at]! += change
        change = Math.max(0, this.counted[at]! - guaranteed) - before
      }
    }
  }

  /** Dominant share: the largest part of any class, past and present, divided by the weight. */
  share(place: number): number {
    this.decay(place)
    const classes = this.classes.length
    let most = 0
    for (let c = 0; c < classes; c++) {
      const capacity = this.capacity[c]!
      if (capacity === 0) continue
      const at = place * classes + c
      most = Math.max(most, (this.past[at]! + this.present[at]!) / capacity)
    }
    return most / this.places[place]!.weight
  }

  /** Time has passed; each place works its own decay out when it is next looked at. */
  advance(now: number): void {
    this.now = now
  }

  /** The decayed past of a queue or cohort by itself, without those below it, as a snapshot has it. */
  usedOf(id: string): { chipClass: string; milliMs: number }[] {
    const place = this.place(id)
    const { children } = this.places[place]!
    for (const one of [place, ...children]) this.decay(one)
    const memoryMs = this.halfLifeMs / Math.LN2
    return this.classes.flatMap((chipClass, c) => {
      const at = (one: number) => this.past[one * this.classes.length + c]!
      const own = at(place) - children.reduce((sum, child) => sum + at(child), 0)
      return own > 0 ? [{ chipClass, milliMs: own * memoryMs }] : []
    })
  }

  /** The past fades and takes in what was in use meanwhile. */
  private decay(place: number): void {
    const elapsed = this.now - this.decayedAt[place]!
    if (elapsed === 0) return
    this.decayedAt[place] = this.now
    const keep = 2 ** (-elapsed / this.halfLifeMs)
    const first = place * this.classes.length
    for (let i = first; i < first + this.classes.length; i++) {
      this.past[i] = this.past[i]! * keep + this.present[i]! * (1 - keep)
    }
  }
}
