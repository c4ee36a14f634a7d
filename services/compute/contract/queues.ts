// The tree of queues and cohorts on a cluster: what is agreed, and what is used of it now.
import { z } from 'zod'
import { id, text } from './fields.ts'

const cards = z.number().min(0).max(100_000)

/** Figures of a queue or cohort; all amounts in cards. */
const place = {
  name: text,
  /** Whether the reader acts for it, or lies in it. */
  own: z.boolean(),
  /** Its own by agreement; of a cohort, of all below it together. */
  nominal: z.number(),
  /** The most beyond nominal; null: no limit. */
  borrowing: z.number().nullable(),
  /** The most of nominal that others may have while it is idle; null: all. */
  lending: z.number().nullable(),
  used: z.number(),
  /** Used beyond nominal. */
  borrowed: z.number(),
  /** Of its idle nominal, what others use now (worked out in proportion). */
  lent: z.number(),
  waiting: z.int(),
  waitingCards: z.number(),
  /** Of the decayed use of this cluster, 0 to 1. */
  share: z.number(),
  /** More was booked before than is agreed now; new jobs wait until that has ended. */
  lowering: z.boolean(),
  /** 0: nothing was agreed yet. */
  version: z.int(),
}

export const cohortPlace = z.strictObject({
  ...place,
  /** Its code by GB/T 2260. */
  area: z.string(),
  parent: z.string().nullable(),
  /** Whether nominal was agreed for it; otherwise it is the sum of those below. */
  nominalAgreed: z.boolean(),
  queues: z.int(),
})
export const queuePlace = z.strictObject({
  ...place,
  /** Null: a person, whose name is not shown. */
  name: text.nullable(),
  id,
  subjectId: id,
  cohort: z.string(),
})

export const cohortList = z.strictObject({
  cluster: z.strictObject({ id, name: text, site: text, simulated: z.boolean() }),
  cards: z.number(),
  used: z.number(),
  /** Kept for somebody, and idle. */
  reservedIdle: z.number(),
  mayOperate: z.boolean(),
  /** Whether the reader sees all of the tree, or the way to their own queue. */
  whole: z.boolean(),
  cohorts: z.array(cohortPlace),
})
export const queueList = z.strictObject({
  items: z.array(queuePlace),
  next: z.string().nullable(),
})
export const queueQuery = { cohort: z.string().max(6).optional() }

export const setQuota = z.strictObject({
  nominal: cards,
  borrowing: cards.nullable(),
  lending: cards.nullable(),
})
export const setCohortQuota = z.strictObject({ ...setQuota.shape, nominal: cards.nullable() })
export const quotaOf = z.strictObject({ id, subjectId: id })
export const cohortOf = z.strictObject({ id, area: z.string().regex(/^44\d{4}$/) })
