// What capacity takes and gives; shared with the portal and OpenAPI.
import { z } from 'zod'

const id = z.uuid()
const instant = z.iso.datetime()
const ranges = z.array(z.tuple([z.int(), z.int()]))

export const byId = z.strictObject({ id })

/** Of a hold, in the order of its life. */
export const holdStates = {
  held: { zh: '已预留', en: 'held' },
  committed: { zh: '已确认', en: 'committed' },
  released: { zh: '已释放', en: 'released' },
} as const

export const holdKinds = {
  hold: { zh: '占用', en: 'hold' },
  block: { zh: '停用', en: 'out of use' },
} as const

const stateNames = Object.keys(holdStates) as [keyof typeof holdStates]
const kindNames = Object.keys(holdKinds) as [keyof typeof holdKinds]

export const resource = z.strictObject({
  id,
  kind: z.string(),
  mode: z.enum(['exact', 'pooled']),
  units: z.int(),
  grain: z.int(),
  public: z.boolean(),
  /** Nothing new ends after it; null: open without an end. */
  openUntil: instant.nullable(),
})
export const resourceList = z.strictObject({
  items: z.array(resource),
  next: z.string().nullable(),
})

const claim = z.strictObject({
  resourceId: id,
  /** Units of an exact resource, as half-open ranges. */
  units: ranges.nullable(),
  /** The amount of a pooled one. */
  amount: z.int().nullable(),
  from: instant,
  /** Null: without an end. */
  to: instant.nullable(),
})

export const hold = z.strictObject({
  id,
  service: z.string(),
  holder: z.string(),
  kind: z.enum(kindNames),
  state: z.enum(stateNames),
  expiresAt: instant.nullable(),
  madeAt: instant,
  claims: z.array(claim),
})
export const holdList = z.strictObject({ items: z.array(hold), next: z.string().nullable() })

export const period = z.strictObject({ from: instant, to: instant })

export const calendar = z.strictObject({
  resource,
  /** Covers the period without a gap. */
  steps: z.array(z.strictObject({ from: instant, to: instant, free: z.int() })),
  /** For the owner only: who takes what. */
  taken: z
    .array(
      z.strictObject({
        holdId: id,
        subjectId: id.nullable(),
        service: z.string(),
        holder: z.string(),
        kind: z.enum(kindNames),
        state: z.enum(stateNames),
        units: ranges.nullable(),
        amount: z.int().nullable(),
        from: instant,
        to: instant.nullable(),
      }),
    )
    .nullable(),
})

/** Facts, version 1: `capacity.<kind>`; of holds each tells the hold as it is then, with its claims. */
export const factKinds = [
  'resource-added',
  'resource-resized',
  'resource-drained',
  'resource-closed',
  'resource-reopened',
  'held',
  'blocked',
  'committed',
  'extended',
  'moved',
  'split',
  'transferred',
  'released',
  'expired',
] as const
export const holdFact = z.strictObject({
  hold: id,
  service: z.string(),
  holder: z.string(),
  kind: z.enum(kindNames),
  state: z.enum(stateNames),
  /** The subject and the owners: each of them may see the fact and its proof. */
  parties: z.array(id),
  resources: z.array(id),
  /** Multiranges as PostgreSQL writes them; null for pooled resources. */
  units: z.array(z.string().nullable()),
  amounts: z.array(z.int().nullable()),
  /** Milliseconds since 1970; null: never used. */
  from: z.array(z.int().nullable()),
  to: z.array(z.int().nullable()),
})
