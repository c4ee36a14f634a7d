// What a set comes to for somebody: as a computation for whoever asks, or as a decision that is kept.

import { Decimal } from '#engines/feel/values.ts'
import { nextFacts } from '#engines/rules/ask.ts'
import type { FactDefinition, JudgementDefinition } from '#engines/rules/definitions.ts'
import { Evaluation, factsOf } from '#engines/rules/evaluation.ts'
import { explain } from '#engines/rules/explain.ts'
import { type Receipt, receiptOf, rulesHash } from '#engines/rules/receipt.ts'
import { RuleError } from '#engines/rules/rule-error.ts'
import { sayValue } from '#engines/rules/say.ts'
import { type Known, Open, truthOf } from '#engines/rules/types.ts'
import type { Ctx, Json, JsonObject } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { sm3 } from '#platform/seal-key.ts'
import { heldFacts } from './held.ts'
import type { Parts } from './parts.ts'
import { json, store, type VersionRow } from './store.ts'
import { readVersion, requireVersion, ruleSetOf, versionOn } from './versions.ts'

/** Refuses what the rules refuse, with the name of the fact. */
export function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    throw problem('rules.refused', {
      place: error.place.join(' › '),
      zh: error.zh,
      en: error.message,
    })
  }
}

/** A set in one version, applied to facts on a day. */
export function evaluationOf(
  parts: Parts,
  version: VersionRow,
  facts: Readonly<Record<string, unknown>>,
  on: string,
): Evaluation {
  const set = ruleSetOf(version)
  const known = refusing(() => factsOf(set, facts))
  return new Evaluation(set, { facts: known, on, workdays: parts.workdays })
}

function plain(value: Known): Json {
  if (value instanceof Decimal) return value.toFixed()
  return Array.isArray(value) ? value.map(plain) : (value as Json)
}

/** What an outcome came to, in words and as data. */
function outcomeOf(evaluation: Evaluation, name: string) {
  const value = evaluation.value(name)
  const type = evaluation.set.types.get(name)!
  return {
    name,
    truth: truthOf(value),
    value: sayValue(value, type),
    plain: value instanceof Open ? null : plain(value),
    unit: type.kind === 'number' ? type.unit.name : null,
  }
}

/** The facts to ask for next, or the judgement that is left: of the first outcome that is open. */
export function askedNext(evaluation: Evaluation): {
  facts: FactDefinition[]
  judgements: JudgementDefinition[]
} {
  const { set } = evaluation
  const judgements = new Set<string>()
  for (const name of set.definition.outcomes) {
    const facts = nextFacts(name, evaluation).map((one) => set.nodes.get(one)!.node.definition)
    if (facts.length > 0) return { facts: facts as FactDefinition[], judgements: [] }
    const value = evaluation.value(name)
    if (value instanceof Open) for (const one of value.judgements) judgements.add(one)
  }
  const left = [...judgements].map((name) => set.nodes.get(name)!.node.definition)
  return { facts: [], judgements: left as JudgementDefinition[] }
}

export interface Checking {
  set: string
  facts: Readonly<Record<string, unknown>>
  /** YYYY-MM-DD */
  on: string
}

/** Computes and keeps nothing: for anybody, about anybody. */
export async function check(ctx: Ctx, parts: Parts, { set, facts, on }: Checking) {
  const version = await requireVersion(ctx, set, on)
  const evaluation = evaluationOf(parts, version, facts, on)
  const { outcomes } = version.definition
  return {
    version: { id: version.id, number: version.number, validFrom: version.valid_from },
    on,
    outcomes: outcomes.map((name) => outcomeOf(evaluation, name)),
    next: askedNext(evaluation),
    why: outcomes.map((name) => explain(name, evaluation)),
    receipt: receiptOf(sm3, evaluation),
  }
}

/** A receipt run again: which parts of it still come out the same. */
export async function replay(
  ctx: Ctx,
  parts: Parts,
  { receipt, facts }: { receipt: Receipt; facts: Readonly<Record<string, unknown>> },
) {
  const version = await store(ctx)
    .selectFrom('rulebook.version')
    .selectAll()
    .where('set_id', '=', receipt.ruleSet)
    .where('rules_hash', '=', receipt.rules)
    .orderBy('number')
    .limit(1)
    .executeTakeFirst()
  if (!version) throw problem('rules.receipt-unknown')
  const again = receiptOf(sm3, evaluationOf(parts, version, facts, receipt.on))
  return {
    version: { id: version.id, number: version.number, validFrom: version.valid_from },
    same: {
      engine: again.engine === receipt.engine,
      rules: rulesHash(sm3, version.definition) === receipt.rules,
      facts: again.facts === receipt.facts,
      outcomes: again.outcomes === receipt.outcomes,
    },
    receipt: again,
  }
}

export interface Deciding extends Checking {
  subjectId: string
  /** What it is for, such as 'ledger.voucher'. */
  purpose: string
}

export interface Looked {
  version: VersionRow
  evaluation: Evaluation
}

/** What is held about a subject, and what else is told, as far as the set asks for it. */
async function factsAbout(
  ctx: Ctx,
  { definition }: VersionRow,
  { subjectId, facts }: Pick<Deciding, 'subjectId' | 'facts'>,
): Promise<Record<string, unknown>> {
  const held = (await heldFacts(ctx, [subjectId])).get(subjectId) ?? {}
  const asked = new Set(definition.nodes.map(({ name }) => name))
  return Object.fromEntries(
    Object.entries({ ...held, ...facts }).filter(([name]) => asked.has(name)),
  )
}

/** What a set would come to for a subject by what is held about it; nothing is kept. Null: not in force. */
export async function look(
  ctx: Ctx,
  parts: Parts,
  { set, on, ...about }: Omit<Deciding, 'purpose'>,
): Promise<Looked | null> {
  const version = await versionOn(ctx, set, on)
  if (!version) return null
  const facts = await factsAbout(ctx, version, about)
  return { version, evaluation: evaluationOf(parts, version, facts, on) }
}

export interface Decision {
  id: string
  version: VersionRow
  evaluation: Evaluation
  receipt: Receipt
}

/**
 * Decides under the version in force and keeps it: facts, outcomes, receipt. What is held about the
 * subject is added to the facts that are told. Joins the caller's transaction; the caller reads the
 * outcomes from the evaluation.
 * @throws rules.not-in-force, rules.refused
 */
export async function decide(ctx: Ctx, parts: Parts, input: Deciding): Promise<Decision> {
  const version = await requireVersion(ctx, input.set, input.on)
  return keep(ctx, parts, version, { ...input, facts: await factsAbout(ctx, version, input) })
}

async function keep(
  ctx: Ctx,
  parts: Parts,
  version: VersionRow,
  { set, facts, on, subjectId, purpose }: Deciding,
): Promise<Decision> {
  const evaluation = evaluationOf(parts, version, facts, on)
  const receipt = receiptOf(sm3, evaluation)
  const id = ctx.newId()
  const outcomes = Object.fromEntries(
    version.definition.outcomes.map((name) => {
      const { value, plain: data } = outcomeOf(evaluation, name)
      return [name, { value: { ...value }, plain: data }] as const
    }),
  )
  await store(ctx)
    .insertInto('rulebook.decision')
    .values({
      id,
      set_id: set,
      version: version.id,
      subject: subjectId,
      purpose,
      on_date: on,
      facts: json(facts as JsonObject),
      outcomes: json(outcomes as unknown as JsonObject),
      receipt: json(receipt),
      made_at: ctx.now,
      redo_since: null,
      redone_by: null,
    })
    .execute()
  await ctx.append({
    kind: 'rulebook.decided',
    version: 1,
    subjectId,
    payload: { decision: id, purpose, ruleVersion: version.id, ...receipt },
  })
  return { id, version, evaluation, receipt }
}

/**
 * Decides a case again whose version was withdrawn: the same facts and day, under what is in force
 * for that day now. The first decision stays as it was.
 * @throws request.not-found, rules.decided-again
 */
export async function decideAgain(ctx: Ctx, parts: Parts, id: string) {
  const db = store(ctx)
  const old = await db
    .selectFrom('rulebook.decision')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!old) throw problem('request.not-found')
  if (old.redo_since === null || old.redone_by !== null) throw problem('rules.decided-again')
  const version = await requireVersion(ctx, old.set_id, old.on_date)
  const made = await keep(ctx, parts, version, {
    set: old.set_id,
    facts: old.facts,
    on: old.on_date,
    subjectId: old.subject,
    purpose: old.purpose,
  })
  await db
    .updateTable('rulebook.decision')
    .set({ redone_by: made.id })
    .where('id', '=', id)
    .execute()
  const { outcomes } = await db
    .selectFrom('rulebook.decision')
    .select('outcomes')
    .where('id', '=', made.id)
    .executeTakeFirstOrThrow()
  await ctx.append({
    kind: 'rulebook.decided-again',
    version: 1,
    subjectId: old.subject,
    payload: {
      decision: id,
      again: made.id,
      changed: old.receipt.outcomes !== made.receipt.outcomes,
    },
  })
  return { id: made.id, before: old.outcomes, after: outcomes, subject: old.subject }
}

/** A kept decision with its reasons, for the subject it is about and for offices. */
export async function readDecision(ctx: Ctx, parts: Parts, id: string) {
  const found = await store(ctx)
    .selectFrom('rulebook.decision')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  if (!found) throw problem('request.not-found')
  const version = await readVersion(ctx, found.version)
  const evaluation = evaluationOf(parts, version, found.facts, found.on_date)
  const { outcomes } = version.definition
  return {
    decision: found,
    version,
    outcomes: outcomes.map((name) => outcomeOf(evaluation, name)),
    why: outcomes.map((name) => explain(name, evaluation)),
  }
}
