// A quote: every way to run a job, what it costs, who pays, when it starts at the latest, and why.

import type { Fit } from '#engines/intervals/types.ts'
import { cardTime, cost, mostCost } from '#engines/metering/cost.ts'
import type { Ctx } from '#platform/context.ts'
import { type CoverRefusal, spendable } from '#services/ledger/index.ts'
import { type FlavorEntry, readCatalogue } from './catalogue.ts'
import { type Candidate, choose } from './choose.ts'
import { DAY_MS, MINUTE_MS, numberOn } from './parameters.ts'
import type { Parts } from './parts.ts'
import { type Quota, quotasOf } from './quota.ts'
import type { Option, Reason, Spec } from './shapes.ts'
import { cardsAsked, cardsOf, checkSpec, gangMilli, MILLI, milliOfCard } from './spec.ts'
import { inYuan, json, named, store, subjectOf } from './store.ts'

/** A hold of money outlasts the job by this much; what is left is given back at settlement. */
export const SETTLING_MS = 30 * DAY_MS
/** Between the limit and the end that is booked: notice, checkpoint, clean-up. */
export const graceMs = (at: Date): number => numberOn('task.grace', at) * 1000

export interface QuoteRow {
  id: string
  subject: string
  spec: Spec
  options: Option[]
  refused: Reason[]
  created_at: Date
  valid_until: Date
}

const reason = (code: string, params: Reason['params'] = {}): Reason => ({ code, params })

/** What a gang takes of nodes and quota, and for how long. */
export function needs(spec: Spec, at: Date) {
  const { count, milli } = spec.gang
  const gang = { count, milli, cpuMilli: 0, memoryMib: 0 }
  return {
    tasks: count,
    units: cardsOf(milli) * milliOfCard(milli),
    milli: gangMilli(gang),
    duration: spec.limitSeconds * 1000 + graceMs(at),
  }
}

/** The earliest slot of a flavor that fits nodes and quota, as capacity.earliestFit takes it. */
export function fitRequest(spec: Spec, entry: FlavorEntry, quota: Quota, at: Date) {
  const { tasks, units, milli, duration } = needs(spec, at)
  const also = quota.draws
    .filter(({ fresh }) => !fresh)
    .map(({ resourceId, first, keep }) => ({ resource: resourceId, units: milli, first, keep }))
  const ready = entry.nodes.filter(({ state }) => state === 'ready')
  return {
    tasks,
    units,
    among: ready.map(({ resource_id: id }) => id),
    also,
    from: at.getTime(),
    duration,
  }
}

function coverReason(refused: CoverRefusal): Reason {
  if (refused.code === 'voucher-related') {
    return reason(refused.code, { ground: refused.ground, links: refused.chain.length })
  }
  return refused.code === 'voucher-ends'
    ? reason(refused.code, { until: refused.until })
    : reason(refused.code)
}

/** Why this flavor is out of the question, whatever the time. */
function impossible(spec: Spec, entry: FlavorEntry): Reason | null {
  const { flavor, cluster, nodes } = entry
  const { count, milli } = spec.gang
  if (spec.clusters.length > 0 && !spec.clusters.includes(cluster.id)) {
    return reason('cluster-not-accepted')
  }
  if (spec.chipClasses.length > 0 && !spec.chipClasses.includes(flavor.chip_class)) {
    return reason('chip-not-accepted', { chip: flavor.chip_class })
  }
  // Cards are what is asked for; slots of a processor only where its class is named.
  if (!flavor.accelerator && !spec.chipClasses.includes(flavor.chip_class)) {
    return reason('no-accelerator', { chip: flavor.chip_class })
  }
  if (cluster.state !== 'active') return reason('cluster-draining')
  const ready = nodes.filter(({ state }) => state === 'ready')
  if (ready.length === 0) return reason('nodes-drained')
  if (milli < MILLI && !flavor.shareable) return reason('not-shareable')
  const perTask = cardsOf(milli)
  const tasks = ready.reduce(
    (sum, { cards }) =>
      sum + (milli > MILLI ? Math.floor(cards / perTask) : cards * Math.floor(MILLI / milli)),
    0,
  )
  if (tasks >= count) return null
  const all = ready.reduce((sum, { cards }) => sum + cards, 0)
  const widest = Math.max(...ready.map(({ cards }) => cards))
  const largest = perTask > widest ? widest : all
  return reason('too-large', { asked: cardsAsked(spec.gang), largest })
}

/** The earliest room on a flavor, or why there is none at any time. */
export async function fitOn(
  ctx: Ctx,
  parts: Parts,
  spec: Spec,
  entry: FlavorEntry,
  quota: Quota | undefined,
  without?: string,
): Promise<{ fit: Fit } | { refused: Reason | null }> {
  const refused = impossible(spec, entry)
  if (refused || !quota) return { refused }
  const { milli } = needs(spec, ctx.now)
  if (quota.milli < milli) {
    const params = { quota: quota.milli / MILLI, asked: milli / MILLI }
    return { refused: reason('quota-too-small', params) }
  }
  const request = fitRequest(spec, entry, quota, ctx.now)
  const fit = await parts.capacity.earliestFit(ctx, request, without)
  return 'none' in fit ? { refused: reason('no-room', { why: fit.none }) } : { fit }
}

/**
 * Compares every flavor; the options come in the catalogue's order, the chosen one marked.
 * @param without a hold that would be given back: what it takes counts as free
 */
export async function compare(
  ctx: Ctx,
  parts: Parts,
  spec: Spec,
  without?: string,
): Promise<{ options: Option[]; refused: Reason[]; available: bigint }> {
  const subject = subjectOf(ctx)
  const { flavors } = await readCatalogue(ctx)
  const quotas = await quotasOf(ctx, subject, flavors)
  const money = await spendable(ctx, { payer: subject, purpose: 'compute', asset: 'cny' })
  const { milli } = needs(spec, ctx.now)
  const limit = cardTime(1, milli, spec.limitSeconds * 1000)
  const purposes = spec.purpose === 'training' ? ['compute', 'compute.training'] : ['compute']
  const ways: { option: Option; candidate: Candidate }[] = []
  for (const entry of flavors) {
    const { flavor, cluster, site, price } = entry
    // Nobody pays for running on cards of their own.
    const own = site.operator === subject
    const most = own ? 0n : mostCost(limit, price)
    const quota = quotas.get(cluster.id)
    const found = await fitOn(ctx, parts, spec, entry, quota, without)
    const refused = 'refused' in found ? found.refused : null
    let startsBy: number | null = null
    let nodes: string[] = []
    if ('fit' in found) {
      startsBy = found.fit.from
      const names = new Map(entry.nodes.map((node) => [node.resource_id, node.name]))
      nodes = [...new Set(found.fit.placements.map(({ resource }) => names.get(resource)!))]
    }
    const { duration } = needs(spec, ctx.now)
    const endsBy = startsBy === null ? null : startsBy + duration
    let cover: Option['cover'] = null
    let coverRefused: Reason | null = null
    let share = 0n
    if (spec.vouchers && most > 0n && endsBy !== null) {
      const until = new Date(endsBy)
      const asked = { payer: subject, payee: site.operator, purposes, amount: most, until }
      const found = await parts.vouchers.cover(ctx, asked)
      if ('refused' in found) coverRefused = coverReason(found.refused)
      // Beside a voucher only ordinary money pays; where that is short, earmarked money may do.
      else if (most - found.cover.amount > money.main && most <= money.all) {
        coverRefused = reason('voucher-cash')
      } else {
        const { voucherId, name, ratio, amount } = found.cover
        share = amount
        cover = { voucherId, name, ratio, amount: inYuan(amount) }
      }
    }
    const cash = most - share
    const expected = spec.expectedSeconds
    ways.push({
      candidate: {
        key: flavor.id,
        name: { zh: `${cluster.name_zh} ${flavor.name_zh}`, en: `${cluster.name_en}` },
        cash,
        purse: cover ? money.main : money.all,
        startsBy,
        endsBy,
        refused,
      },
      option: {
        key: flavor.id,
        siteId: site.id,
        clusterId: cluster.id,
        flavorId: flavor.id,
        site: named(site),
        cluster: named(cluster),
        flavor: named(flavor),
        area: site.area,
        simulated: cluster.simulated,
        price: inYuan(price),
        most: inYuan(most),
        expected:
          expected === null || own
            ? null
            : inYuan(cost(cardTime(1, milli, expected * 1000), price)),
        cover,
        coverRefused,
        cash: inYuan(cash),
        startsBy: startsBy === null ? null : new Date(startsBy).toISOString(),
        endsBy: endsBy === null ? null : new Date(endsBy).toISOString(),
        nodes,
        chosen: false,
        reasons: [],
      },
    })
  }
  const deadline = spec.deadline === null ? null : new Date(spec.deadline).getTime()
  const { chosen, reasons } = choose(
    ways.map(({ candidate }) => candidate),
    deadline,
  )
  const options = ways.map(({ option }) => {
    const why = reasons.get(option.key)!
    if (option.key === chosen && option.cover) {
      why.push(reason('voucher-covers', { percent: option.cover.ratio / 100 }))
    }
    return { ...option, chosen: option.key === chosen, reasons: why }
  })
  return { options, refused: chosen === null ? overall(spec, options) : [], available: money.all }
}

/** When no option can be chosen: the reasons that stand against all of them, the nearest first. */
function overall(spec: Spec, options: readonly Option[]): Reason[] {
  const all = options.flatMap(({ reasons }) => reasons)
  const large = all.filter(({ code }) => code === 'too-large')
  if (large.length > 0 && large.length === options.length) {
    const largest = Math.max(...large.map(({ params }) => Number(params.largest)))
    return [reason('too-large', { asked: cardsAsked(spec.gang), largest })]
  }
  const order = ['insufficient-funds', 'deadline-missed', 'quota-too-small', 'no-room', 'too-large']
  const rank = ({ code }: Reason) => {
    const at = order.indexOf(code)
    return at < 0 ? order.length : at
  }
  return all.sort((one, other) => rank(one) - rank(other)).slice(0, 3)
}

/**
 * Makes a quote and keeps it: until it ends, its prices hold, whatever is announced meanwhile.
 * @throws what `checkSpec` throws
 */
export async function makeQuote(ctx: Ctx, parts: Parts, spec: Spec, without?: string) {
  await checkSpec(ctx, parts, spec)
  const { options, refused, available } = await compare(ctx, parts, spec, without)
  const life = numberOn('quote.life', ctx.now) * MINUTE_MS
  const row: QuoteRow = {
    id: ctx.newId(),
    subject: subjectOf(ctx),
    spec,
    options,
    refused,
    created_at: ctx.now,
    valid_until: new Date(ctx.now.getTime() + life),
  }
  await store(ctx)
    .insertInto('compute.quote')
    .values({ ...row, spec: json(spec), options: json(options), refused: json(refused) })
    .execute()
  return {
    id: row.id,
    spec,
    options,
    refused,
    available: inYuan(available),
    validUntil: row.valid_until.toISOString(),
    createdAt: ctx.now.toISOString(),
  }
}
