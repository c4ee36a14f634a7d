// On which terms somebody may claim a voucher: outcomes of the rule set of its scheme, with the reason.
import { Decimal } from '#engines/feel/values.ts'
import type { Evaluation } from '#engines/rules/evaluation.ts'
import { sayValue } from '#engines/rules/say.ts'
import { Open, type Value } from '#engines/rules/types.ts'
import { dateInChina } from '#law/schema.ts'
import type { Ctx, Text } from '#platform/context.ts'
import { findSubjects, reaches } from '#services/identity/index.ts'
import type { Looked } from '#services/rulebook/index.ts'
import type { VoucherParts } from './parts.ts'
import type { Scheme } from './schemes.ts'

/** Names in the rule set of a scheme: what a voucher needs to know of it. */
export interface SchemeRule {
  set: string
  /** Of the contract, in per cent; 0 where there is nothing for whoever asks. */
  ratio: string
  /** Most for one subject a year. */
  cap: string
  /** Whether somebody is a start-up, and the higher ratio of those who are; null: there is none. */
  startup: { is: string; ratio: string } | null
}

const province = {
  ratio: '补贴比例',
  cap: '年度上限',
  startup: { is: '初创', ratio: '初创比例' },
}

/** A scheme without a rule set cannot be claimed. */
export const RULES: Readonly<Record<string, SchemeRule>> = {
  'guangdong.compute': { ...province, set: 'compute-voucher' },
  'guangdong.model': { ...province, set: 'model-voucher' },
  'guangdong.corpus': { ...province, set: 'corpus-voucher' },
  'shenzhen.compute': {
    set: 'compute-voucher-shenzhen',
    ratio: '适用比例',
    cap: '补贴上限',
    startup: { is: '初创企业', ratio: '初创比例' },
  },
  'shenzhen.corpus': {
    set: 'corpus-voucher-shenzhen',
    ratio: '补贴比例',
    cap: '年度上限',
    startup: null,
  },
}

export interface Terms {
  rule: SchemeRule
  /** Version of the rule set. */
  number: number
  class: 'general' | 'startup'
  /** In basis points. */
  ratio: number
  /** 1/10,000 yuan. */
  cap: bigint
  reason: Text
}

export type TermsFound =
  | ({ outcome: 'open' } & Terms)
  /** No rule in force today says a ratio and a cap. */
  | { outcome: 'no-rule' }
  | { outcome: 'area' }
  | { outcome: 'outside'; reason: Text }
  | { outcome: 'unknown'; facts: string[] }

const BASIS_POINTS = 10_000
const UNITS_OF_YUAN = 10_000

/** An amount in the ledger's units, whatever the rule counts it in. */
function unitsOf(evaluation: Evaluation, name: string): bigint | null {
  const value = evaluation.value(name)
  const type = evaluation.set.types.get(name)
  if (!(value instanceof Decimal) || type?.kind !== 'number') return null
  const units = value.times(type.unit.scale).times(UNITS_OF_YUAN)
  return BigInt(units.toDecimalPlaces(0, Decimal.ROUND_FLOOR).toFixed())
}

/** The row of a table that applies, by its name. */
function rowOf(evaluation: Evaluation, name: string): string | null {
  const node = evaluation.set.nodes.get(name)?.node
  if (node?.kind !== 'table') return null
  const row = evaluation.decision(node).rows.find(({ applies }) => applies === true)
  return row?.row.definition.id ?? null
}

function says(evaluation: Evaluation, name: string): Text {
  return sayValue(evaluation.value(name), evaluation.set.types.get(name)!)
}

/** Reads the terms out of an evaluation. */
function termsIn({ version, evaluation }: Looked, rule: SchemeRule): TermsFound {
  const found: Value = evaluation.value(rule.ratio)
  if (found instanceof Open) {
    const { facts, judgements, faults } = found
    if (facts.size + judgements.size > 0) {
      return { outcome: 'unknown', facts: [...facts, ...judgements] }
    }
    return faults.size > 0 ? { outcome: 'no-rule' } : { outcome: 'unknown', facts: [] }
  }
  const cap = unitsOf(evaluation, rule.cap)
  if (!(found instanceof Decimal) || cap === null) return { outcome: 'no-rule' }
  const row = rowOf(evaluation, rule.ratio) ?? rule.ratio
  const { title, id } = version.definition
  const named = {
    zh: `${title.zh}第 ${version.number} 版`,
    en: `${title.en}, version ${version.number}`,
  }
  if (found.lte(0)) {
    return {
      outcome: 'outside',
      reason: {
        zh: `${named.zh}“${row}”一行：不予补贴`,
        en: `${named.en}, row “${row}”: no support`,
      },
    }
  }
  const ratio = found.times(BASIS_POINTS)
  if (!ratio.isInteger()) throw new Error(`${id}: a ratio of parts of a basis point: ${found}`)
  const higher = rule.startup && evaluation.value(rule.startup.ratio)
  // A young university is a start-up by its age and has the general ratio.
  const startup =
    higher instanceof Decimal && higher.eq(found) && evaluation.value(rule.startup!.is) === true
  const [rate, most] = [says(evaluation, rule.ratio), says(evaluation, rule.cap)]
  return {
    outcome: 'open',
    rule,
    number: version.number,
    class: startup ? 'startup' : 'general',
    ratio: ratio.toNumber(),
    cap,
    reason: {
      zh: `${named.zh}“${row}”一行：按合同额 ${rate.zh}，年度上限 ${most.zh}`,
      en: `${named.en}, row “${row}”: ${rate.en} of a contract, at most ${most.en} a year`,
    },
  }
}

/** On which terms a subject may claim of a scheme today, by what is held about it. */
export async function termsOf(
  ctx: Ctx,
  { rules }: Pick<VoucherParts, 'rules'>,
  scheme: Scheme,
  subjectId: string,
): Promise<TermsFound> {
  const rule = RULES[scheme.id]
  if (!rule) return { outcome: 'no-rule' }
  const subject = (await findSubjects(ctx, [subjectId])).get(subjectId)
  const nobody = { zh: '只面向单位', en: 'for organisations only' }
  if (subject?.kind !== 'organisation') return { outcome: 'outside', reason: nobody }
  if (subject.area === null || !reaches(scheme.area, subject.area)) return { outcome: 'area' }
  const on = dateInChina(ctx.now)
  const looked = await rules.look(ctx, { set: rule.set, subjectId, facts: {}, on })
  return looked ? termsIn(looked, rule) : { outcome: 'no-rule' }
}
