// Takes a quote: funds and capacity are held together, and the job stands in the queue.
import { sql } from 'kysely'
import { dateInChina } from '#law/schema.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { hold } from '#services/capacity/index.ts'
import { hold as holdFunds, planFunding } from '#services/ledger/index.ts'
import { chargeBudget } from './budgets.ts'
import { type FlavorEntry, readCatalogue } from './catalogue.ts'
import type { Parts } from './parts.ts'
import { quotasOf } from './quota.ts'
import { fitRequest, needs, SETTLING_MS } from './quote.ts'
import type { Option, Spec } from './shapes.ts'
import { claimsOf, promiseOf, takeTurn, unlessTaken } from './slots.ts'
import { cardsAsked, checkSpec } from './spec.ts'
import { record } from './steps.ts'
import { amountOf, json, store, subjectOf } from './store.ts'
import { wake } from './wake.ts'

export const PRIORITIES = { low: -1, normal: 0, high: 1 } as const

export interface SubmitInput {
  quoteId: string
  /** The key of one of the quote's options. */
  option: string
}

async function readQuote(ctx: Ctx, id: string) {
  const quote = await store(ctx)
    .selectFrom('compute.quote')
    .selectAll()
    .where('id', '=', id)
    .where('subject', '=', subjectOf(ctx))
    .executeTakeFirst()
  if (!quote) throw problem('request.not-found')
  if (quote.valid_until <= ctx.now) {
    throw problem('compute.quote-expired', { until: quote.valid_until.toISOString() })
  }
  return quote
}

/**
 * Holds money, budget and capacity in the caller's transaction: all of them or none.
 * The price is the quoted one, whatever was announced since.
 * @param without a hold given back in this transaction: what it took counts as free
 * @throws compute.quote-expired, compute.option, compute.deadline, compute.budget,
 *   ledger.insufficient and what `checkSpec` throws
 */
export async function submit(ctx: Ctx, parts: Parts, input: SubmitInput, without?: string) {
  const subject = subjectOf(ctx)
  const quote = await readQuote(ctx, input.quoteId)
  const { spec } = quote
  await checkSpec(ctx, parts, spec)
  const option = quote.options.find(({ key }) => key === input.option)
  if (!option?.startsBy) throw problem('compute.option')
  const { flavors } = await readCatalogue(ctx, option.clusterId)
  const entry = flavors.find(({ flavor }) => flavor.id === option.flavorId)
  if (entry?.cluster.state !== 'active') throw problem('compute.option')
  const id = ctx.newId()
  const most = amountOf(option.most)
  if (spec.budgetId !== null) await chargeBudget(ctx, spec.budgetId, { held: most })
  const money = await holdMoney(ctx, parts, id, entry, option)
  const { duration, milli } = needs(spec, ctx.now)
  await takeTurn(ctx, option.clusterId)
  const quota = (await quotasOf(ctx, subject, flavors)).get(option.clusterId)
  if (!quota) throw problem('compute.option')
  const request = fitRequest(spec, entry, quota, ctx.now)
  const fit = await parts.capacity.earliestFit(ctx, request, without)
  if ('none' in fit) throw problem('compute.option')
  const promise = promiseOf(fit, { duration, milli, nodes: entry.nodes, draws: quota.draws })
  if (spec.deadline !== null && promise.to > new Date(spec.deadline).getTime()) {
    const ends = new Date(promise.to).toISOString()
    throw problem('compute.deadline', { ends, deadline: spec.deadline })
  }
  const held = await unlessTaken(
    hold(ctx, {
      service: 'compute',
      key: id,
      holder: id,
      subjectId: subject,
      claims: claimsOf(promise),
      // A queued job's place is kept until it runs or is cancelled.
      expiresAt: null,
    }),
  )
  const startsBy = new Date(promise.from)
  const { nextval } = (
    await sql<{ nextval: bigint }>`select nextval('compute.workload_number')`.execute(ctx.tx)
  ).rows[0]!
  const year = dateInChina(ctx.now).slice(0, 4)
  const number = `J-${year}-${String(nextval).padStart(6, '0')}`
  const workload = await store(ctx)
    .insertInto('compute.workload')
    .values({
      id,
      number,
      subject,
      person: ctx.actor.personId,
      queue_id: quota.queueId,
      budget_id: spec.budgetId,
      name: spec.name,
      spec: json(spec),
      options: json(inForce(quote.options, option.key, startsBy)),
      cluster_id: option.clusterId,
      flavor_id: option.flavorId,
      simulated: option.simulated,
      accelerator: entry.flavor.accelerator,
      operator: entry.site.operator,
      state: 'queued',
      outcome: null,
      priority: PRIORITIES[spec.priority],
      preemptible: spec.preemptible,
      tasks: spec.gang.count,
      milli: needs(spec, ctx.now).units,
      limit_ms: BigInt(spec.limitSeconds) * 1000n,
      expected_ms: BigInt(expectedSeconds(spec)) * 1000n,
      price: amountOf(option.price),
      most,
      money_hold: money?.entryId ?? null,
      voucher: money?.voucher ?? false,
      capacity_hold: held.holdId,
      promise: json(promise),
      starts_by: startsBy,
      submitted_at: ctx.now,
      started_at: null,
      ended_at: null,
      metered: 0n,
      amount: null,
      voucher_amount: null,
      attempt: 0,
      ran_ms: 0n,
      warned: false,
      reasons: json([]),
      version: 1,
    })
    .returning(['id', 'subject', 'operator'])
    .executeTakeFirstOrThrow()
  await record(ctx, workload, 'submitted', {
    cluster: option.clusterId,
    flavor: option.flavorId,
    simulated: option.simulated,
    accelerator: entry.flavor.accelerator,
    cards: cardsAsked(spec.gang),
    limitSeconds: spec.limitSeconds,
    most: option.most,
    voucher: option.cover?.amount ?? '0.00',
    moneyHold: money?.entryId ?? null,
    capacityHold: held.holdId,
    startsBy: startsBy.toISOString(),
  })
  await wake(ctx, 'queue')
  return { id, number, state: 'queued' as const }
}

/** Half the limit where nobody said how long it will take: an estimate is better than none. */
export const expectedSeconds = (spec: Spec): number =>
  Math.min(spec.expectedSeconds ?? Math.ceil(spec.limitSeconds / 2), spec.limitSeconds)

/** The options as the job keeps them: the one in force marked, with the start that is promised. */
function inForce(options: readonly Option[], key: string, startsBy: Date): Option[] {
  return options.map((option) =>
    option.key === key
      ? { ...option, chosen: true, startsBy: startsBy.toISOString() }
      : { ...option, chosen: false },
  )
}

/** Sets aside what the job can cost at the most; null where nothing is charged. */
async function holdMoney(
  ctx: Ctx,
  { vouchers }: Parts,
  workloadId: string,
  { site }: FlavorEntry,
  option: Option,
): Promise<{ entryId: string; voucher: boolean } | null> {
  const most = amountOf(option.most)
  if (most === 0n) return null
  const payer = subjectOf(ctx)
  const key = `compute:${workloadId}`
  const settled = new Date(new Date(option.endsBy!).getTime() + SETTLING_MS)
  if (option.cover) {
    const amount = amountOf(option.cover.amount)
    const until = await vouchers.endOf(ctx, option.cover.voucherId)
    const expiresAt = until !== null && until < settled ? until : settled
    const { entryId } = await vouchers.use(ctx, {
      key,
      subjectId: payer,
      voucherId: option.cover.voucherId,
      payee: site.operator,
      amount,
      cash: most - amount,
      contractAmount: most,
      expiresAt,
      memo: 'job.held',
    })
    return { entryId, voucher: true }
  }
  const request = { payer, purpose: 'compute', asset: 'cny', amount: most }
  const { entryId } = await holdFunds(ctx, {
    key,
    payer,
    payee: site.operator,
    purpose: 'compute',
    parts: await planFunding(ctx, request),
    expiresAt: settled,
    memo: 'job.held',
  })
  return { entryId, voucher: false }
}
