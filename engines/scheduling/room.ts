// What is free on each node, now and through a window of time, counted in exact units.
import { MILLI, type Node, type Units } from './types.ts'

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

/** What one node offers through a window. */
export interface View {
  cards: Int32Array
  count: number
  cpuMilli: number
  memoryMib: number
}

const byFrom = (a: Units, b: Units) => a[0] - b[0]

/** The node's units that any of the bookings takes, sorted and merged. */
function union(bookings: readonly Booking[]): [number, number][] {
  const all = bookings.flatMap((booking) => booking.units).sort(byFrom)
  const merged: [number, number][] = []
  for (const [from, to] of all) {
    const last = merged.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
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
  /** Nodes in the order they changed; readers keep their place in it. */
  readonly changes: number[] = []
  private readonly active: Booking[][]
  private readonly future: Booking[][]
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
    if (booking.from <= this.now) {
      this.active[booking.node]!.push(booking)
      this.take(booking, 1)
    } else {
      this.future[booking.node]!.push(booking)
      this.nextStart[booking.node] = Math.min(this.nextStart[booking.node]!, booking.from)
    }
    this.changes.push(booking.node)
  }

  unbook(booking: Booking): void {
    const active = this.active[booking.node]!
    const at = active.indexOf(booking)
    if (at >= 0) {
      active[at] = active.at(-1)!
      active.pop()
      this.take(booking, -1)
    } else {
      const future = this.future[booking.node]!
      future.splice(future.indexOf(booking), 1)
      this.nextStart[booking.node] = future.reduce(
        (least, one) => Math.min(least, one.from),
        Number.POSITIVE_INFINITY,
      )
    }
    this.changes.push(booking.node)
  }

  private take(booking: Booking, sign: 1 | -1): void {
    const { node, units } = booking
    const first = this.firstCard[node]!
    for (const [from, to] of units) {
      for (let card = Math.floor(from / MILLI); card * MILLI < to; card++) {
        const taken = Math.min(to, (card + 1) * MILLI) - Math.max(from, card * MILLI)
        this.cardFree[first + card]! -= sign * taken
      }
    }
    this.cpuFree[node]! -= sign * booking.cpuMilli
    this.memoryFree[node]! -= sign * booking.memoryMib
  }

  /** Bookings of a node that touch [from, to). */
  during(node: number, from: number, to: number): Booking[] {
    const touches = (one: Booking) => one.from < to && one.to > from
    return [...this.active[node]!.filter(touches), ...this.future[node]!.filter(touches)]
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
    const bookings = this.during(node, from, to)
    view.cards.fill(MILLI, 0, view.count)
    for (const [a, b] of union(bookings)) {
      for (let card = Math.floor(a / MILLI); card * MILLI < b; card++) {
        view.cards[card]! -= Math.min(b, (card + 1) * MILLI) - Math.max(a, card * MILLI)
      }
    }
    this.leastOf(node, from, bookings, view)
    return view
  }

  /** Cores and memory are not told apart, so only the worst instant counts. */
  private leastOf(node: number, from: number, bookings: readonly Booking[], view: View): void {
    const { cpuMilli, memoryMib } = this.nodes[node]!
    const starts = [from, ...bookings.map((one) => one.from).filter((start) => start > from)]
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
      for (const one of this.future[node]!) ends.add(one.to)
    }
    return [...ends].filter((end) => end > this.now).sort((a, b) => a - b)
  }
}
