// What is shown of sets, versions, drafts and decisions.
import type { Citation, RuleSetDefinition } from '#engines/rules/definitions.ts'
import { diff } from '#engines/rules/diff.ts'
import { dateInChina } from '#law/schema.ts'
import type { Ctx, Json, JsonObject } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { idInCursor, page } from '#platform/routes.ts'
import { findSubjects } from '#services/identity/index.ts'
import { readDecision } from './decide.ts'
import { readDraft } from './drafts.ts'
import type { Parts } from './parts.ts'
import { maySee } from './policy.ts'
import { type DecisionRow, type DraftRow, store, type VersionRow } from './store.ts'
import { readVersion, requireVersion, versionsOn } from './versions.ts'

export const NOTE = { zh: '测算结果，不构成决定', en: 'A computation, not a decision' }
export const SYNTHETIC = {
  zh: '人口为按种子生成的虚构企业，不是统计数据；测算结果，不构成决定',
  en: 'The companies are made up from a seed and are no statistics; a computation, not a decision',
}

export const today = ({ now }: Ctx): string => dateInChina(now)

export const headOf = (version: VersionRow) => ({
  id: version.id,
  number: version.number,
  validFrom: version.valid_from,
  publishedAt: version.published_at.toISOString(),
  origin: version.origin,
  reason: version.reason,
  withdrawnAt: version.withdrawn_at?.toISOString() ?? null,
  withdrawal: version.withdrawal,
})

const SURENESS: Citation['certainty'][] = ['official', 'secondary', 'memory', 'example']

function citationsIn({ nodes }: RuleSetDefinition): Citation[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'fact') return []
    if (node.kind === 'parameter') return node.values.map(({ cite }) => cite)
    return node.kind === 'table' ? node.rows.flatMap(({ cite }) => cite) : node.cite
  })
}

/** The least sure of all sources of a set. */
export function certaintyOf(definition: RuleSetDefinition): Citation['certainty'] {
  const ranks = citationsIn(definition).map(({ certainty }) => SURENESS.indexOf(certainty))
  return SURENESS[Math.max(...ranks)] ?? 'example'
}

export async function listSets(ctx: Ctx, on = today(ctx)) {
  const versions = await versionsOn(ctx, on)
  const later = await store(ctx)
    .selectFrom('rulebook.version')
    .select(['set_id', 'number', 'valid_from'])
    .where('valid_from', '>', on)
    .where('withdrawn_at', 'is', null)
    .orderBy('valid_from')
    .execute()
  return {
    on,
    items: versions.map((version) => {
      const { definition, set_id: set } = version
      const next = later.find((one) => one.set_id === set)
      return {
        id: set,
        title: definition.title,
        outcomes: [...definition.outcomes],
        benefit: definition.benefit !== undefined,
        facts: definition.nodes.filter(({ kind }) => kind === 'fact').length,
        certainty: certaintyOf(definition),
        version: headOf(version),
        next: next ? { number: next.number, validFrom: next.valid_from } : null,
      }
    }),
  }
}

export async function viewSet(ctx: Ctx, set: string, on = today(ctx)) {
  const version = await requireVersion(ctx, set, on)
  const versions = await store(ctx)
    .selectFrom('rulebook.version')
    .selectAll()
    .where('set_id', '=', set)
    .orderBy('number', 'desc')
    .execute()
  return {
    on,
    version: headOf(version),
    definition: version.definition,
    cases: version.cases,
    versions: versions.map(headOf),
  }
}

export async function viewVersion(ctx: Ctx, set: string, number: number) {
  const db = store(ctx)
  const version = await db
    .selectFrom('rulebook.version')
    .selectAll()
    .where('set_id', '=', set)
    .where('number', '=', number)
    .executeTakeFirst()
  if (!version) throw problem('request.not-found')
  const { count } = await db
    .selectFrom('rulebook.decision')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('version', '=', version.id)
    .executeTakeFirstOrThrow()
  const base = version.base ? await readVersion(ctx, version.base) : null
  return {
    version: headOf(version),
    definition: version.definition,
    cases: version.cases,
    changes: base ? diff(base.definition, version.definition) : [],
    impact: version.impact,
    decisions: Number(count),
  }
}

async function draftHeads(ctx: Ctx, rows: readonly DraftRow[]) {
  const offices = await findSubjects(
    ctx,
    rows.map(({ office }) => office),
  )
  return rows.map((row) => ({
    id: row.id,
    set: row.set_id,
    title: row.definition.title,
    state: row.state,
    revision: row.revision,
    validFrom: row.valid_from,
    reason: row.reason,
    office: { id: row.office, name: offices.get(row.office)?.name ?? '—' },
    own: row.author === ctx.actor.personId,
    changedAt: row.changed_at.toISOString(),
  }))
}

const MOST_DRAFTS = 200

/** Drafts that are worked on or wait for their reader first, then those that are done. */
export async function listDrafts(ctx: Ctx) {
  const rows = await store(ctx)
    .selectFrom('rulebook.draft')
    .selectAll()
    .orderBy('changed_at', 'desc')
    .limit(MOST_DRAFTS)
    .execute()
  const live = ({ state }: DraftRow) => state === 'open' || state === 'submitted'
  const sorted = [...rows.filter(live), ...rows.filter((row) => !live(row))]
  return { items: await draftHeads(ctx, sorted) }
}

export async function viewDraft(ctx: Ctx, id: string) {
  const row = await readDraft(ctx, id)
  const [head] = await draftHeads(ctx, [row])
  const base = row.base ? await readVersion(ctx, row.base) : null
  const version = row.version ? await readVersion(ctx, row.version) : null
  return {
    ...head!,
    definition: row.definition,
    cases: row.cases,
    base: base && {
      id: base.id,
      number: base.number,
      validFrom: base.valid_from,
      definition: base.definition,
    },
    impact: row.impact,
    remark: row.remark,
    version: version && { id: version.id, number: version.number },
  }
}

interface Listed extends DecisionRow {
  number: number
  definition: RuleSetDefinition
}

async function decisionHeads(ctx: Ctx, rows: readonly Listed[]) {
  const subjects = await findSubjects(
    ctx,
    rows.map(({ subject }) => subject),
  )
  return rows.map((row) => ({
    id: row.id,
    set: row.set_id,
    title: row.definition.title,
    version: row.number,
    purpose: row.purpose,
    subject: { id: row.subject, name: subjects.get(row.subject)?.name ?? '—' },
    on: row.on_date,
    madeAt: row.made_at.toISOString(),
    outcomes: row.outcomes,
    redoSince: row.redo_since?.toISOString() ?? null,
    redoneBy: row.redone_by,
  }))
}

const decisions = (ctx: Ctx) =>
  store(ctx)
    .selectFrom('rulebook.decision as d')
    .innerJoin('rulebook.version as v', 'v.id', 'd.version')
    .selectAll('d')
    .select(['v.number', 'v.definition'])

interface Paging {
  cursor?: string | undefined
  limit: number
}

/** One subject's decisions, the newest first. */
export async function listOwnDecisions(ctx: Ctx, subject: string, { cursor, limit }: Paging) {
  const rows = await decisions(ctx)
    .where('d.subject', '=', subject)
    .$if(cursor !== undefined, (query) => query.where('d.id', '<', idInCursor(cursor!)))
    .orderBy('d.id', 'desc')
    .limit(limit + 1)
    .execute()
  const { items, next } = page(rows, limit, ({ id }) => [id])
  return { items: await decisionHeads(ctx, items), next }
}

/** Decisions to be made again, those that wait longest first. */
export async function listRedo(ctx: Ctx, { cursor, limit }: Paging) {
  const rows = await decisions(ctx)
    .where('d.redo_since', 'is not', null)
    .where('d.redone_by', 'is', null)
    .$if(cursor !== undefined, (query) => query.where('d.id', '>', idInCursor(cursor!)))
    .orderBy('d.id')
    .limit(limit + 1)
    .execute()
  const { items, next } = page(rows, limit, ({ id }) => [id])
  return { items: await decisionHeads(ctx, items), next }
}

/** @throws request.not-found also for whoever may not see it */
export async function viewDecision(ctx: Ctx, parts: Parts, id: string) {
  const { decision, version, why } = await readDecision(ctx, parts, id)
  const { subject } = decision
  const area = (await findSubjects(ctx, [subject])).get(subject)?.area ?? null
  if (!maySee(ctx.actor, { id: subject, area })) throw problem('request.not-found')
  const { number, definition, withdrawal } = version
  const [head] = await decisionHeads(ctx, [{ ...decision, number, definition }])
  return {
    ...head!,
    facts: decision.facts as Record<string, string | number | boolean>,
    why,
    receipt: decision.receipt,
    withdrawal,
  }
}

export async function viewCensus(ctx: Ctx) {
  const rows = await store(ctx)
    .selectFrom('rulebook.census as c')
    .innerJoin('rulebook.version as v', 'v.id', 'c.version')
    .selectAll('c')
    .select('v.definition')
    .orderBy('c.set_id')
    .execute()
  return {
    note: SYNTHETIC,
    items: rows.map((row) => ({
      set: row.set_id,
      title: row.definition.title,
      on: row.on_date,
      population: row.population,
      counts: row.counts as Json as JsonObject,
      computedAt: row.computed_at.toISOString(),
    })),
  }
}
