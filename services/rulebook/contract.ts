// What the rulebook takes and gives: sets, versions, checks, receipts, drafts, decisions, standings.
import { z } from 'zod'
import { ruleCaseSchema, ruleSetSchema } from '#law/schema.ts'
import { paging } from '#platform/routes.ts'

const text = z.strictObject({ zh: z.string(), en: z.string() })
const date = z.iso.date()
const id = z.uuid()
const setId = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
const when = z.iso.datetime()
const fact = z.union([z.boolean(), z.number(), z.string().max(500)])
/** By the names of the set. */
const facts = z.record(z.string().max(40), fact)
/** As engines/rules writes it; the portal types it by the engine. */
const data = z.unknown()

export const receipt = z.strictObject({
  engine: z.string().max(40),
  ruleSet: setId,
  on: date,
  rules: z.string().regex(/^[0-9a-f]{64}$/),
  facts: z.string().regex(/^[0-9a-f]{64}$/),
  outcomes: z.string().regex(/^[0-9a-f]{64}$/),
})

export const bySet = z.strictObject({ set: setId })
export const byVersion = z.strictObject({ set: setId, number: z.coerce.number().int().min(1) })
export const byId = z.strictObject({ id })
export const onDay = z.strictObject({ on: date.optional() })

const versionHead = z.strictObject({
  id,
  number: z.int(),
  validFrom: date,
  publishedAt: when,
  origin: z.enum(['law', 'draft']),
  reason: z.string(),
  withdrawnAt: when.nullable(),
  withdrawal: z.string().nullable(),
})

const certainty = z.enum(['official', 'secondary', 'memory', 'example'])

export const setList = z.strictObject({
  on: date,
  items: z.array(
    z.strictObject({
      id: setId,
      title: text,
      outcomes: z.array(z.string()),
      benefit: z.boolean(),
      /** What has to be known at most. */
      facts: z.int(),
      /** The least sure of its sources. */
      certainty,
      version: versionHead,
      /** What comes into force later, if anything was published. */
      next: z.strictObject({ number: z.int(), validFrom: date }).nullable(),
    }),
  ),
})

export const setView = z.strictObject({
  on: date,
  version: versionHead,
  definition: data,
  cases: z.array(data),
  versions: z.array(versionHead),
})

export const versionView = z.strictObject({
  version: versionHead,
  definition: data,
  cases: z.array(data),
  /** Against the version it was drafted on. */
  changes: z.array(data),
  impact: data.nullable(),
  /** Whether somebody decides anything under it still. */
  decisions: z.int(),
})

export const checkBody = z.strictObject({ facts, on: date.optional() })
const shortVersion = z.strictObject({ id, number: z.int(), validFrom: date })
export const checked = z.strictObject({
  note: text,
  version: shortVersion,
  on: date,
  outcomes: z.array(data),
  next: data,
  why: z.array(z.array(data)),
  receipt,
})

export const replayBody = z.strictObject({ receipt, facts })
export const replayed = z.strictObject({
  version: shortVersion,
  same: z.strictObject({
    engine: z.boolean(),
    rules: z.boolean(),
    facts: z.boolean(),
    outcomes: z.boolean(),
  }),
  receipt,
})

export const recipe = z.strictObject({
  note: text,
  seed: z.int(),
  size: z.int(),
  today: date,
  cities: z.array(z.strictObject({ name: z.string(), weight: z.number() })),
  sizes: data.nullable(),
})

export const census = z.strictObject({
  note: text,
  items: z.array(
    z.strictObject({
      set: setId,
      title: text,
      on: date,
      population: z.string(),
      counts: data,
      computedAt: when,
    }),
  ),
})

const entitlement = z.strictObject({
  set: setId,
  title: text,
  version: shortVersion,
  standing: data,
  held: facts,
})
export const entitlements = z.strictObject({ note: text, on: date, items: z.array(entitlement) })

const decisionHead = z.strictObject({
  id,
  set: setId,
  title: text,
  version: z.int(),
  purpose: z.string(),
  subject: z.strictObject({ id, name: z.string() }),
  on: date,
  madeAt: when,
  outcomes: data,
  /** To be decided again, as its version was withdrawn; and the decision that came of it. */
  redoSince: when.nullable(),
  redoneBy: id.nullable(),
})
export const decisionList = z.strictObject({
  items: z.array(decisionHead),
  next: z.string().nullable(),
})
export const listQuery = z.strictObject({ ...paging })
export const decisionView = z.strictObject({
  ...decisionHead.shape,
  facts,
  why: z.array(z.array(data)),
  receipt,
  withdrawal: z.string().nullable(),
})
export const redone = z.strictObject({ id, before: data, after: data })

const draftState = z.enum(['open', 'submitted', 'published', 'dropped'])
const draftHead = z.strictObject({
  id,
  set: setId,
  title: text,
  state: draftState,
  revision: z.int(),
  validFrom: date.nullable(),
  reason: z.string(),
  /** Whose draft it is: names of people are not shown. */
  office: z.strictObject({ id, name: z.string() }),
  /** Whether whoever asks wrote it: then another has to pass it. */
  own: z.boolean(),
  changedAt: when,
})
export const draftList = z.strictObject({ items: z.array(draftHead) })
export const draftView = z.strictObject({
  ...draftHead.shape,
  definition: data,
  cases: z.array(data),
  /** The version it starts from, to compare with; null: a set that there is not yet. */
  base: z.strictObject({ ...shortVersion.shape, definition: data }).nullable(),
  impact: data.nullable(),
  remark: z.string().nullable(),
  version: z.strictObject({ id, number: z.int() }).nullable(),
})
export const draftBody = z.strictObject({
  definition: ruleSetSchema,
  cases: z.array(ruleCaseSchema).max(1_000),
  validFrom: date.nullable(),
  reason: z.string().max(2_000),
})
export const newSet = z.strictObject({
  definition: ruleSetSchema,
  cases: z.array(ruleCaseSchema).max(1_000),
})
/** At most what a request may hold; larger files are split. */
export const dmnFile = z.strictObject({ xml: z.string().min(1).max(1_000_000) })
export const dmnMade = z.strictObject({ id, notes: z.array(text) })
export const made = z.strictObject({ id })
export const revised = z.strictObject({ revision: z.int() })
export const published = z.strictObject({ version: id, revision: z.int() })
export const remark = z.strictObject({ remark: z.string().trim().min(1).max(2_000) })
export const withdrawal = z.strictObject({ reason: z.string().trim().min(1).max(2_000) })
export const withdrawn = z.strictObject({ decisions: z.int() })

export type SetList = z.output<typeof setList>
export type SetView = z.output<typeof setView>
export type VersionView = z.output<typeof versionView>
export type VersionHead = z.output<typeof versionHead>
export type Checked = z.output<typeof checked>
export type RecipeView = z.output<typeof recipe>
export type CensusView = z.output<typeof census>
export type Entitlements = z.output<typeof entitlements>
export type DecisionList = z.output<typeof decisionList>
export type DecisionView = z.output<typeof decisionView>
export type DraftList = z.output<typeof draftList>
export type DraftView = z.output<typeof draftView>
export type DraftBody = z.input<typeof draftBody>
