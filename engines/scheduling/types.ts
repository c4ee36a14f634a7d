// What the scheduler decides on and what it answers: plain data, so that a snapshot can be stored.

/** Numbers that go with a reason; the portal turns code and parameters into a sentence. */
export type Params = Record<string, string | number | null>
export interface Reason {
  code: string
  params: Params
}

/** Half-open range of units of a node in thousandths of a card: card i is [1000 i, 1000 (i + 1)). */
export type Units = readonly [from: number, to: number]

export interface Flavor {
  id: string
  /** Quotas and shares are counted by chip class. */
  chipClass: string
}

export interface Node {
  id: string
  clusterId: string
  flavorId: string
  state: 'ready' | 'draining' | 'down'
  cards: number
  cpuMilli: number
  memoryMib: number
}

/** One task's part of a node. */
export interface Claim {
  nodeId: string
  units: readonly Units[]
}

/** Where and when all tasks of a workload have room: [from, to) in milliseconds. */
export interface Slot {
  from: number
  to: number
  claims: readonly Claim[]
}

/** Nobody may use these units of a node then: maintenance, a reserved window. Null: all of it. */
export interface Block {
  nodeId: string
  units: readonly Units[] | null
  from: number
  to: number
}

/** All tasks start together or none; each is on one node. */
export interface Gang {
  count: number
  /** 470 shares one card; above 1000 whole cards, rounded up; 0 needs no card. */
  milli: number
  cpuMilli: number
  memoryMib: number
}

/** An amount of which only the sum over time counts, such as a quota booked ahead. */
export interface Pool {
  id: string
  units: number
}

/** What is taken of a pool. */
export interface Share {
  poolId: string
  units: number
}

/** So much of a pool must be free. */
export interface PoolNeed extends Share {
  /** Whatever is free of it is taken, also less than `units`: those after it need only the rest. */
  first?: boolean
}

/** What may be spent in windows of the calendar; nothing outside them. */
export interface Budget {
  id: string
  /** They do not overlap. Any unit of money or use; `spent` without what runs now. */
  windows: readonly { from: number; to: number; limit: number; spent: number }[]
}

/** What a workload takes of a budget while it runs, in the budget's unit. */
export interface Charge {
  budgetId: string
  perHour: number
}

/** One cluster and flavor that would do. */
export interface Option {
  clusterId: string
  flavorId: string
  /** Any unit, lower is better: price, data to move, latency and power in one number. */
  cost: number
  /** Measured speed against the flavor that estimate and limit were stated for. */
  speed: number
  /** Taken from these pools while it runs, in this order. */
  pools: readonly PoolNeed[]
  /** Why it is out of the question, as the caller found. */
  refused: Reason | null
}

export interface Pending {
  id: string
  queueId: string
  /** Higher goes first within its queue. */
  priority: number
  submittedAt: number
  gang: Gang
  options: readonly Option[]
  estimateMs: number
  limitMs: number
  /** Must be over by then. */
  deadline: number | null
  preemptible: boolean
  /** Why the caller does not let it start (funds, budget); null: it may. */
  gate: Reason | null
  charge: Charge | null
  /**
   * Room held for it: it starts there at the latest; the engine only ever starts it earlier.
   * Without `pools` it holds what its option asks.
   */
  promise: (Slot & { pools?: readonly Share[] }) | null
  /** Workloads that displaced it; it never displaces them. */
  displacedBy: readonly string[]
}

export interface Running {
  id: string
  queueId: string
  priority: number
  preemptible: boolean
  gang: Gang
  /** `to` is when its limit ends it. */
  slot: Slot
  pools: readonly Share[]
  charge: Charge | null
  /** Started above its queue's nominal quota: those whose quota it is may reclaim it. */
  borrowed: boolean
  /** Asked to leave, gone by then. */
  leavingBy: number | null
}

/** Thousandths of a card of a chip class ('cpu': thousandths of a core). */
export interface Quota {
  chipClass: string
  nominal: number
  /** Most that may be used beyond nominal; null: no limit. */
  borrowing: number | null
  /** Most of nominal that others may use; null: all. */
  lending: number | null
}

/** A queue of an organisation, or (no workload names it) a cohort of queues. */
export interface Queue {
  id: string
  parentId: string | null
  weight: number
  /** A class that no quota of the whole tree names is not limited. */
  quotas: readonly Quota[]
  /** Past use, decayed to `now` with the policy's half-life. */
  used: readonly { chipClass: string; milliMs: number }[]
}

/** A kind of task that is expected, for weighing what a placement leaves usable. */
export interface TypicalTask {
  milli: number
  cpuMilli: number
  /** Null: any flavor. */
  flavorIds: readonly string[] | null
  weight: number
}

export interface Snapshot {
  /** Milliseconds since 1970; the engine has no other clock. */
  now: number
  seed: number
  flavors: readonly Flavor[]
  nodes: readonly Node[]
  queues: readonly Queue[]
  pools: readonly Pool[]
  budgets: readonly Budget[]
  blocks: readonly Block[]
  pending: readonly Pending[]
  running: readonly Running[]
  /** Null: taken from the workloads at hand. */
  typical: readonly TypicalTask[] | null
}

export type ScoreName = 'kapok' | 'fgd' | 'bestfit' | 'random'

export interface Policy {
  /** fair: weighted share of decayed and present use, then time; fcfs: time; sjf: estimate. */
  order: 'fair' | 'fcfs' | 'sjf'
  /** Under fair, inside a queue after priority: the older first, or the shorter estimate. */
  within: 'time' | 'short'
  halfLifeMs: number
  score: ScoreName
  /** How many that wait get room reserved ahead (1: EASY); never two of one queue. */
  reservations: number
  /**
   * Null: room is kept for the first in the order. Otherwise, where several queues wait, for whoever
   * has waited longest, once that is so many milliseconds: it stays the one that has waited longest
   * until it starts, while the first in a fair order may be of another queue in every cycle.
   */
  patienceMs: number | null
  /** Whether others may pass a waiting head where that delays nobody who holds room. */
  backfill: boolean
  /** How many that wait are looked at in one cycle, of each queue (under fair) or of all. */
  depth: number
  /** Added to every limit, for notice and clean-up. */
  slackMs: number
  /** What a millisecond of waiting is worth, in units of cost. */
  waitCost: number
  preemption: { enabled: boolean; minRuntimeMs: number; noticeMs: number }
  /** Reasons for those that wait; a replay goes without. */
  explain: boolean
}

/** An option that was not chosen, and why. */
export interface Alternative {
  clusterId: string
  flavorId: string
  cost: number
  /** When it could start there; null: unknown or never. */
  start: number | null
  reason: Reason
}

export interface Placement {
  workloadId: string
  clusterId: string
  flavorId: string
  /** From now until its limit ends it. */
  slot: Slot
  pools: readonly Share[]
  borrowed: boolean
}

/** Room kept for a workload that waits. */
export interface Reservation {
  workloadId: string
  clusterId: string
  flavorId: string
  slot: Slot
}

export interface Preemption {
  workloadId: string
  by: string
  /** It has this long to save its state. */
  leavingBy: number
  reason: Reason
}

/** Why a workload is started, or why it waits: the binding reason first. */
export interface Explanation {
  workloadId: string
  outcome: 'placed' | 'waiting' | 'preempted'
  /** Place in this cycle's order, from 1; null for a running one. */
  position: number | null
  reasons: readonly Reason[]
  alternatives: readonly Alternative[]
  /** Starts at the latest then, as promised or reserved. */
  startsBy: number | null
}

export interface Decision {
  placements: readonly Placement[]
  preemptions: readonly Preemption[]
  reservations: readonly Reservation[]
  reasons: readonly Explanation[]
}

export const MILLI = 1000

/** Cards that one task occupies at least in part. */
export const cardsOf = (milli: number): number => (milli === 0 ? 0 : Math.ceil(milli / MILLI))

/** What one task takes of each of its cards. */
export const milliOfCard = (milli: number): number => Math.min(milli, MILLI)

/** What a whole gang takes, in thousandths of cards. */
export const gangMilli = (gang: Gang): number =>
  gang.count * cardsOf(gang.milli) * milliOfCard(gang.milli)

export const defaultPolicy: Policy = {
  order: 'fair',
  within: 'time',
  halfLifeMs: 7 * 86_400_000,
  score: 'kapok',
  reservations: 1,
  patienceMs: null,
  backfill: true,
  depth: 50_000,
  slackMs: 0,
  waitCost: 0,
  preemption: { enabled: false, minRuntimeMs: 600_000, noticeMs: 60_000 },
  explain: true,
}
