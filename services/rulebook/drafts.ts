// Drafts of a set: opened on a version, saved however unfinished, handed in when sound, passed by another.
import type { CaseDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import { diff } from '#engines/rules/diff.ts'
import { type Review, review } from '#engines/rules/review.ts'
import { dateInChina } from '#law/schema.ts'
import type { Ctx, JsonObject } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { requireVersion as requireRevision } from '#platform/routes.ts'
import { citationFaults } from './citations.ts'
import type { DraftParts, Parts } from './parts.ts'
import { type DraftRow, json, store, type VersionRow } from './store.ts'
import { insertVersion, readVersion, versionOn } from './versions.ts'

/** Parts of addresses, which no set can be called. */
const RESERVED = new Set('drafts population census entitlements decisions receipts redo'.split(' '))

const today = (ctx: Ctx) => dateInChina(ctx.now)

/** @throws request.not-found */
export async function readDraft(ctx: Ctx, id: string): Promise<DraftRow> {
  const found = await store(ctx)
    .selectFrom('rulebook.draft')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!found) throw problem('request.not-found')
  return found
}

async function lockDraft(ctx: Ctx, id: string, ifMatch: string | null, state: DraftRow['state']) {
  const found = await store(ctx)
    .selectFrom('rulebook.draft')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!found) throw problem('request.not-found')
  requireRevision(ifMatch, found.revision)
  if (found.state !== state) throw problem('rules.draft-state', { state: found.state })
  return found
}

async function change(ctx: Ctx, draft: DraftRow, set: Partial<DraftRow>): Promise<number> {
  const revision = draft.revision + 1
  await store(ctx)
    .updateTable('rulebook.draft')
    .set({ ...set, revision, changed_at: ctx.now })
    .where('id', '=', draft.id)
    .execute()
  return revision
}

async function told(ctx: Ctx, kind: string, draft: DraftRow, more: JsonObject = {}): Promise<void> {
  await ctx.append({
    kind: `rulebook.${kind}`,
    version: 1,
    subjectId: ctx.actor.subjectId,
    payload: { draft: draft.id, set: draft.set_id, ...more },
  })
}

/** What stands in the way of a draft, as it would be in force on a day. */
export function reviewOf(
  parts: DraftParts,
  definition: RuleSetDefinition,
  cases: readonly CaseDefinition[],
  on: string,
): Review {
  const found = review(definition, cases, on, parts.workdays)
  const faults = [...found.faults, ...citationFaults(definition, parts.clauses)]
  return { ...found, faults, sound: found.sound && faults.length === 0 }
}

/** A draft of the next version of a set, as what is in force now. */
export async function openDraft(ctx: Ctx, set: string): Promise<string> {
  const base = await versionOn(ctx, set, today(ctx))
  if (!base) throw problem('rules.not-in-force', { set, on: today(ctx) })
  return insertDraft(ctx, {
    set_id: set,
    base: base.id,
    definition: base.definition,
    cases: base.cases,
  })
}

/** A draft that holds a definition from elsewhere: of the next version, or of a new set. */
export async function draftOf(ctx: Ctx, definition: RuleSetDefinition): Promise<string> {
  const base = await versionOn(ctx, definition.id, today(ctx))
  if (!base) return startSet(ctx, { definition, cases: [] })
  return insertDraft(ctx, {
    set_id: definition.id,
    base: base.id,
    definition,
    cases: base.cases,
  })
}

/** A draft of a set that there is not yet. @throws rules.set-exists */
export async function startSet(
  ctx: Ctx,
  { definition, cases }: { definition: RuleSetDefinition; cases: CaseDefinition[] },
): Promise<string> {
  if (RESERVED.has(definition.id)) throw problem('rules.set-exists', { set: definition.id })
  const exists = await store(ctx)
    .selectFrom('rulebook.version')
    .select('id')
    .where('set_id', '=', definition.id)
    .limit(1)
    .executeTakeFirst()
  if (exists) throw problem('rules.set-exists', { set: definition.id })
  return insertDraft(ctx, { set_id: definition.id, base: null, definition, cases })
}

async function insertDraft(
  ctx: Ctx,
  start: Pick<DraftRow, 'set_id' | 'base' | 'definition' | 'cases'>,
): Promise<string> {
  const id = ctx.newId()
  const row: DraftRow = {
    ...start,
    id,
    revision: 1,
    state: 'open',
    valid_from: null,
    reason: '',
    office: ctx.actor.subjectId!,
    author: ctx.actor.personId!,
    impact: null,
    remark: null,
    version: null,
    changed_at: ctx.now,
  }
  await store(ctx)
    .insertInto('rulebook.draft')
    .values({ ...row, definition: json(row.definition), cases: json(row.cases) })
    .execute()
  await told(ctx, 'drafted', row)
  return id
}

export interface Saved {
  definition: RuleSetDefinition
  cases: CaseDefinition[]
  validFrom: string | null
  reason: string
}

/** Saves a draft with whatever is still wrong in it. @throws request.version, rules.draft-state */
export async function saveDraft(
  ctx: Ctx,
  id: string,
  ifMatch: string | null,
  { definition, cases, validFrom, reason }: Saved,
): Promise<number> {
  const draft = await lockDraft(ctx, id, ifMatch, 'open')
  if (definition.id !== draft.set_id) throw problem('rules.other-set', { set: draft.set_id })
  return change(ctx, draft, {
    definition: json(definition),
    cases: json(cases),
    valid_from: validFrom,
    reason,
    author: ctx.actor.personId!,
  })
}

/**
 * Hands a draft in for the second reader, if nothing stands in the way.
 * @param impact what it does to the population, computed for exactly this text
 */
export async function submitDraft(
  ctx: Ctx,
  parts: DraftParts,
  id: string,
  ifMatch: string | null,
  impact: JsonObject | null,
): Promise<number> {
  const draft = await lockDraft(ctx, id, ifMatch, 'open')
  await requireReady(ctx, parts, draft)
  const revision = await change(ctx, draft, {
    state: 'submitted',
    impact: impact && json(impact),
    remark: null,
  })
  await told(ctx, 'submitted', draft, { from: draft.valid_from })
  return revision
}

/** Refuses what may not be published, with the first reason. */
async function requireReady(ctx: Ctx, parts: DraftParts, draft: DraftRow): Promise<void> {
  const { definition, cases, valid_from: from, reason } = draft
  if (from === null) throw problem('rules.day-needed')
  // What is in force is never edited, so that a version begins tomorrow at the earliest.
  if (from <= today(ctx)) throw problem('rules.day-past', { from, today: today(ctx) })
  if (reason.trim() === '') throw problem('rules.reason-needed')
  if (draft.base) {
    const base = await readVersion(ctx, draft.base)
    if (diff(base.definition, definition).length === 0) throw problem('rules.nothing-changed')
    await requireNewest(ctx, base)
  }
  const found = reviewOf(parts, definition, cases, from)
  if (found.sound) return
  const [fault] = found.faults
  if (fault) {
    const { zh, en } = fault.says
    throw problem('rules.refused', { place: fault.place.join(' › '), zh, en })
  }
  const table = found.tables.find(({ gaps, overlaps }) => gaps.length + overlaps.length > 0)
  if (table) {
    const [gap] = table.gaps
    const says = gap ?? table.overlaps[0]!.says
    throw problem(gap ? 'rules.gap' : 'rules.overlap', { table: table.table, ...says })
  }
  const red = found.cases.filter(({ ok }) => !ok).map(({ name }) => name)
  throw problem('rules.cases-red', { count: red.length, first: red[0]! })
}

/** Refuses a draft that would undo what was published after it was begun. */
async function requireNewest(ctx: Ctx, base: VersionRow): Promise<void> {
  const newest = await store(ctx)
    .selectFrom('rulebook.version')
    .select(['id', 'number'])
    .where('set_id', '=', base.set_id)
    .where('withdrawn_at', 'is', null)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (newest && newest.number > base.number) {
    throw problem('rules.base-moved', { number: newest.number })
  }
}

/** The second reader hands it back with a remark. @throws rules.own-draft */
export async function returnDraft(
  ctx: Ctx,
  parts: Parts,
  id: string,
  ifMatch: string | null,
  remark: string,
): Promise<number> {
  const draft = await lockDraft(ctx, id, ifMatch, 'submitted')
  requireOther(ctx, draft)
  const revision = await change(ctx, draft, { state: 'open', remark })
  await told(ctx, 'returned', draft)
  await tellAuthor(ctx, parts, draft, 'rulebook.draft-returned')
  return revision
}

/** The second reader passes it: a new version, in force from its day on. @throws rules.own-draft */
export async function publishDraft(
  ctx: Ctx,
  parts: DraftParts,
  id: string,
  ifMatch: string | null,
): Promise<{ version: string; revision: number }> {
  const draft = await lockDraft(ctx, id, ifMatch, 'submitted')
  requireOther(ctx, draft)
  await requireReady(ctx, parts, draft)
  const version = await insertVersion(ctx, {
    set_id: draft.set_id,
    definition: draft.definition,
    cases: draft.cases,
    valid_from: draft.valid_from!,
    origin: 'draft',
    base: draft.base,
    author: draft.author,
    reader: ctx.actor.personId!,
    reason: draft.reason,
    impact: draft.impact,
  })
  const revision = await change(ctx, draft, { state: 'published', version })
  await tellAuthor(ctx, parts, draft, 'rulebook.draft-published')
  return { version, revision }
}

/** Puts a draft away; it can still be read. */
export async function dropDraft(ctx: Ctx, id: string, ifMatch: string | null): Promise<number> {
  const draft = await lockDraft(ctx, id, ifMatch, 'open')
  const revision = await change(ctx, draft, { state: 'dropped' })
  await told(ctx, 'dropped', draft)
  return revision
}

/** Four eyes: whoever wrote it last is not its reader. */
function requireOther(ctx: Ctx, { author }: DraftRow): void {
  if (ctx.actor.personId === author) throw problem('rules.own-draft')
}

async function tellAuthor(
  ctx: Ctx,
  parts: Parts,
  draft: DraftRow,
  kind: 'rulebook.draft-returned' | 'rulebook.draft-published',
): Promise<void> {
  await parts.notify(ctx, {
    to: { person: draft.author },
    kind,
    params: { set: draft.definition.title, from: draft.valid_from! },
    link: `/workbench/rules/drafts/${draft.id}`,
  })
}
