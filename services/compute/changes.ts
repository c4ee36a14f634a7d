// What could be asked differently so that a job starts sooner, costs less, or becomes possible at all.
import type { Ctx } from '#platform/context.ts'
import { type FlavorEntry, readCatalogue } from './catalogue.ts'
import { MINUTE_MS } from './parameters.ts'
import type { Parts } from './parts.ts'
import { type Quota, quotasOf } from './quota.ts'
import { compare, fitOn } from './quote.ts'
import type { Change, Option, Reason, Spec } from './shapes.ts'
import { MILLI } from './spec.ts'
import { amountOf, subjectOf } from './store.ts'

/** What is asked now, and the way in which it would run; null: it cannot run as it is asked. */
export interface Asked {
  spec: Spec
  current: Option | null
  options: readonly Option[]
  /** A hold that is given back when it is asked differently. */
  without?: string
}

/** A start earlier by less than this is no gain. */
const GAIN_MS = MINUTE_MS
const MOST = 6
/** Nobody is told to ask for less than this. */
const LEAST_SECONDS = 60
/** How many flavors are searched for a smaller request that fits, where none is in force. */
const MOST_PLACES = 3

type Suggestion = Pick<Change, 'code' | 'params' | 'change'> & { key: string | null }

const startOf = (option: Option): number => Date.parse(option.startsBy!)
const differs = (change: Change['change']): boolean => Object.keys(change).length > 0

/** The largest of low, low + 1, ..., high - 1 that passes, or null; whatever is smaller passes too. */
export async function largest(
  low: number,
  high: number,
  passes: (value: number) => Promise<boolean>,
): Promise<number | null> {
  if (low >= high || !(await passes(low))) return null
  let good = low
  let bad = high
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (await passes(middle)) good = middle
    else bad = middle
  }
  return good
}

/** Changes whose effect was looked up: each option says when it would start and what it costs. */
export async function changesFor(ctx: Ctx, parts: Parts, asked: Asked): Promise<Change[]> {
  const { spec, current, options, without } = asked
  const found: Change[] = []
  for (const option of options) {
    if (option.startsBy === null || option.key === current?.key) continue
    const code = current && startOf(option) >= startOf(current) ? 'cheaper' : 'elsewhere'
    found.push({ code, params: {}, change: {}, option })
  }
  for (const { code, params, change, key } of await suggestions(ctx, parts, asked)) {
    const { options: ways } = await compare(ctx, parts, { ...spec, ...change }, without)
    const option = ways.find((way) => (key === null ? way.chosen : way.key === key))
    if (option && option.startsBy !== null) found.push({ code, params, change, option })
  }
  return found
    .filter((one) => helps(one, current))
    .sort((a, b) => startOf(a.option) - startOf(b.option) || cash(a.option) - cash(b.option))
    .slice(0, MOST)
}

const cash = (option: Option): number => Number(amountOf(option.cash))

/** Sooner, or as soon for less; asking for less always costs less, so there only sooner counts. */
function helps({ code, option, change }: Change, current: Option | null): boolean {
  if (!current) return option.chosen || !differs(change)
  if (startOf(option) <= startOf(current) - GAIN_MS) return true
  return (code === 'cheaper' || code === 'with-voucher') && cash(option) < cash(current)
}

async function suggestions(ctx: Ctx, parts: Parts, asked: Asked): Promise<Suggestion[]> {
  const { spec, current } = asked
  const found: Suggestion[] = []
  const add = (code: Change['code'], change: Change['change'], params: Reason['params'] = {}) =>
    found.push({ code, params, change, key: null })
  if (spec.clusters.length > 0) add('any-place', { clusters: [] })
  if (spec.chipClasses.length > 0 && !spec.chipClasses.includes('cpu')) {
    add('any-chip', { chipClasses: [] })
  }
  if (!spec.vouchers) add('with-voucher', { vouchers: true })
  if (spec.deadline !== null && !current) add('no-deadline', { deadline: null })
  const { flavors } = await readCatalogue(ctx)
  const quotas = await quotasOf(ctx, subjectOf(ctx), flavors)
  for (const entry of placesToSearch(asked, flavors)) {
    const quota = quotas.get(entry.cluster.id)
    found.push(...(await smaller(ctx, parts, asked, entry, quota)))
  }
  return found
}

/** The place in force; where there is none, those that would do if less were asked. */
function placesToSearch({ current, options }: Asked, flavors: readonly FlavorEntry[]) {
  if (current) return flavors.filter(({ flavor }) => flavor.id === current.flavorId)
  const size = ['too-large', 'quota-too-small', 'no-room', 'insufficient-funds', 'deadline-missed']
  const able = options.filter(({ reasons }) => reasons.some(({ code }) => size.includes(code)))
  const keys = new Set(able.map(({ key }) => key))
  return flavors.filter(({ flavor }) => keys.has(flavor.id)).slice(0, MOST_PLACES)
}

/** A shorter limit, fewer tasks or fewer cards that start earlier on one flavor. */
async function smaller(
  ctx: Ctx,
  parts: Parts,
  { spec, current, without }: Asked,
  entry: FlavorEntry,
  quota: Quota | undefined,
): Promise<Suggestion[]> {
  const { count, milli } = spec.gang
  const startWith = async (change: Partial<Spec>): Promise<number> => {
    const found = await fitOn(ctx, parts, { ...spec, ...change }, entry, quota, without)
    return 'fit' in found ? found.fit.from : Number.POSITIVE_INFINITY
  }
  const now = current ? startOf(current) : Number.POSITIVE_INFINITY
  /** The largest request that starts about as early as the least one does. */
  const best = async (low: number, high: number, change: (value: number) => Partial<Spec>) => {
    const soonest = low < high ? await startWith(change(low)) : Number.POSITIVE_INFINITY
    if (soonest > now - GAIN_MS) return null
    return largest(low, high, async (n) => (await startWith(change(n))) < soonest + GAIN_MS)
  }
  const found: Suggestion[] = []
  const add = (code: Change['code'], change: Change['change'], params: Reason['params']) =>
    found.push({ code, params, change, key: entry.flavor.id })
  const minutes = (value: number) => ({ limitSeconds: value * 60 })
  const least = Math.ceil(Math.max(LEAST_SECONDS, spec.expectedSeconds ?? 0) / 60)
  const limit = await best(least, Math.ceil(spec.limitSeconds / 60), minutes)
  if (limit !== null) add('shorter', minutes(limit), { minutes: limit })
  const tasks = (value: number) => ({ gang: { count: value, milli } })
  const fewer = await best(1, count, tasks)
  if (fewer !== null) add('fewer-tasks', tasks(fewer), { tasks: fewer })
  const cards = (value: number) => ({ gang: { count, milli: value * MILLI } })
  const narrower = await best(1, milli / MILLI, cards)
  if (narrower !== null) add('fewer-cards', cards(narrower), { cards: narrower })
  const half = { gang: { count, milli: MILLI / 2 } }
  if (milli === MILLI && (await startWith(half)) <= now - GAIN_MS) {
    add('share-of-card', half, { cards: 0.5 })
  }
  return found
}
