// What is free on each node, now and through a window of time, counted in exact units.
import { MILLI, type Node, type Units } from './types.ts'
import { take, union } from './units.ts'

/** Part of a node taken for [from, to). */
export interface Booking {
  owner: string
  node: number
  from: number
  to: number
  units: readonly Units[]
  cpuMilli: number
  memoryMib: number
}

/** A booking that has not begun, and what is free beside it at the instant it begins. */
interface Planned {
  booking: Booking
  cpuMilli: number
  memoryMib: number
}

/** What one node offers through a window. */
export interface View {
  cards: Int32Array
  count: number
  cpuMilli: number
  memoryMib: number
}

/** Free room of all nodes. Nodes are numbered in the order of their ids. */
export class Room {
  now: number
  readonly nodes: readonly Node[]
  /** Card i of node n is firstCard[n] + i. */
  readonly firstCard: Int32Array
  /** Thousandths free now; what future bookings take is not subtracted. */
  readonly cardFree: Int32Array
  readonly cpuFree: Float64Array
  readonly memoryFree: Float64Array
  /** When the next future booking of a node begins. */
  readonly nextStart: Float64Array
  /** How many bookings have not begun. */
  planned = 0
  /** Nodes in the order they changed; readers keep their place in it. */
  readonly changes: number[] = []
  /** By end, the first to end first. */
  private readonly active: Booking[][]
  private readonly future: Planned[][]
  private readonly scratch: View

  constructor(nodes: readonly Node[], now: number) {
    this.now = now
    this.nodes = nodes
    const count = nodes.length
    this.firstCard = new Int32Array(count + 1)
    let most = 1
    for (const [n, node] of nodes.entries()) {
      this.firstCard[n + 1] = this.firstCard[n]! + node.cards
      most = Math.max(most, node.cards)
    }
    this.cardFree = new Int32Array(this.firstCard[count]!).fill(MILLI)
    this.cpuFree = Float64Array.from(nodes, (node) => node.cpuMilli)
    this.memoryFree = Float64Array.from(nodes, (node) => node.memoryMib)
    this.nextStart = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
    this.active = Array.from({ length: count }, () => [])
    this.future = Array.from({ length: count }, () => [])
    this.scratch = { cards: new Int32Array(most), count: 0, cpuMilli: 0, memoryMib: 0 }
  }

  book(booking: Booking): void {
    const { node, from } = booking
    if (from <= this.now) {
      const active = this.active[node]!
      active.splice(this.endingAfter(active, booking.to), 0, booking)
      this.take(booking, 1)
      this.atStarts(booking, -1)
    } else {
      this.atStarts(booking, -1)
      this.future[node]!.push(this.plannedFor(booking))
      this.planned++
      this.nextStart[node] = Math.min(this.nextStart[node]!, from)
    }
    this.changes.push(node)
  }

  unbook(booking: Booking): void {
    const { node } = booking
    const active = this.active[node]!
    let at = this.endingAfter(active, booking.to) - 1
    while (at >= 0 && active[at] !== booking) at--
    if (at >= 0) {
      active.splice(at, 1)
      this.take(booking, -1)
    } else {
      const future = this.future[node]!
      const planned = future.findIndex((one) => one.booking === booking)
      future.splice(planned, 1)
      this.planned--
      this.nextStart[node] = future.reduce(
        (least, one) => Math.min(least, one.booking.from),
        Number.POSITIVE_INFINITY,
      )
    }
    this.atStarts(booking, 1)
    this.changes.push(node)
  }

  /** Time passes: what was planned to have begun by then has begun. */
  advance(now: number): void {
    const due: Booking[] = []
    for (let node = 0; node < this.nodes.length; node++) {
      if (this.nextStart[node]! > now) continue
      for (const { booking } of this.future[node]!) if (booking.from <= now) due.push(booking)
    }
    for (const booking of due) this.unbook(booking)
    this.now = now
    for (const booking of due) this.book(booking)
  }

  /** When the next thing that is planned begins, or Infinity. */
  firstPlanned(): number {
    return this.nextStart.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY)
  }

  /** Where a booking with this end goes among those sorted by end. */
  private endingAfter(active: readonly Booking[], to: number): number {
    let low = 0
    let high = active.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (active[middle]!.to <= to) low = middle + 1
      else high = middle
    }
    return low
  }

  /** A future booking with the cores and memory that are free when it begins. */
  private plannedFor(booking: Booking): Planned {
    const { node, from } = booking
    const { cpuMilli, memoryMib } = this.nodes[node]!
    const planned = { booking, cpuMilli, memoryMib }
    for (const one of this.during(node, from, from + 1)) {
      planned.cpuMilli -= one.cpuMilli
      planned.memoryMib -= one.memoryMib
    }
    planned.cpuMilli -= booking.cpuMilli
    planned.memoryMib -= booking.memoryMib
    return planned
  }

  /** Keeps what is free at the starts of future bookings up to date. */
  private atStarts({ node, from, to, cpuMilli, memoryMib }: Booking, sign: 1 | -1): void {
    for (const planned of this.future[node]!) {
      const start = planned.booking.from
      if (from > start || to <= start) continue
      planned.cpuMilli += sign * cpuMilli
      planned.memoryMib += sign * memoryMib
    }
  }

  private take(booking: Booking, sign: 1 | -1): void {
    const { node, units } = booking
    take(this.cardFree, units, sign, this.firstCard[node]!)
    this.cpuFree[node]! -= sign * booking.cpuMilli
    this.memoryFree[node]! -= sign * booking.memoryMib
  }

  /** Bookings of a node that touch [from, to). */
  during(node: number, from: number, to: number): Booking[] {
    const active = this.active[node]!
    const found = active.slice(this.endingAfter(active, from))
    for (const { booking } of this.future[node]!) {
      if (booking.from < to && booking.to > from) found.push(booking)
    }
    return found
  }

  /** What the node offers through all of [from, to). Valid until the next call. */
  view(node: number, from: number, to: number): View {
    const view = this.scratch
    const first = this.firstCard[node]!
    view.count = this.firstCard[node + 1]! - first
    if (from <= this.now && this.nextStart[node]! >= to) {
      for (let i = 0; i < view.count; i++) view.cards[i] = this.cardFree[first + i]!
      view.cpuMilli = this.cpuFree[node]!
      view.memoryMib = this.memoryFree[node]!
      return view
    }
    view.cards.fill(MILLI, 0, view.count)
    if (from <= this.now) {
      if (view.count > 0) take(view.cards, union(this.during(node, from, to)), 1)
      this.leastFromNow(node, to, view)
      return view
    }
    const bookings = this.during(node, from, to)
    if (view.count > 0) take(view.cards, union(bookings), 1)
    this.leastOf(node, from, bookings, view)
    return view
  }

  /** From now on less can be free than now only where something begins. */
  private leastFromNow(node: number, to: number, view: View): void {
    view.cpuMilli = this.cpuFree[node]!
    view.memoryMib = this.memoryFree[node]!
    for (const { booking, cpuMilli, memoryMib } of this.future[node]!) {
      if (booking.from >= to) continue
      view.cpuMilli = Math.min(view.cpuMilli, cpuMilli)
      view.memoryMib = Math.min(view.memoryMib, memoryMib)
    }
  }

  /** Cores and memory are not told apart, so only the worst instant counts. */
  private leastOf(node: number, from: number, bookings: readonly Booking[], view: View): void {
    const { cpuMilli, memoryMib } = this.nodes[node]!
    const starts = [from]
    for (const one of bookings) if (one.from > from) starts.push(one.from)
    view.cpuMilli = cpuMilli
    view.memoryMib = memoryMib
    for (const start of starts) {
      let cpu = cpuMilli
      let memory = memoryMib
      for (const one of bookings) {
        if (one.from > start || one.to <= start) continue
        cpu -= one.cpuMilli
        memory -= one.memoryMib
      }
      view.cpuMilli = Math.min(view.cpuMilli, cpu)
      view.memoryMib = Math.min(view.memoryMib, memory)
    }
  }

  /**
   * Calls back with what the node offers now and after each end, while nothing new begins there:
   * then room only grows, and the first view that suffices is the earliest.
   * @returns the instant at which `enough` first said so, or Infinity; null when something begins
   */
  firstGrown(node: number, enough: (view: View) => boolean): number | null {
    if (this.future[node]!.length > 0) return null
    const view = this.view(node, this.now, this.now + 1)
    if (enough(view)) return this.now
    const active = this.active[node]!
    for (let i = 0; i < active.length; i++) {
      const { to, units, cpuMilli, memoryMib } = active[i]!
      view.cpuMilli += cpuMilli
      view.memoryMib += memoryMib
      take(view.cards, units, -1)
      if (active[i + 1]?.to !== to && enough(view)) return to
    }
    return Number.POSITIVE_INFINITY
  }

  /** Whether nobody holds any of these units during [from, to). */
  isFree(node: number, units: readonly Units[], from: number, to: number): boolean {
    return this.during(node, from, to).every((booking) =>
      booking.units.every(([a, b]) => units.every(([c, d]) => b <= c || d <= a)),
    )
  }

  /** The lowest `milli` units of a card that are free through [from, to). */
  unitsOf(node: number, card: number, milli: number, from: number, to: number): Units[] {
    const start = card * MILLI
    if (milli === MILLI) return [[start, start + MILLI]]
    const found: Units[] = []
    let at = start
    let left = milli
    const taken = union(this.during(node, from, to))
    for (const [a, b] of [...taken, [start + MILLI, start + MILLI] as const]) {
      if (b <= at && a < start) continue
      const end = Math.min(a, start + MILLI, at + left)
      if (end > at) {
        found.push([at, end])
        left -= end - at
      }
      if (left === 0) break
      at = Math.max(at, b)
      if (at >= start + MILLI) break
    }
    return found
  }

  /** Instants at which room comes free on the nodes, ascending. */
  endsOn(nodes: Iterable<number>): number[] {
    const ends = new Set<number>()
    for (const node of nodes) {
      for (const one of this.active[node]!) ends.add(one.to)
      for (const { booking } of this.future[node]!) ends.add(booking.to)
    }
    return [...ends].filter((end) => end > this.now).sort((a, b) => a - b)
  }
}
