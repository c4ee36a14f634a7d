// Intent, act, observe: starts what is placed, stops what is asked to stop, books what has ended.
import { type Ctx, type JsonObject, system } from '#platform/context.ts'
import { bookEnd, type Ended, markStarted, taskId, wentWrong } from './attempt.ts'
import { numberOn } from './parameters.ts'
import type { Parts, Transact } from './parts.ts'
import {
  type EndCause,
  ExecutorRefused,
  type Observation,
  type TaskInput,
  type TaskSpec,
} from './ports.ts'
import { graceMs } from './quote.ts'
import { cardsOf, datasetOf, MILLI, outputOf } from './spec.ts'
import { type AttemptRow, json, store, type WorkloadRow } from './store.ts'

const runner = system('compute.runner')
const MIB = 1024 * 1024

/** Of a workload, what running it needs. */
type Task = Pick<
  WorkloadRow,
  | 'id'
  | 'number'
  | 'subject'
  | 'spec'
  | 'cluster_id'
  | 'flavor_id'
  | 'simulated'
  | 'tasks'
  | 'milli'
  | 'limit_ms'
  | 'ran_ms'
>

export interface Live {
  attempt: AttemptRow
  workload: Task
}

/** Attempts that are not over, placed or running: all, or those of these ids. */
export async function liveAttempts(parts: Parts, ids?: readonly string[]): Promise<Live[]> {
  return parts.world.read(runner, async (ctx) => {
    const live = store(ctx).selectFrom('compute.attempt').selectAll().where('ended_at', 'is', null)
    const attempts = await (ids ? live.where('id', 'in', ids) : live).execute()
    if (attempts.length === 0) return []
    const workloads = await store(ctx)
      .selectFrom('compute.workload')
      .select(['id', 'number', 'subject', 'spec', 'cluster_id', 'flavor_id', 'simulated'])
      .select(['tasks', 'milli', 'limit_ms', 'ran_ms'])
      .where(
        'id',
        'in',
        attempts.map(({ workload_id: id }) => id),
      )
      .execute()
    const byId = new Map(workloads.map((row) => [row.id, row]))
    return attempts.map((attempt) => ({ attempt, workload: byId.get(attempt.workload_id)! }))
  })
}

/** Brings one attempt a step further: whatever was interrupted before is taken up again. */
export async function advance(parts: Parts, transact: Transact, { attempt, workload }: Live) {
  const ids = Array.from({ length: workload.tasks }, (_, rank) => taskId(attempt.id, rank))
  const look = () => Promise.all(ids.map((id) => parts.executor.observe(id)))
  let seen = await look()
  let refused = attempt.cause === 'refused' ? neverSeen('refused', attempt.detail) : null
  const started = attempt.started_at !== null
  const missing = seen.some(({ state }) => state === 'unknown')
  let stopping = attempt.stopping !== null || refused !== null || seen.some(failed)
  if (missing && started) stopping = true
  else if (missing && !stopping) {
    refused = await startTasks(parts, attempt, workload, seen)
    stopping = refused !== null
    seen = await look()
  }
  // A gang is one thing: when one of its tasks has failed, the others have nothing to wait for.
  if (stopping && seen.some(isGoing)) {
    if (refused) await transact((ctx) => noteRefusal(ctx, attempt.id, refused))
    await Promise.all(ids.map((id) => parts.executor.stop(id)))
    seen = await look()
  }
  const begun = seen.find((one) => one.state === 'running')
  if (begun?.state === 'running' && !started && !stopping) {
    await transact((ctx) => markStarted(ctx, parts, attempt.id, begun.startedAt))
  }
  if (seen.some(isGoing)) return
  const unseen = neverSeen(started ? 'lost' : 'stopped')
  const over = seen.map((one) => (one.state === 'ended' ? one : unseen))
  await bookEnd(parts, transact, attempt.id, refused ? [refused, ...over] : over)
}

const failed = (one: Observation): boolean => one.state === 'ended' && wentWrong(one)
const isGoing = ({ state }: Observation): boolean => state === 'starting' || state === 'running'

/** A task that the executor does not know: it never began, or it was forgotten while it ran. */
const neverSeen = (cause: EndCause, detail: JsonObject | null = null): Ended => ({
  state: 'ended',
  startedAt: null,
  endedAt: new Date(),
  ranMs: 0,
  exitCode: null,
  signal: null,
  cause,
  detail,
})

/** Some of a gang had begun when the next was refused: the reason outlives their end. */
async function noteRefusal(ctx: Ctx, attemptId: string, { cause, detail }: Ended): Promise<void> {
  await store(ctx)
    .updateTable('compute.attempt')
    .set({ cause, detail: json(detail) })
    .where('id', '=', attemptId)
    .where('ended_at', 'is', null)
    .execute()
}

async function startTasks(
  parts: Parts,
  attempt: AttemptRow,
  workload: Task,
  seen: readonly Observation[],
): Promise<Ended | null> {
  try {
    const base = await parts.world.read(runner, (ctx) => taskOf(ctx, parts, attempt, workload))
    for (const [rank, { state }] of seen.entries()) {
      if (state === 'unknown') await parts.executor.start(base(rank))
    }
    return null
  } catch (error) {
    if (!(error instanceof ExecutorRefused)) throw error
    return neverSeen('refused', { code: error.code, ...error.params })
  }
}

/** What the executor is told, the same for every task of the gang but for its rank and its cards. */
async function taskOf(ctx: Ctx, parts: Parts, attempt: AttemptRow, workload: Task) {
  const { spec, subject } = workload
  const flavor = await store(ctx)
    .selectFrom('compute.flavor')
    .selectAll()
    .where('id', '=', workload.flavor_id)
    .executeTakeFirstOrThrow()
  const nodes = await store(ctx)
    .selectFrom('compute.node')
    .select(['id', 'card_indices'])
    .where('cluster_id', '=', workload.cluster_id)
    .execute()
  const indicesOf = new Map(nodes.map(({ id, card_indices: indices }) => [id, indices]))
  const inputs: TaskInput[] = []
  for (const { name, from } of spec.inputs) {
    inputs.push(
      'dataset' in from
        ? {
            name,
            from: { material: (await datasetOf(ctx, subject, from.dataset, 'data')).material },
          }
        : { name, from: { output: taskId(await outputOf(ctx, subject, from.workload, name), 0) } },
    )
  }
  const bundled = 'bundled' in spec.program ? spec.program.bundled : null
  const program =
    'dataset' in spec.program
      ? (await datasetOf(ctx, subject, spec.program.dataset, 'program')).material
      : null
  const command =
    spec.command.length > 0 ? spec.command : [...parts.programs.get(bundled ?? '')!.command]
  const share = workload.milli / MILLI
  const limitMs = Number(workload.limit_ms - workload.ran_ms)
  return (rank: number): TaskSpec => {
    const place = attempt.placement[rank]!
    const cards = place.units.flatMap(([from, to]) =>
      Array.from(
        { length: Math.ceil((to - from) / MILLI) },
        (_, n) => Math.floor(from / MILLI) + n,
      ),
    )
    const indices = indicesOf.get(place.nodeId)
    return {
      id: taskId(attempt.id, rank),
      jobId: workload.id,
      bundled,
      program,
      inputs,
      command,
      environment: {
        ...spec.environment,
        KAPOK_WORKLOAD: workload.number,
        KAPOK_ATTEMPT: String(attempt.nth),
        KAPOK_RANK: String(rank),
        KAPOK_WORLD_SIZE: String(workload.tasks),
      },
      cards: {
        indices: indices ? cards.map((card) => indices[card]!) : [],
        simulated: workload.simulated ? cardsOf(workload.milli) : 0,
      },
      cpuMilli: Math.max(100, Math.round(share * flavor.cpu_milli_per_card)),
      memoryMib: Math.max(128, Math.round(share * flavor.memory_mib_per_card)),
      diskMib: Math.floor(numberOn('task.disk', ctx.now) / MIB),
      logMib: Math.floor(numberOn('task.log', ctx.now) / MIB),
      limitMs,
      graceMs: graceMs(ctx.now),
    }
  }
}
