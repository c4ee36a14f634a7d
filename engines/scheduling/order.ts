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

const byTime: Compare = ({ pending: a }, { pending: b }) =>
  a.submittedAt - b.submittedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
const byEstimate: Compare = (a, b) => a.pending.estimateMs - b.pending.estimateMs || byTime(a, b)

/** The order inside one queue. */
export function comparison(policy: Policy): Compare {
  if (policy.order === 'fcfs') return byTime
  if (policy.order === 'sjf') return byEstimate
  const then = policy.within === 'short' ? byEstimate : byTime
  return (a, b) => b.pending.priority - a.pending.priority || then(a, b)
}

function fixedOrder(sorted: readonly Job[]): Order {
  let at = 0
  return { next: () => sorted[at++] ?? null, charged: () => {} }
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
function fairOrder(tree: QueueTree, waiting: ReadonlyMap<number, readonly Job[]>): Order {
  const share = new Float64Array(tree.places.length)
  const oldest = new Float64Array(tree.places.length).fill(Number.POSITIVE_INFINITY)
  const cursor = new Int32Array(tree.places.length)
  const before = (a: number, b: number) =>
    share[a]! - share[b]! < 0 ||
    (share[a] === share[b] && (oldest[a]! < oldest[b]! || (oldest[a] === oldest[b] && a < b)))
  const heaps = new Map<number, Heap>()
  for (let place = tree.places.length - 1; place >= 0; place--) {
    const { children } = tree.places[place]!
    const heap = new Heap(before)
    for (const child of children) if (oldest[child]! < Number.POSITIVE_INFINITY) heap.push(child)
    const own = waiting.get(place)
    if (own?.length || heap.items.length) {
      if (heap.items.length) heaps.set(place, heap)
      share[place] = tree.share(place)
      oldest[place] = own?.[0]?.pending.submittedAt ?? oldest[heap.items[0]!]!
    }
  }
  let path: number[] = []
  let grown = false
  /** Keys along the path have grown, or its last queue is empty. */
  const settle = () => {
    for (let i = path.length - 1; i >= 0; i--) {
      const place = path[i]!
      const heap = heaps.get(place)
      const own = waiting.get(place)?.[cursor[place]!]
      share[place] = tree.share(place)
      const first = heap?.items[0]
      oldest[place] =
        own?.pending.submittedAt ??
        (first === undefined ? Number.POSITIVE_INFINITY : oldest[first]!)
      const above = i > 0 ? heaps.get(path[i - 1]!)! : null
      if (oldest[place] === Number.POSITIVE_INFINITY) above?.dropFirst()
      else above?.sink()
    }
  }
  return {
    charged() {
      grown = true
    },
    next() {
      const at = path.at(-1) ?? 0
      const more = waiting.get(at)?.[cursor[at]!]
      if (more && !grown) {
        cursor[at]!++
        return more
      }
      grown = false
      if (path.length > 0) settle()
      path = [0]
      if (oldest[0] === Number.POSITIVE_INFINITY) return null
      for (;;) {
        const place = path.at(-1)!
        const own = waiting.get(place)?.[cursor[place]!]
        if (own) {
          cursor[place]!++
          return own
        }
        path.push(heaps.get(place)!.items[0]!)
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
  if (policy.order === 'fair') return fairOrder(tree, waiting)
  const lists = [...waiting.values()].filter((list) => list.length > 0)
  if (lists.length === 1) return fixedOrder(lists[0]!)
  return fixedOrder(lists.flat().sort(comparison(policy)))
}
