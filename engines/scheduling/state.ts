// The world as one cycle sees it and changes it: room, queues, who runs, who waits, who holds what.

import { Budgets } from './budgets.ts'
import { SnapshotError } from './errors.ts'
import { typicalOf } from './fragmentation.ts'
import { byTime, comparison, type Job } from './order.ts'
import { Placer } from './place.ts'
import { drawFrom } from './pools.ts'
import { type Amounts, QueueTree } from './queues.ts'
import { type Booking, Room } from './room.ts'
import { scores } from './score.ts'
import {
  type Claim,
  type Gang,
  gangMilli,
  MILLI,
  type Node,
  type Option,
  type Pending,
  type Policy,
  type PoolNeed,
  type Running,
  type Share,
  type Slot,
  type Snapshot,
  type TypicalTask,
  type Units,
} from './types.ts'

type Pools = readonly Share[]
interface Started {
  running: Running
  place: number
  amounts: Amounts
}
/** A running workload taken out of the picture, to see what would be without it. */
export interface Suspended {
  started: Started
  bookings: readonly Booking[]
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
export const groupOf = (of: { clusterId: string; flavorId: string }): string =>
  `${of.clusterId} ${of.flavorId}`

/** What is expected: the tasks that wait and run. */
function tasksAtHand(snapshot: Snapshot): TypicalTask[] {
  const tasks = [...snapshot.pending, ...snapshot.running].map((workload) => ({
    milli: workload.gang.milli,
    cpuMilli: workload.gang.cpuMilli,
    flavorIds:
      'options' in workload ? [...new Set(workload.options.map((one) => one.flavorId))] : null,
  }))
  return typicalOf(tasks)
}

/** Adds to a count; what is down to nothing is gone. */
function tally(counts: Map<number, number>, key: number, change: 1 | -1): void {
  const sum = (counts.get(key) ?? 0) + change
  if (sum > 0) counts.set(key, sum)
  else counts.delete(key)
}

function insert(list: Job[], job: Job, compare: (a: Job, b: Job) => number): void {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(list[middle]!, job) < 0) low = middle + 1
    else high = middle
  }
  list.splice(low, 0, job)
}

export class State {
  now: number
  /** What never changes: nodes, flavors, pools, quotas. */
  private readonly source: Snapshot
  readonly policy: Policy
  readonly room: Room
  readonly tree: QueueTree
  readonly budgets: Budgets
  readonly placer: Placer
  readonly nodes: readonly Node[]
  /** By place in the tree, each list in the order of its queue. */
  readonly waiting = new Map<number, Job[]>()
  readonly running = new Map<string, Started>()
  private readonly nodeAt = new Map<string, number>()
  private readonly bookings = new Map<string, Booking[]>()
  private blocks: Booking[] = []
  private readonly kinds = new Map<string, number>()
  /** Whoever waits, the oldest first, among some that have left. */
  private aged: Job[] = []
  private readonly left = new Set<Job>()
  /** How many wait of each kind, and in each place of the tree. */
  readonly live = new Map<number, number>()
  readonly liveAt = new Map<number, number>()
  /** How many wait with a promise. */
  promised = 0

  constructor(snapshot: Snapshot, policy: Policy) {
    this.now = snapshot.now
    this.source = snapshot
    this.policy = policy
    this.nodes = [...snapshot.nodes].sort(byId)
    // A pool is a node without cards whose cores are its units: the worst instant counts in both.
    const pools = snapshot.pools.map(({ id, units }) => ({
      id: `pool ${id}`,
      clusterId: 'pool',
      flavorId: id,
      state: 'down' as const,
      cards: 0,
      cpuMilli: units,
      memoryMib: 0,
    }))
    const all = [...this.nodes, ...pools]
    for (const [n, node] of all.entries()) this.nodeAt.set(node.id, n)
    this.room = new Room(all, snapshot.now)
    const { queues, flavors, nodes, now } = snapshot
    this.budgets = new Budgets(snapshot.budgets)
    this.tree = new QueueTree(queues, flavors, nodes, policy.halfLifeMs, now)
    this.placer = new Placer(this.room, {
      score: scores[policy.score],
      random: policy.score === 'random',
      smallFirst: policy.score === 'kapok',
      seed: snapshot.seed,
      typical: snapshot.typical ?? tasksAtHand(snapshot),
    })
    this.bookBlocks(snapshot)
    for (const running of [...snapshot.running].sort(byId)) this.begin(running)
    const promised = snapshot.pending.filter((pending) => pending.promise)
    for (const pending of promised.sort(
      (a, b) => a.promise!.from - b.promise!.from || byId(a, b),
    )) {
      this.holdPromise(pending)
    }
    for (const pending of snapshot.pending) {
      const job = this.jobOf(pending)
      const list = this.waiting.get(job.place)
      if (list) list.push(job)
      else this.waiting.set(job.place, [job])
      this.aged.push(job)
    }
    this.aged.sort(byTime)
    for (const list of this.waiting.values()) list.sort(comparison(policy))
  }

  private jobOf(pending: Pending): Job {
    const { gang, options, gate } = pending
    const { count, milli, cpuMilli, memoryMib } = gang
    const asks = options.map((one) => [one.clusterId, one.flavorId, one.cost, one.speed, one.pools])
    const key = JSON.stringify([count, milli, cpuMilli, memoryMib, gate, asks])
    const kind = this.kinds.get(key) ?? this.kinds.size
    const place = this.tree.place(pending.queueId)
    this.kinds.set(key, kind)
    tally(this.live, kind, 1)
    tally(this.liveAt, place, 1)
    if (pending.promise) this.promised++
    return { pending, place, kind }
  }

  /** The world as it is now: a state made of it decides as this one does. */
  snapshot(): Snapshot {
    const { source, now } = this
    const running = [...this.running.values()].map((one) => one.running)
    return {
      ...source,
      now,
      queues: source.queues.map((queue) => ({ ...queue, used: this.tree.usedOf(queue.id) })),
      budgets: this.budgets.without(running),
      blocks: source.blocks.filter(({ to }) => to > now),
      pending: this.aged.filter((job) => !this.left.has(job)).map(({ pending }) => pending),
      running,
    }
  }

  /** A workload arrives. */
  submit(pending: Pending): void {
    const job = this.jobOf(pending)
    const list = this.waiting.get(job.place) ?? []
    this.waiting.set(job.place, list)
    insert(list, job, comparison(this.policy))
    insert(this.aged, job, byTime)
  }

  /** Those that have waited so long, the oldest first. */
  *patient(forMs: number): Generator<Job> {
    this.forgetLeft()
    for (const job of this.aged) {
      if (this.now - job.pending.submittedAt < forMs) return
      if (!this.left.has(job)) yield job
    }
  }

  /** Drops those that left from the list by age: all at its front, the others now and then. */
  private forgetLeft(): void {
    let front = 0
    while (front < this.aged.length && this.left.has(this.aged[front]!)) front++
    if (front < 1_000 && this.left.size * 2 < this.aged.length) return
    this.aged = this.aged.filter((job) => !this.left.has(job))
    this.left.clear()
  }

  /** A job waits no longer; its list is thinned out by the caller. */
  leaves(job: Job): void {
    const { kind, place, pending } = job
    this.left.add(job)
    tally(this.live, kind, -1)
    tally(this.liveAt, place, -1)
    if (pending.promise) this.promised--
  }

  private bookBlocks({ blocks, now }: Snapshot): void {
    for (const { nodeId, units, from, to } of blocks) {
      if (to <= now) continue
      const node = this.nodeAt.get(nodeId)!
      const { cards, cpuMilli, memoryMib } = this.room.nodes[node]!
      const whole: Units[] = cards > 0 ? [[0, cards * MILLI]] : []
      const all = { units: whole, cpuMilli, memoryMib }
      const part = units ? { units, cpuMilli: 0, memoryMib: 0 } : all
      const booking = { owner: '', node, from, to, ...part }
      this.room.book(booking)
      this.blocks.push(booking)
    }
  }

  /**
   * Time passes: shares decay, blocks end, what was planned begins.
   * @throws SnapshotError `clock-backwards`
   */
  advance(now: number): void {
    if (now < this.now) throw new SnapshotError('clock-backwards', { from: this.now, to: now })
    this.tree.advance(now)
    this.now = now
    for (const block of this.blocks) if (block.to <= now) this.room.unbook(block)
    this.blocks = this.blocks.filter((block) => block.to > now)
    this.room.advance(now)
  }

  /** When a block ends or something planned begins, or Infinity. */
  nextChange(): number {
    const next = Math.min(this.room.firstPlanned(), this.budgets.nextAfter(this.now))
    return this.blocks.reduce((least, { to }) => Math.min(least, to), next)
  }

  node(nodeId: string): number {
    return this.nodeAt.get(nodeId)!
  }

  poolNode(poolId: string): number | undefined {
    return this.nodeAt.get(`pool ${poolId}`)
  }

  /** What a window that begins at `from` takes of each pool, or which has too little. */
  draw(pools: readonly PoolNeed[], from: number, to: number): ReturnType<typeof drawFrom> {
    return drawFrom(pools, (poolId) => {
      const node = this.poolNode(poolId)
      return node === undefined ? undefined : this.room.view(node, from, to).cpuMilli
    })
  }

  /** The same for a window of no length: what is free now, whatever begins later. */
  drawAtOnce(pools: readonly PoolNeed[]): ReturnType<typeof drawFrom> {
    return drawFrom(pools, (poolId) => {
      const node = this.poolNode(poolId)
      return node === undefined ? undefined : this.room.cpuFree[node]
    })
  }

  private bookingsFor(owner: string, slot: Slot, gang: Gang, pools: Pools): Booking[] {
    const { from, to } = slot
    const { cpuMilli, memoryMib } = gang
    const claims = slot.claims.map(({ nodeId, units }) => {
      return { owner, node: this.node(nodeId), from, to, units, cpuMilli, memoryMib }
    })
    const taken = pools.flatMap(({ poolId, units }) => {
      const node = this.poolNode(poolId)
      return node === undefined
        ? []
        : [{ owner, node, from, to, units: [], cpuMilli: units, memoryMib: 0 }]
    })
    return [...claims, ...taken]
  }

  /** Books room for an owner that has none. */
  hold(owner: string, slot: Slot, gang: Gang, pools: Pools): void {
    const bookings = this.bookingsFor(owner, slot, gang, pools)
    for (const booking of bookings) this.room.book(booking)
    this.bookings.set(owner, bookings)
  }

  /** Gives back all that an owner holds. */
  release(owner: string): readonly Booking[] {
    const bookings = this.bookings.get(owner) ?? []
    for (const booking of bookings) this.room.unbook(booking)
    this.bookings.delete(owner)
    return bookings
  }

  /** Takes back what `release` gave away. */
  retake(owner: string, bookings: readonly Booking[]): void {
    for (const booking of bookings) this.room.book(booking)
    if (bookings.length > 0) this.bookings.set(owner, [...bookings])
  }

  heldBy(owner: string): readonly Booking[] {
    return this.bookings.get(owner) ?? []
  }

  /** Whether the promised room is really there: nodes ready, units free, not yet over. */
  promiseStands(pending: Pending): boolean {
    const slot = pending.promise
    if (!slot || slot.to <= this.now) return false
    const from = Math.max(slot.from, this.now)
    return slot.claims.every(({ nodeId, units }) => {
      const node = this.node(nodeId)
      return this.nodes[node]!.state === 'ready' && this.room.isFree(node, units, from, slot.to)
    })
  }

  private holdPromise(pending: Pending): void {
    if (!this.promiseStands(pending)) return
    this.hold(pending.id, pending.promise!, pending.gang, this.promisedPools(pending))
  }

  /** The option whose cluster and flavor the promise lies in. */
  promisedOption(pending: Pending): Option | null {
    const nodeId = pending.promise?.claims[0]?.nodeId
    if (nodeId === undefined) return null
    const group = groupOf(this.nodes[this.node(nodeId)]!)
    return pending.options.find((option) => groupOf(option) === group) ?? null
  }

  /** What its promise takes of pools. */
  promisedPools(pending: Pending): Pools {
    return pending.promise?.pools ?? this.promisedOption(pending)?.pools ?? []
  }

  amountsOf(gang: Gang, flavorId: string): Amounts {
    return this.tree.amounts(flavorId, gangMilli(gang), gang.count * gang.cpuMilli)
  }

  /** A workload runs from now on; its room is booked here unless `booked` already is. */
  begin(running: Running, booked?: readonly Booking[]): void {
    const until = Math.min(running.slot.to, running.leavingBy ?? running.slot.to)
    // It runs, whatever the clock says: from now at the latest, and until it has ended.
    const from = Math.min(running.slot.from, this.now)
    const late = { ...running.slot, from, to: Math.max(until, this.now + 1) }
    if (booked) this.bookings.set(running.id, [...booked])
    else this.hold(running.id, late, running.gang, running.pools)
    const place = this.tree.place(running.queueId)
    const { flavorId } = this.nodes[this.node(running.slot.claims[0]!.nodeId)]!
    const amounts = this.amountsOf(running.gang, flavorId)
    this.tree.use(place, amounts, 1)
    this.budgets.take(running.charge, running.slot.from, running.slot.to, 1)
    this.running.set(running.id, { running, place, amounts })
  }

  suspend(id: string): Suspended {
    const started = this.running.get(id)!
    const bookings = this.release(id)
    this.tree.use(started.place, started.amounts, -1)
    const { charge, slot } = started.running
    // What it has used stays spent.
    this.budgets.take(charge, Math.max(slot.from, this.now), slot.to, -1)
    this.running.delete(id)
    return { started, bookings }
  }

  resume({ started, bookings }: Suspended): void {
    this.retake(started.running.id, bookings)
    this.tree.use(started.place, started.amounts, 1)
    const { charge, slot } = started.running
    this.budgets.take(charge, Math.max(slot.from, this.now), slot.to, 1)
    this.running.set(started.running.id, started)
  }

  /** The same, asked to be gone by then. */
  leaving({ started, bookings }: Suspended, leavingBy: number): Suspended {
    return {
      started: { ...started, running: { ...started.running, leavingBy } },
      bookings: bookings.map((booking) => ({ ...booking, to: Math.min(booking.to, leavingBy) })),
    }
  }

  claimsOf(bookings: readonly Booking[]): Claim[] {
    return bookings
      .filter(({ node }) => node < this.nodes.length)
      .map(({ node, units }) => ({ nodeId: this.nodes[node]!.id, units }))
  }
}
