// Compute's own tables as TypeScript sees them, and the small reads that many operations share.
import { type RawBuilder, sql } from 'kysely'
import { formatAmount, parseAmount } from '#engines/ledger/amount.ts'
import type { Ctx, JsonObject, Text } from '#platform/context.ts'
import { tables } from '#platform/database.ts'
import { problem } from '#platform/errors.ts'
import type { Option, Reason, Spec, State } from './shapes.ts'

export interface SiteRow {
  id: string
  operator: string
  name_zh: string
  name_en: string
  kind: 'supercomputing-centre' | 'edge-node' | 'industry-cluster' | 'hyperscale'
  area: string
}
export interface ClusterRow {
  id: string
  site_id: string
  name_zh: string
  name_en: string
  identifier: string
  adapter: 'local'
  state: 'active' | 'draining' | 'closed'
  simulated: boolean
  default_quota: number
}
export interface FlavorRow {
  id: string
  cluster_id: string
  name_zh: string
  name_en: string
  chip_class: string
  accelerator: boolean
  memory_mib: number
  precision: string | null
  interconnect: string | null
  shareable: boolean
  watts_idle: number | null
  watts_busy: number | null
  cpu_milli_per_card: number
  memory_mib_per_card: number
}
export interface NodeRow {
  id: string
  cluster_id: string
  flavor_id: string
  name: string
  cards: number
  card_indices: number[] | null
  resource_id: string
  state: 'ready' | 'draining' | 'down'
  version: number
}
export interface QuotaRow {
  queue_id: string
  cluster_id: string
  nominal_milli: bigint
  borrowing_milli: bigint | null
  lending_milli: bigint | null
  version: number
}
export interface CohortQuotaRow {
  cohort: string
  cluster_id: string
  nominal_milli: bigint | null
  borrowing_milli: bigint | null
  lending_milli: bigint | null
  version: number
}
/** A pooled resource of a queue, of a cohort, or (neither) of the whole cluster. */
export interface PoolRow {
  resource_id: string
  cluster_id: string
  queue_id: string | null
  cohort: string | null
  part: 'limit' | 'reserved' | 'common'
  wanted: bigint
  units: bigint
}
export interface BudgetRow {
  id: string
  subject: string
  name: string
  limit: bigint
  held: bigint
  spent: bigint
  valid_from: Date
  valid_to: Date
  closed: boolean
  version: number
}
export interface DatasetRow {
  id: string
  subject: string
  name: string
  kind: 'program' | 'data'
  file_id: string
  material: string
  bytes: bigint
  entries: number
  created_at: Date
  deleted_at: Date | null
  unstaged: boolean
}
export interface WorkloadRow {
  id: string
  number: string
  subject: string
  person: string | null
  queue_id: string
  budget_id: string | null
  name: string
  spec: Spec
  options: Option[]
  cluster_id: string
  flavor_id: string
  simulated: boolean
  accelerator: boolean
  operator: string
  state: State
  outcome: 'succeeded' | 'failed' | 'cancelled' | null
  priority: number
  preemptible: boolean
  tasks: number
  milli: number
  limit_ms: bigint
  expected_ms: bigint
  price: bigint
  most: bigint
  money_hold: string | null
  voucher: boolean
  capacity_hold: string
  promise: Promised
  starts_by: Date
  submitted_at: Date
  started_at: Date | null
  ended_at: Date | null
  metered: bigint
  amount: bigint | null
  voucher_amount: bigint | null
  attempt: number
  ran_ms: bigint
  warned: boolean
  reasons: Reason[]
  version: number
}
/** Where one task of an attempt runs: a node and the thousandths of each of its cards. */
export interface TaskPlace {
  nodeId: string
  node: string
  resourceId: string
  /** Half-open ranges in thousandths of cards: [0, 1000) is the first card. */
  units: [number, number][]
}
/** What is held of a pooled resource, such as a quota. */
export interface PoolShare {
  resourceId: string
  amount: number
}
/** Room held for a workload, in milliseconds since 1970; one place for each task. */
export interface Promised {
  from: number
  to: number
  places: TaskPlace[]
  pools: PoolShare[]
}
export interface AttemptRow {
  id: string
  workload_id: string
  nth: number
  placement: TaskPlace[]
  placed_at: Date
  stopping: 'cancel' | 'preempt' | null
  stopping_basis: string | null
  started_at: Date | null
  ended_at: Date | null
  ran_ms: bigint
  exit_code: number | null
  signal: string | null
  cause: string | null
  detail: JsonObject | null
  isolation: 'full' | 'none' | null
}

export interface StepRow {
  workload_id: string
  nth: number
  kind: string
  at: Date
  detail: Record<string, string | number | boolean | null>
  journal_id: bigint
}

export interface ComputeTables {
  'compute.site': SiteRow
  'compute.cluster': ClusterRow
  'compute.flavor': FlavorRow
  'compute.price': { flavor_id: string; valid_from: Date; amount: bigint }
  'compute.node': NodeRow
  'compute.queue': { id: string; subject: string; weight: number; cohort: string | null }
  'compute.quota': QuotaRow
  'compute.cohort_quota': CohortQuotaRow
  'compute.pool': PoolRow
  'compute.used': { queue_id: string; cluster_id: string; amount: number; at: Date }
  'compute.budget': BudgetRow
  'compute.dataset': DatasetRow
  'compute.quote': {
    id: string
    subject: string
    spec: Spec
    options: Option[]
    refused: Reason[]
    created_at: Date
    valid_until: Date
  }
  'compute.workload': WorkloadRow
  'compute.step': StepRow
  'compute.attempt': AttemptRow
  'compute.invoice': {
    id: string
    number: string
    workload_id: string
    seller: string
    buyer: string
    issued_at: Date
    metered: bigint
    price: bigint
    total: bigint
    tax: bigint
    tax_rate: number
  }
  'compute.first_run': {
    subject: string
    simulated: boolean
    submitted_at: Date
    started_at: Date | null
  }
  'compute.fleet': {
    node_id: string
    cards: number
    accelerator: boolean
    simulated: boolean
    state: string
  }
  'compute.tally': { kind: string; number: bigint }
  'compute.dispatcher': { singleton: boolean; epoch: bigint }
}

/** Before all ids. */
export const NIL = '00000000-0000-0000-0000-000000000000'

export const store = (ctx: Pick<Ctx, 'tx'>) => tables<ComputeTables>(ctx.tx)

/** A value for a jsonb column. */
export const json = <T>(value: T): RawBuilder<T> => sql<T>`${JSON.stringify(value)}::jsonb`

export const least = (one: bigint, other: bigint): bigint => (one < other ? one : other)

export const named = (row: { name_zh: string; name_en: string }): Text => ({
  zh: row.name_zh,
  en: row.name_en,
})

/** For whom the actor acts: an organisation, or the person. @throws access.sign-in */
export function subjectOf(ctx: Ctx): string {
  const subject = ctx.actor.subjectId ?? ctx.actor.personId
  if (!subject) throw problem('access.sign-in')
  return subject
}

/** A workload, locked for a change. @throws request.not-found */
export async function lockWorkload(ctx: Ctx, id: string): Promise<WorkloadRow> {
  const row = await store(ctx)
    .selectFrom('compute.workload')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw problem('request.not-found')
  return row
}

/** Those of them that there are, locked in one order. */
export async function lockWorkloads(
  ctx: Ctx,
  ids: readonly string[],
): Promise<Map<string, WorkloadRow>> {
  const rows = await store(ctx)
    .selectFrom('compute.workload')
    .selectAll()
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/** The newest attempt of a workload, if there is one. */
export function lastAttempt(ctx: Pick<Ctx, 'tx'>, workloadId: string) {
  return store(ctx)
    .selectFrom('compute.attempt')
    .selectAll()
    .where('workload_id', '=', workloadId)
    .orderBy('nth', 'desc')
    .limit(1)
    .executeTakeFirst()
}

const YUAN_SCALE = 4

/** 125000n -> '12.50'. */
export const inYuan = (amount: bigint): string => formatAmount(amount, YUAN_SCALE)

/** '12.5' of our own making -> 125000n. */
export function amountOf(text: string): bigint {
  const parsed = parseAmount(text, YUAN_SCALE)
  if ('refusal' in parsed) throw new Error(`not an amount: ${text}`)
  return parsed.amount
}

const refusals = {
  'not-decimal': '须为十进制数',
  negative: '不能为负',
  'too-precise': '小数位过多',
  'too-large': '数额过大',
}

/** What somebody typed as yuan. @throws compute.amount */
export function yuanFrom(text: string): bigint {
  const parsed = parseAmount(text, YUAN_SCALE)
  if ('refusal' in parsed) throw problem('compute.amount', { reason: refusals[parsed.refusal] })
  return parsed.amount
}
