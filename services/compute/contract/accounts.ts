// Programs and data sets, queue, budgets, documents, and the headline figures.
import { z } from 'zod'
import { amount, amountInput, id, instant, name, purposes, text } from './fields.ts'

export const program = z.strictObject({
  id: z.string(),
  name: text,
  summary: text,
  command: z.array(z.string()),
  resources: z.strictObject({
    milli: z.int(),
    cpuMilli: z.int(),
    memoryMib: z.int(),
    expectedSeconds: z.int(),
    limitSeconds: z.int(),
  }),
  inputs: z.array(z.strictObject({ name: z.string(), about: text, required: z.boolean() })),
  purpose: z.enum(purposes),
  source: z.strictObject({ title: z.string(), licence: z.string() }).nullable(),
})
export const programList = z.strictObject({ items: z.array(program) })

export const dataset = z.strictObject({
  id,
  name,
  kind: z.enum(['program', 'data']),
  fileId: id,
  bytes: z.int(),
  entries: z.int(),
  sha256: z.string(),
  createdAt: instant,
  /** How many jobs read it. */
  uses: z.int(),
})
export const datasetList = z.strictObject({ items: z.array(dataset), next: z.string().nullable() })
export const addDataset = z.strictObject({ name, kind: z.enum(['program', 'data']), fileId: id })

export const queue = z.strictObject({
  weight: z.int(),
  quotas: z.array(
    z.strictObject({
      clusterId: id,
      cluster: text,
      site: text,
      simulated: z.boolean(),
      nominal: z.number(),
      /** The most beyond nominal; null: no limit. */
      borrowing: z.number().nullable(),
      usedCards: z.number(),
      borrowedCards: z.number(),
      totalCards: z.number(),
    }),
  ),
  waiting: z.int(),
  running: z.int(),
  /** Decayed use of the last days against that of all, 0 to 1. */
  share: z.number(),
})

export const budget = z.strictObject({
  id,
  name,
  limit: amount,
  held: amount,
  spent: amount,
  from: instant,
  to: instant,
  closed: z.boolean(),
  version: z.int(),
})
export const budgetList = z.strictObject({ items: z.array(budget) })
export const addBudget = z.strictObject({ name, limit: amountInput, from: instant, to: instant })
export const changeBudget = z.strictObject({
  name: name.optional(),
  limit: amountInput.optional(),
  to: instant.optional(),
  closed: z.boolean().optional(),
})

const party = z.strictObject({ id, name: z.string(), creditCode: z.string().nullable() })
export const invoice = z.strictObject({
  id,
  number: z.string(),
  issuedAt: instant,
  seller: party,
  buyer: party,
  workload: z.strictObject({ id, number: z.string() }),
  line: z.strictObject({ item: text, quantity: z.string(), unit: text, price: amount, amount }),
  taxRate: z.strictObject({
    basisPoints: z.int(),
    source: z.string(),
    certainty: z.enum(['official', 'secondary', 'memory', 'example']),
  }),
  net: amount,
  tax: amount,
  total: amount,
})
export const invoiceList = z.strictObject({
  items: z.array(
    z.strictObject({
      id,
      number: z.string(),
      issuedAt: instant,
      total: amount,
      workload: z.string(),
    }),
  ),
  next: z.string().nullable(),
})

/** The two figures that decide whether such a platform lives; simulated cards never count. */
export const figures = z.strictObject({
  firstAccelerator: z.strictObject({
    /** Median from the first submission of an organisation to its first running job. */
    seconds: z.number().nullable(),
    organisations: z.int(),
  }),
  dispatchable: z.strictObject({ cards: z.int(), of: z.int(), share: z.number().nullable() }),
  /** What is left out of both. */
  simulated: z.strictObject({
    seconds: z.number().nullable(),
    organisations: z.int(),
    cards: z.int(),
  }),
  jobs: z.strictObject({ running: z.int(), waiting: z.int(), settled: z.int() }),
  position: z.string(),
})
