// Follows a day through the engine on a virtual clock: jobs arrive, start, run as long as they did.
import { Cycle } from '#engines/scheduling/cycle.ts'
import { Ends } from '#engines/scheduling/ends.ts'
import { State } from '#engines/scheduling/state.ts'
import {
  type Gang,
  gangMilli,
  MILLI,
  type Pending,
  type Policy,
  type Snapshot,
} from '#engines/scheduling/types.ts'

/** A job as it is submitted, and what the scheduler does not know of it. */
export interface Task {
  pending: Pending
  runMs: number
  /** How long it really waited; null: not recorded. */
  recordedWaitMs: number | null
}

export interface Day {
  /** The machine with nothing on it. */
  machine: Snapshot
  tasks: readonly Task[]
}

/** What binds a replayed job beside its size and its times: nothing. */
export const UNBOUND = {
  priority: 0,
  deadline: null,
  preemptible: false,
  gate: null,
  charge: null,
  promise: null,
  displacedBy: [] as readonly string[],
} satisfies Partial<Pending>

/** A day on these nodes; whoever submits has a queue, and all of them weigh the same. */
export function dayOn(
  { flavors, nodes, typical }: Pick<Snapshot, 'flavors' | 'nodes' | 'typical'>,
  tasks: readonly Task[],
): Day {
  const users = [...new Set(tasks.map(({ pending }) => pending.queueId))]
  const queues = users.map((id) => ({ id, parentId: null, weight: 1, quotas: [], used: [] }))
  const nothing = { pools: [], budgets: [], blocks: [], pending: [], running: [] }
  return { machine: { now: 0, seed: 1, flavors, nodes, typical, queues, ...nothing }, tasks }
}

export interface Course {
  /** In the order of arrival. */
  tasks: readonly Task[]
  /** Of each task, in milliseconds; infinite where it never started. */
  waits: Float64Array
  /** The cluster that each started on; null where it never did, or where that is not known. */
  clusters: readonly (string | null)[]
  /** All of the machine, in thousandths of cards; of cores where it has no card. */
  size: number
}

/** Looks on while a day is followed. */
export interface Watcher {
  /** After each cycle: who came with it, and who started. */
  cycle(state: State, came: readonly Task[], started: readonly Task[]): void
  /** A job is over; how long it ran is known from now on. */
  ended(task: Task, now: number): void
}

const sizeOf = ({ nodes }: Snapshot): number => {
  const cards = nodes.reduce((sum, node) => sum + node.cards * MILLI, 0)
  return cards > 0 ? cards : nodes.reduce((sum, node) => sum + node.cpuMilli, 0)
}

/** What a gang takes of the machine, in the unit of its size. */
export const takenOf = (gang: Gang): number => gangMilli(gang) || gang.count * gang.cpuMilli

const byArrival = (tasks: readonly Task[]) =>
  [...tasks].sort((a, b) => a.pending.submittedAt - b.pending.submittedAt)

/** To the last end of whatever can start at all. A job that starts is not displaced. */
export function follow(day: Day, policy: Policy, watcher?: Watcher): Course {
  const tasks = byArrival(day.tasks)
  const state = new State(day.machine, policy)
  const waits = new Float64Array(tasks.length).fill(Number.POSITIVE_INFINITY)
  const clusters = new Array<string | null>(tasks.length).fill(null)
  const numberOf = new Map(tasks.map(({ pending }, nth) => [pending.id, nth]))
  const ends = new Ends()
  let next = 0
  while (next < tasks.length || ends.first() < Number.POSITIVE_INFINITY) {
    const arrival = tasks[next]?.pending.submittedAt ?? Number.POSITIVE_INFINITY
    const now = Math.min(arrival, ends.first())
    state.advance(now)
    while (ends.first() <= now) {
      const { id } = ends.pop()
      state.suspend(id)
      watcher?.ended(tasks[numberOf.get(id)!]!, now)
    }
    const before = next
    while (tasks[next] && tasks[next]!.pending.submittedAt <= now) {
      state.submit(tasks[next++]!.pending)
    }
    const started: Task[] = []
    for (const { workloadId, clusterId } of new Cycle(state).run().placements) {
      const nth = numberOf.get(workloadId)!
      const task = tasks[nth]!
      started.push(task)
      waits[nth] = now - task.pending.submittedAt
      clusters[nth] = clusterId
      ends.push({ at: now + task.runMs, id: workloadId })
    }
    watcher?.cycle(state, tasks.slice(before, next), started)
  }
  return { tasks, waits, clusters, size: sizeOf(day.machine) }
}

/** What really happened, of a day whose every wait is recorded; null where one is missing. */
export function recorded(day: Day): Course | null {
  const tasks = byArrival(day.tasks)
  if (tasks.some(({ recordedWaitMs }) => recordedWaitMs === null)) return null
  const waits = Float64Array.from(tasks, ({ recordedWaitMs }) => recordedWaitMs!)
  return { tasks, waits, clusters: tasks.map(() => null), size: sizeOf(day.machine) }
}

const ALL = 'all queues'

/**
 * The same day with a limit on what one organisation may use at a time.
 * @param share of everything, above 0 to 1
 */
export function capped({ machine, tasks }: Day, share: number): Day {
  const classes = machine.nodes.some(({ cards }) => cards > 0)
    ? [...new Set(machine.flavors.map(({ chipClass }) => chipClass))]
    : ['cpu']
  const flavorOf = new Map(machine.flavors.map(({ id, chipClass }) => [id, chipClass]))
  const amount = (chipClass: string) =>
    machine.nodes.reduce((sum, { flavorId, cards, cpuMilli }) => {
      if (chipClass === 'cpu') return sum + cpuMilli
      return flavorOf.get(flavorId) === chipClass ? sum + cards * MILLI : sum
    }, 0)
  const quotas = (of: 'all' | 'one') =>
    classes.map((chipClass) => {
      const all = amount(chipClass)
      const borrowing = Math.floor(share * all)
      return of === 'all'
        ? { chipClass, nominal: all, borrowing: null, lending: null }
        : { chipClass, nominal: 0, borrowing, lending: null }
    })
  const top = { id: ALL, parentId: null, weight: 1, used: [], quotas: quotas('all') }
  const queues = machine.queues.map((queue) => {
    return queue.parentId === null ? { ...queue, parentId: ALL, quotas: quotas('one') } : queue
  })
  return { machine: { ...machine, queues: [top, ...queues] }, tasks }
}
