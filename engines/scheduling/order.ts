// Whose turn it is: the tree is walked down to the lowest weighted share, then priority, then time.
import type { QueueTree } from './queues.ts'
import type { Pending, Policy } from './types.ts'

/** A waiting workload, with its place in the tree and the kind of what it asks for. */
export interface Job {
  pending: Pending
  place: number
  /** Jobs of one kind find room, or none, alike. */
  kind: number
}

/** Hands out waiting workloads one by one. */
export interface Order {
  next(): Job | null
  /** The last one was started, so its queue's share has grown. */
  charged(): void
}

type Compare = (a: Job, b: Job) => number

/** The older first. */
export const byTime: Compare = ({ pending: a }, { pending: b }) =>
  a.submittedAt - b.submittedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
const byEstimate: Compare = (a, b) => a.pending.estimateMs - b.pending.estimateMs || byTime(a, b)

/** The order inside one queue. */
export function comparison(policy: Policy): Compare {
  if (policy.order === 'fcfs') return byTime
  if (policy.order === 'sjf') return byEstimate
  const then = policy.within === 'short' ? byEstimate : byTime
  return (a, b) => b.pending.priority - a.pending.priority || then(a, b)
}

function fixedOrder(sorted: readonly Job[], depth: number): Order {
  let at = 0
  return { next: () => (at < depth ? (sorted[at++] ?? null) : null), charged: () => {} }
}

/** A cohort's children that have something waiting, as a binary heap by share, oldest, number. */
class Heap {
  readonly items: number[] = []
  private readonly before: (a: number, b: number) => boolean

  constructor(before: (a: number, b: number) => boolean) {
    this.before = before
  }

  push(item: number): void {
    let at = this.items.push(item) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.before(this.items[at]!, this.items[parent]!)) break
      this.swap(at, parent)
      at = parent
    }
  }

  /** The first item's key has grown. */
  sink(): void {
    let at = 0
    for (;;) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.items.length && this.before(this.items[child]!, this.items[least]!)) {
          least = child
        }
      }
      if (least === at) return
      this.swap(at, least)
      at = least
    }
  }

  dropFirst(): void {
    const last = this.items.pop()!
    if (this.items.length === 0) return
    this.items[0] = last
    this.sink()
  }

  private swap(a: number, b: number): void {
    const item = this.items[a]!
    this.items[a] = this.items[b]!
    this.items[b] = item
  }
}

/** A queue is left only when one of it was started: blocked ones do not change its share. */
function fairOrder(
  tree: QueueTree,
  waiting: ReadonlyMap<number, readonly Job[]>,
  depth: number,
): Order {
  const share = new Map<number, number>()
  const oldest = new Map<number, number>()
  const cursor = new Map<number, number>()
  const heaps = new Map<number, Heap>()
  const before = (a: number, b: number) => {
    const less = share.get(a)! - share.get(b)! || oldest.get(a)! - oldest.get(b)! || a - b
    return less < 0
  }
  const own = (place: number) => {
    const next = cursor.get(place) ?? 0
    return next < depth ? waiting.get(place)?.[next] : undefined
  }
  const rate = (place: number) => {
    const first = heaps.get(place)?.items[0]
    const below = first === undefined ? Number.POSITIVE_INFINITY : oldest.get(first)!
    share.set(place, tree.share(place))
    oldest.set(place, own(place)?.pending.submittedAt ?? below)
  }
  // Parents have lower numbers than their children, so children are rated first.
  const live = [...tree.withAbove(waiting)].sort((a, b) => b - a)
  for (const place of live) {
    rate(place)
    if (place === 0) continue
    const { parent } = tree.places[place]!
    const heap = heaps.get(parent) ?? new Heap(before)
    heaps.set(parent, heap)
    heap.push(place)
  }
  let path: number[] = []
  let grown = false
  /** Keys along the path have grown, or its last queue is empty. */
  const settle = () => {
    for (let i = path.length - 1; i >= 0; i--) {
      const place = path[i]!
      rate(place)
      const above = i > 0 ? heaps.get(path[i - 1]!)! : null
      if (oldest.get(place) === Number.POSITIVE_INFINITY) above?.dropFirst()
      else above?.sink()
    }
  }
  let list: readonly Job[] = []
  let at = 0
  const hand = (place: number): Job | null => {
    list = waiting.get(place) ?? []
    at = cursor.get(place) ?? 0
    const job = own(place)
    if (job) cursor.set(place, ++at)
    return job ?? null
  }
  return {
    charged() {
      grown = true
    },
    next() {
      const more = grown || at >= depth ? undefined : list[at]
      if (more) {
        at++
        return more
      }
      grown = false
      if (path.length > 0) cursor.set(path.at(-1)!, at)
      settle()
      path = [0]
      if ((oldest.get(0) ?? Number.POSITIVE_INFINITY) === Number.POSITIVE_INFINITY) return null
      for (;;) {
        const job = hand(path.at(-1)!)
        if (job) return job
        path.push(heaps.get(path.at(-1)!)!.items[0]!)
      }
    },
  }
}

/** @param waiting by place in the tree, each list sorted by the policy's `comparison` */
export function orderOf(
  policy: Policy,
  tree: QueueTree,
  waiting: ReadonlyMap<number, readonly Job[]>,
): Order {
  if (policy.order === 'fair') return fairOrder(tree, waiting, policy.depth)
  const lists = [...waiting.values()].filter((list) => list.length > 0)
  if (lists.length === 1) return fixedOrder(lists[0]!, policy.depth)
  return fixedOrder(lists.flat().sort(comparison(policy)), policy.depth)
}
