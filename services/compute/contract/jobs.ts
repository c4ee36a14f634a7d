// What is asked for, what it would cost, and what became of it.
import { z } from 'zod'
import { amount, id, instant, name, purposes, reason, states, text } from './fields.ts'
import { nodeAct } from './sites.ts'

const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
export const spec = z.strictObject({
  name,
  purpose: z.enum(purposes),
  /** A bundled program, or one's own (a data set of kind program). */
  program: z.union([z.strictObject({ bundled: slug }), z.strictObject({ dataset: id })]),
  command: z.array(z.string().max(4_000)).max(64),
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/), z.string().max(4_000)),
  inputs: z
    .array(
      z.strictObject({
        name: slug,
        from: z.union([z.strictObject({ dataset: id }), z.strictObject({ workload: id })]),
      }),
    )
    .max(16),
  gang: z.strictObject({
    count: z.int().min(1).max(4_096),
    /** Thousandths of a card for each task: 470 shares a card, 3000 are three whole ones. */
    milli: z.int().min(10).max(64_000),
  }),
  /** Chip classes that will do; empty: any accelerator. 'cpu' asks for slots of a processor. */
  chipClasses: z.array(slug).max(16),
  /** Clusters that will do; empty: any. */
  clusters: z.array(id).max(64),
  limitSeconds: z.int().min(1).max(2_592_000),
  expectedSeconds: z.int().min(1).max(2_592_000).nullable(),
  deadline: instant.nullable(),
  preemptible: z.boolean(),
  priority: z.enum(['low', 'normal', 'high']),
  budgetId: id.nullable(),
  /** Whether vouchers pay first where they may. */
  vouchers: z.boolean(),
})

const cover = z.strictObject({
  voucherId: id,
  name: text,
  /** Of the whole, in basis points. */
  ratio: z.int(),
  amount,
})

/** One way to run it. What could not be chosen says why. */
export const option = z.strictObject({
  /** Cluster and flavor; what is passed back to choose it. */
  key: z.string(),
  siteId: id,
  clusterId: id,
  flavorId: id,
  site: text,
  cluster: text,
  flavor: text,
  area: z.string(),
  simulated: z.boolean(),
  /** Yuan per card-hour. */
  price: amount,
  /** Up to the time limit; what is not used is not paid. */
  most: amount,
  /** At the expected run time. */
  expected: amount.nullable(),
  cover: cover.nullable(),
  /** Why no voucher pays here. */
  coverRefused: reason.nullable(),
  cash: amount,
  /** Held until then at the latest; null: it does not fit. */
  startsBy: instant.nullable(),
  endsBy: instant.nullable(),
  nodes: z.array(z.string()),
  chosen: z.boolean(),
  /** Why it was chosen, or why another one was. */
  reasons: z.array(reason),
})

export const quoteRequest = spec
export const quote = z.strictObject({
  id,
  spec,
  options: z.array(option),
  /** Nothing fits: why, and the largest that would. */
  refused: z.array(reason),
  available: amount,
  validUntil: instant,
  createdAt: instant,
})

// What if

/** When it will start, as the scheduler run forward many times says; 8 of 10 lie in between. */
export const outlook = z.strictObject({
  startsNow: z.boolean(),
  /** Place in the scheduler's order at this moment. */
  position: z.int().nullable(),
  reasons: z.array(reason),
  earliest: instant.nullable(),
  median: instant.nullable(),
  latest: instant.nullable(),
})

/** What can be asked differently. */
export const changed = spec
  .pick({ gang: true, limitSeconds: true, clusters: true, chipClasses: true })
  .extend({ deadline: z.null(), vouchers: z.boolean() })
  .partial()

export const changeCodes = [
  'elsewhere',
  'cheaper',
  'shorter',
  'fewer-tasks',
  'fewer-cards',
  'share-of-card',
  'any-place',
  'any-chip',
  'with-voucher',
  'no-deadline',
] as const

/** A way to ask differently, with the option that would then be taken and its real effect. */
export const change = z.strictObject({
  code: z.enum(changeCodes),
  params: reason.shape.params,
  change: changed,
  option,
  /** Null: it was not worked out; the option’s own start is promised. */
  outlook: outlook.nullable(),
})

export const whatIf = z.strictObject({
  /** The moment that the answer is about, by the world’s clock. */
  at: instant,
  options: z.array(option),
  /** Nothing fits: why. */
  refused: z.array(reason),
  /** Null: it fits nowhere, or working it out took too long. */
  outlook: outlook.nullable(),
  changes: z.array(change),
})

export const wait = z.strictObject({
  at: instant,
  version: z.int(),
  /** Promised at submission, or since. */
  startsBy: instant,
  outlook: outlook.nullable(),
  changes: z.array(change),
})

export const replace = z.strictObject({
  change: changed,
  option: z.string().max(120),
  /** As shown; if it has become later or dearer meanwhile, nothing is done. */
  startsBy: instant,
  most: amount,
})

export const submit = z.strictObject({ quoteId: id, option: z.string().max(120) })
export const accepted = z.strictObject({ id, number: z.string(), state: z.enum(states) })

// Workloads

export const step = z.strictObject({
  nth: z.int(),
  kind: z.string(),
  at: instant,
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  journalId: z.string().nullable(),
})

export const workloadLine = z.strictObject({
  id,
  number: z.string(),
  name: z.string(),
  state: z.enum(states),
  /** How it ended, also after settlement. */
  outcome: z.enum(['succeeded', 'failed', 'cancelled']).nullable(),
  site: text,
  flavor: text,
  simulated: z.boolean(),
  cards: z.number(),
  submittedAt: instant,
  startsBy: instant.nullable(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  /** Held at most, or paid once settled. */
  amount,
})
export const workloadList = z.strictObject({
  items: z.array(workloadLine),
  next: z.string().nullable(),
})
export const workloadQuery = {
  state: z.enum([...states, 'live', 'over']).optional(),
  q: z.string().max(80).optional(),
}

export const attempt = z.strictObject({
  nth: z.int(),
  nodes: z.array(z.strictObject({ name: z.string(), cards: z.array(z.int()), milli: z.int() })),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  ranSeconds: z.number(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  cause: z.string().nullable(),
})

export const workload = z.strictObject({
  id,
  number: z.string(),
  spec,
  state: z.enum(states),
  outcome: z.enum(['succeeded', 'failed', 'cancelled']).nullable(),
  subjectId: id,
  version: z.int(),
  /** The options of the quote it was made from, with the one that is in force marked chosen. */
  options: z.array(option),
  steps: z.array(step),
  attempts: z.array(attempt),
  submittedAt: instant,
  startsBy: instant.nullable(),
  /** Place in the order of its cluster while it waits. */
  position: z.int().nullable(),
  /** Why it waits, or why it runs here and now. */
  reasons: z.array(reason),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  /** Card-hours measured so far. */
  cardHours: z.string(),
  cost: z.strictObject({
    price: amount,
    most: amount,
    soFar: amount,
    voucher: z.strictObject({ name: text, ratio: z.int(), amount }).nullable(),
    cash: amount,
    settled: z.boolean(),
    /** Entries of the ledger, oldest first. */
    entries: z.array(z.strictObject({ id, kind: z.string(), at: instant })),
  }),
  isolation: z.enum(['full', 'none']).nullable(),
  simulated: z.boolean(),
  invoice: z.strictObject({ id, number: z.string() }).nullable(),
  mayCancel: z.boolean(),
  mayPreempt: z.boolean(),
})

export const logQuery = { from: z.coerce.number().int().min(0).default(0) }
export const log = z.strictObject({
  from: z.int(),
  /** Where to read on; less than `size` when there is more. */
  next: z.int(),
  size: z.int(),
  /** Bytes that are no text are shown as \xNN. */
  text: z.string(),
  truncated: z.boolean(),
  ended: z.boolean(),
})
export const metricSeries = z.strictObject({
  items: z.array(z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()]))),
})
export const output = z.strictObject({ path: z.string(), bytes: z.int() })
export const outputList = z.strictObject({ items: z.array(output) })
export const outputQuery = { path: z.string().min(1).max(1_000) }
export const act = z.strictObject({ basis: nodeAct.shape.basis })
