// What people see of workloads: a line in a list, and everything about one.
import { sql } from 'kysely'
import { cardHours, cardTime, cost } from '#engines/metering/cost.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { idInCursor, page } from '#platform/routes.ts'
import { mayReadAll, operatesFor } from './policy.ts'
import type { Option, State } from './shapes.ts'
import { MILLI } from './spec.ts'
import {
  type AttemptRow,
  inYuan,
  least,
  type StepRow,
  store,
  subjectOf,
  type WorkloadRow,
} from './store.ts'

const OVER: State[] = ['succeeded', 'failed', 'cancelled', 'settled']

const iso = (at: Date | null): string | null => at?.toISOString() ?? null
const chosenOf = (options: readonly Option[]): Option =>
  options.find(({ chosen }) => chosen) ?? options[0]!

export interface ListQuery {
  state?: State | 'live' | 'over'
  q?: string
  cursor?: string
  limit: number
}

/** The subject's workloads, newest first; one statement. */
export async function listWorkloads(ctx: Ctx, query: ListQuery) {
  let select = store(ctx)
    .selectFrom('compute.workload as w')
    .innerJoin('compute.flavor as f', 'f.id', 'w.flavor_id')
    .innerJoin('compute.cluster as c', 'c.id', 'f.cluster_id')
    .innerJoin('compute.site as s', 's.id', 'c.site_id')
    .select(['w.id', 'w.number', 'w.name', 'w.state', 'w.outcome', 'w.simulated', 'w.tasks'])
    .select(['w.milli', 'w.submitted_at', 'w.starts_by', 'w.started_at', 'w.ended_at', 'w.most'])
    .select(['w.amount', 'f.name_zh', 'f.name_en', 's.name_zh as site_zh', 's.name_en as site_en'])
    .where('w.subject', '=', subjectOf(ctx))
    .orderBy('w.id', 'desc')
    .limit(query.limit + 1)
  // By outcome and not by a list of states, so that an index gives them in order.
  if (query.state === 'live') select = select.where('w.outcome', 'is', null)
  else if (query.state === 'over') select = select.where('w.outcome', 'is not', null)
  else if (query.state) select = select.where('w.state', '=', query.state)
  if (query.q) {
    const like = `%${query.q.replaceAll(/[%_\\]/g, '\\$&')}%`
    select = select.where(({ eb, or }) =>
      or([eb('w.name', 'like', like), eb('w.number', 'like', like)]),
    )
  }
  if (query.cursor !== undefined) select = select.where('w.id', '<', idInCursor(query.cursor))
  const { items, next } = page(await select.execute(), query.limit, ({ id }) => [id])
  return {
    items: items.map((row) => ({
      id: row.id,
      number: row.number,
      name: row.name,
      state: row.state,
      outcome: row.outcome,
      site: { zh: row.site_zh, en: row.site_en },
      flavor: { zh: row.name_zh, en: row.name_en },
      simulated: row.simulated,
      cards: (row.tasks * row.milli) / MILLI,
      submittedAt: row.submitted_at.toISOString(),
      startsBy: iso(row.starts_by),
      startedAt: iso(row.started_at),
      endedAt: iso(row.ended_at),
      amount: inYuan(row.amount ?? row.most),
    })),
    next,
  }
}

/**
 * A workload that the actor may see: its own, one on a site it operates, or any for an auditor.
 * @throws request.not-found
 */
export async function visibleWorkload(ctx: Ctx, id: string): Promise<WorkloadRow> {
  const row = await store(ctx)
    .selectFrom('compute.workload')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  const may =
    row &&
    (row.subject === subjectOf(ctx) ||
      operatesFor(ctx.actor, row.operator) ||
      mayReadAll(ctx.actor))
  if (!may) throw problem('request.not-found')
  return row
}

/** As `visibleWorkload`, but log and outputs are the owner's alone. */
export async function ownWorkload(ctx: Ctx, id: string): Promise<WorkloadRow> {
  const row = await visibleWorkload(ctx, id)
  if (row.subject !== subjectOf(ctx)) throw problem('request.not-found')
  return row
}

/** How many wait before it in its cluster: higher priority, or the same and submitted earlier. */
async function positionOf(ctx: Ctx, row: WorkloadRow): Promise<number | null> {
  if (row.state !== 'queued') return null
  const { rows } = await sql<{ n: bigint }>`
    select count(*) as n from compute.workload
    where state = 'queued' and cluster_id = ${row.cluster_id}
      and (priority > ${row.priority} or priority = ${row.priority} and id < ${row.id})`.execute(
    ctx.tx,
  )
  return Number(rows[0]!.n) + 1
}

/** Milli-card-milliseconds so far: what is metered, and what an attempt is running up now. */
function meteredNow(row: WorkloadRow, attempt: AttemptRow | undefined, now: Date): bigint {
  if (!attempt?.started_at || attempt.ended_at) return row.metered
  const ran = Math.max(0, now.getTime() - attempt.started_at.getTime())
  return row.metered + cardTime(row.tasks, row.milli, ran)
}

/** Everything about a workload. */
export async function readWorkload(ctx: Ctx, id: string) {
  const row = await visibleWorkload(ctx, id)
  const own = row.subject === subjectOf(ctx)
  const db = store(ctx)
  const [steps, attempts, invoice] = await Promise.all([
    db
      .selectFrom('compute.step')
      .selectAll()
      .where('workload_id', '=', id)
      .orderBy('nth')
      .execute(),
    db
      .selectFrom('compute.attempt')
      .selectAll()
      .where('workload_id', '=', id)
      .orderBy('nth')
      .execute(),
    db
      .selectFrom('compute.invoice')
      .select(['id', 'number'])
      .where('workload_id', '=', id)
      .executeTakeFirst(),
  ])
  const last = attempts.at(-1)
  const metered = meteredNow(row, last, ctx.now)
  const option = chosenOf(row.options)
  const spent = cost(metered, row.price)
  const soFar = row.amount ?? (row.money_hold === null ? 0n : least(spent, row.most))
  const share = option.cover ? (soFar * BigInt(option.cover.ratio)) / 10_000n : 0n
  const voucher = row.voucher_amount ?? share
  const over = OVER.includes(row.state)
  return {
    id,
    number: row.number,
    spec: own ? row.spec : { ...row.spec, environment: {}, command: [] },
    state: row.state,
    outcome: row.outcome,
    subjectId: row.subject,
    version: row.version,
    options: row.options,
    steps: steps.map((step) => ({
      nth: Number(step.nth),
      kind: step.kind,
      at: step.at.toISOString(),
      detail: step.detail,
      journalId: String(step.journal_id),
    })),
    attempts: attempts.map((one) => ({
      nth: one.nth,
      nodes: nodesOf(one),
      startedAt: iso(one.started_at),
      endedAt: iso(one.ended_at),
      ranSeconds: Number(one.ran_ms) / 1000,
      exitCode: one.exit_code,
      signal: one.signal,
      cause: one.cause,
    })),
    submittedAt: row.submitted_at.toISOString(),
    startsBy: iso(row.starts_by),
    position: await positionOf(ctx, row),
    reasons: row.reasons,
    startedAt: iso(row.started_at),
    endedAt: iso(row.ended_at),
    cardHours: cardHours(metered),
    cost: {
      price: inYuan(row.price),
      most: inYuan(row.most),
      soFar: inYuan(soFar),
      voucher:
        option.cover && row.voucher
          ? {
              name: option.cover.name,
              ratio: option.cover.ratio,
              amount: inYuan(voucher),
            }
          : null,
      cash: inYuan(soFar - (row.voucher ? voucher : 0n)),
      settled: row.state === 'settled',
      entries: entriesOf(steps),
    },
    isolation: last?.isolation ?? null,
    simulated: row.simulated,
    invoice: invoice ?? null,
    mayCancel: own && !over,
    mayPreempt: operatesFor(ctx.actor, row.operator) && row.state === 'running',
  }
}

/** The entries of the ledger that the steps name: what was held, and what became of it. */
function entriesOf(steps: readonly StepRow[]) {
  return steps.flatMap(({ kind, at, detail }) => {
    const entry = kind === 'submitted' ? detail.moneyHold : detail.entry
    const what = kind === 'submitted' ? 'held' : 'settled'
    return typeof entry === 'string' ? [{ id: entry, kind: what, at: at.toISOString() }] : []
  })
}

function nodesOf({ placement }: AttemptRow) {
  const nodes = new Map<string, { name: string; cards: number[]; milli: number }>()
  for (const { node, units } of placement) {
    const known = nodes.get(node) ?? { name: node, cards: [], milli: 0 }
    for (const [from, to] of units) {
      known.milli += to - from
      for (let card = Math.floor(from / MILLI); card * MILLI < to; card++) {
        if (!known.cards.includes(card)) known.cards.push(card)
      }
    }
    nodes.set(node, known)
  }
  return [...nodes.values()]
}
