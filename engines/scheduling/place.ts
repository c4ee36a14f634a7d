// Finds the best node for a task quickly: scores are kept for each kind of task until a node changes.
import { type Mix, mixFor } from './fragmentation.ts'
import { Ranking } from './ranking.ts'
import type { Booking, Room } from './room.ts'
import { type Need, needOf, type Score, tasksIn } from './score.ts'
import { draw } from './seed.ts'
import { type Claim, type Gang, MILLI, type TypicalTask } from './types.ts'

/** One kind of task on one set of nodes, with what each node is worth to it now. */
interface Kind {
  need: Need
  /** Nodes it may run on, the first to be filled first. */
  nodes: Int32Array
  /** Where a node stands among them; -1: not. */
  positionOf: Int32Array
  ranking: Ranking
  /** Of each position, the card that a sharing task would take. */
  card: Int32Array
  /** How many of the room's changes are worked in. */
  seen: number
}

export interface Found {
  claims: Claim[]
  bookings: Booking[]
}

/** Best nodes for tasks in one room. Groups are cluster and flavor. */
export class Placer {
  private readonly room: Room
  private readonly score: Score
  private readonly random: boolean
  private readonly smallFirst: boolean
  private readonly mixes: Mix[]
  private readonly nodesOf = new Map<string, Int32Array>()
  private readonly groups = new Map<string, number[]>()
  private readonly kinds = new Map<string, Kind>()
  private state: number
  /** Which nodes this round of rating has done. */
  private readonly ratedIn: Int32Array
  private round = 0

  constructor(
    room: Room,
    how: {
      score: Score
      random: boolean
      smallFirst: boolean
      seed: number
      typical: readonly TypicalTask[]
    },
  ) {
    this.room = room
    this.score = how.score
    this.random = how.random
    this.smallFirst = how.smallFirst
    this.state = how.seed
    this.ratedIn = new Int32Array(room.nodes.length)
    const mixOf = new Map<string, Mix>()
    const capacity = new Map<string, number>()
    for (const { flavorId, cards } of room.nodes) {
      capacity.set(flavorId, (capacity.get(flavorId) ?? 0) + cards * MILLI)
    }
    this.mixes = room.nodes.map((node, n) => {
      const group = `${node.clusterId} ${node.flavorId}`
      const members = this.groups.get(group) ?? []
      if (node.state === 'ready') this.groups.set(group, members)
      if (node.state === 'ready') members.push(n)
      const mix = mixOf.get(node.flavorId) ?? mixFor(node.flavorId, how.typical, capacity)
      mixOf.set(node.flavorId, mix)
      return mix
    })
  }

  private cardsOf(node: number): number {
    return this.room.nodes[node]!.cards
  }

  /** Nodes of the groups, the first to be filled first. */
  nodesIn(groups: readonly string[]): Int32Array {
    const key = groups.join('\n')
    let nodes = this.nodesOf.get(key)
    if (!nodes) {
      const all = groups.flatMap((group) => this.groups.get(group) ?? [])
      nodes = Int32Array.from(new Set(all)).sort()
      // Small nodes first keeps large ones whole for gangs and whole-node tasks.
      if (this.smallFirst) nodes.sort((a, b) => this.cardsOf(a) - this.cardsOf(b) || a - b)
      this.nodesOf.set(key, nodes)
    }
    return nodes
  }

  private kindOf(need: Need, groups: readonly string[]): Kind {
    const key = `${need.cards}|${need.perCard}|${need.cpuMilli}|${need.memoryMib}|${groups.join('\n')}`
    let kind = this.kinds.get(key)
    if (!kind) {
      const nodes = this.nodesIn(groups)
      kind = {
        need,
        nodes,
        positionOf: new Int32Array(this.room.nodes.length).fill(-1),
        ranking: new Ranking(nodes.length),
        card: new Int32Array(nodes.length).fill(-1),
        seen: this.room.changes.length,
      }
      for (const [position, node] of nodes.entries()) {
        kind.positionOf[node] = position
        this.rate(kind, position)
      }
      this.kinds.set(key, kind)
    }
    return kind
  }

  private rate(kind: Kind, position: number): void {
    const { now, nextStart } = this.room
    const node = kind.nodes[position]!
    const view = this.room.view(node, now, Math.min(nextStart[node]!, now + 1))
    const { score, card } = this.score(view, kind.need, this.mixes[node]!, node)
    kind.ranking.set(position, score)
    kind.card[position] = card
  }

  private refresh(kind: Kind): void {
    const { changes } = this.room
    const from = kind.seen
    kind.seen = changes.length
    if (changes.length - from > this.room.nodes.length) {
      for (let position = 0; position < kind.nodes.length; position++) this.rate(kind, position)
      return
    }
    this.round++
    for (let i = from; i < changes.length; i++) {
      const node = changes[i]!
      if (this.ratedIn[node] === this.round) continue
      this.ratedIn[node] = this.round
      const position = kind.positionOf[node]!
      if (position >= 0) this.rate(kind, position)
    }
  }

  /** The best node (and card) that is free through [from, to), or null. */
  private best(kind: Kind, from: number, to: number): { node: number; card: number } | null {
    const present = from <= this.room.now
    if (present) this.refresh(kind)
    if (!present || this.random || this.room.planned > 0) return this.bestOf(kind, from, to)
    const position = kind.ranking.first()
    if (position < 0) return null
    return { node: kind.nodes[position]!, card: kind.card[position]! }
  }

  /** As `best`, looking at each node: those where something begins are scored for the window. */
  private bestOf(kind: Kind, from: number, to: number): { node: number; card: number } | null {
    const { room } = this
    const present = from <= room.now
    let best = -1
    let node = -1
    let card = -1
    let equals = 0
    for (const position of present ? kind.ranking.able() : kind.nodes.keys()) {
      const n = kind.nodes[position]!
      let score = kind.ranking.scores[position]!
      let at = kind.card[position]!
      if (!present || room.nextStart[n]! < to) {
        const found = this.score(room.view(n, from, to), kind.need, this.mixes[n]!, n)
        score = found.score
        at = found.card
      }
      if (score < 0 || score < best) continue
      if (score === best) {
        if (!this.random) continue
        const drawn = draw(this.state)
        this.state = drawn.state
        if (drawn.value * ++equals >= 1) continue
      } else equals = 1
      best = score
      node = n
      card = at
    }
    return node < 0 ? null : { node, card }
  }

  /** Whole free cards of a node in index order, or the part of one card. */
  private unitsOn(node: number, card: number, need: Need, from: number, to: number) {
    if (card >= 0) return this.room.unitsOf(node, card, need.perCard, from, to)
    const view = this.room.view(node, from, to)
    const units: [number, number][] = []
    for (let i = 0; i < view.count && units.length < need.cards; i++) {
      if (view.cards[i]! === MILLI) units.push([i * MILLI, (i + 1) * MILLI])
    }
    return units
  }

  /**
   * Room for all tasks through [from, to), booked for `owner`; or nothing booked, and how many
   * tasks would have fitted.
   */
  place(
    owner: string,
    gang: Gang,
    groups: readonly string[],
    from: number,
    to: number,
  ): Found | number {
    const kind = this.kindOf(needOf(gang), groups)
    const { need } = kind
    if (gang.count > 1) {
      const able = this.count(gang, groups, from, to)
      if (able < gang.count) return able
    }
    const bookings: Booking[] = []
    while (bookings.length < gang.count) {
      const found = this.best(kind, from, to)
      if (!found) {
        for (const booking of bookings) this.room.unbook(booking)
        return bookings.length
      }
      const { node } = found
      const units = this.unitsOn(node, found.card, need, from, to)
      const { cpuMilli, memoryMib } = need
      const booking = { owner, node, from, to, units, cpuMilli, memoryMib }
      this.room.book(booking)
      bookings.push(booking)
    }
    const claims = bookings.map(({ node, units }) => ({ nodeId: this.room.nodes[node]!.id, units }))
    return { claims, bookings }
  }

  /** How many tasks of the gang have room through [from, to), counted up to the gang's size. */
  count(gang: Gang, groups: readonly string[], from: number, to: number): number {
    const need = needOf(gang)
    let sum = 0
    for (const node of this.nodesIn(groups)) {
      sum += tasksIn(this.room.view(node, from, to), need)
      if (sum >= gang.count) return gang.count
    }
    return sum
  }
}
