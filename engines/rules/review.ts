// Whether a set may be published: what is wrong with it, gaps and overlaps, and cases that come out otherwise.
import { analyse, type Box } from './analyse.ts'
import type { CaseDefinition, RuleSetDefinition, Text, TypeDefinition } from './definitions.ts'
import { evaluate } from './evaluate.ts'
import { Evaluation, factsOf, type Given } from './evaluation.ts'
import { faultsOf, knownOf, link, type RuleSet } from './link.ts'
import { RuleError } from './rule-error.ts'
import { sayKnown, sayValue } from './say.ts'
import { Open, sameKnown, type Type } from './types.ts'

export interface Fault {
  code: string
  place: readonly string[]
  says: Text
}

/** What a table leaves out, or says twice. */
export interface TableFindings {
  table: string
  gaps: readonly Text[]
  overlaps: readonly { rows: readonly [string, string]; says: Text }[]
  unreachable: readonly string[]
}

export interface CaseResult {
  name: string
  ok: boolean
  /** What came out otherwise, or why the case cannot be read. */
  differs: readonly { outcome: string; expected: Text; found: Text }[]
  fault: Text | null
}

export interface Review {
  faults: readonly Fault[]
  tables: readonly TableFindings[]
  cases: readonly CaseResult[]
  /** Whether nothing stands in the way: rows that never decide are told, and harm nobody. */
  sound: boolean
}

const faultOf = ({ code, place, zh, message }: RuleError): Fault => ({
  code,
  place,
  says: { zh, en: message },
})

/** The type of an outcome, as it was written; what is counted is a number whatever it is. */
function definedType(set: RuleSet, name: string): TypeDefinition {
  const found = set.nodes.get(name)
  if (!found)
    throw new RuleError('name-unknown', `没有叫“${name}”的结果`, `There is no outcome ${name}`)
  const { definition } = found.node
  if (definition.kind !== 'table') return definition.type
  return definition.hit === 'C#'
    ? { kind: 'number', unit: '' }
    : definition.outputs[found.output]!.type
}

/** What a set grants has to be there: whether, and how much. */
function benefitFaults({ definition: { benefit }, types }: RuleSet): Fault[] {
  const fault = (code: string, name: string, zh: string, en: string): Fault[] => [
    { code, place: ['权益', name], says: { zh, en } },
  ]
  const found = (name: string, wanted: Type['kind'], zh: string, en: string): Fault[] => {
    const type = types.get(name)
    if (!type)
      return fault('name-unknown', name, `没有叫“${name}”的结果`, `There is no outcome ${name}`)
    return type.kind === wanted ? [] : fault('type', name, zh, en)
  }
  if (!benefit) return []
  const { entitled, amount } = benefit
  return [
    ...found(entitled, 'boolean', '是否享受应为是否', 'Whether it is granted must be yes or no'),
    ...(amount === null
      ? []
      : found(amount, 'number', '金额应为数', 'The amount must be a number')),
  ]
}

/** Runs one case. Never throws: a case that cannot be read says so. */
export function tryCase(
  set: RuleSet,
  one: CaseDefinition,
  workdays: Given['workdays'],
): CaseResult {
  const { name } = one
  try {
    const given = { facts: factsOf(set, one.facts), on: one.on, workdays }
    const evaluation = new Evaluation(set, given)
    const differs = Object.entries(one.expect).flatMap(([outcome, value]) => {
      const wanted = knownOf(value, definedType(set, outcome))
      const found = evaluation.value(outcome)
      if (!(found instanceof Open) && sameKnown(found, wanted)) return []
      const type: Type = set.types.get(outcome)!
      return [{ outcome, expected: sayKnown(wanted, type), found: sayValue(found, type) }]
    })
    return { name, ok: differs.length === 0, differs, fault: null }
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return { name, ok: false, differs: [], fault: faultOf(error).says }
  }
}

const says = ({ says }: Box): Text => says

/** Where a cell asks more than its column, or a bound has no value that day. */
const UNCHECKED: Text = {
  zh: '无法逐一核对各种情形（例如所引参数当日没有取值），请写明其余情况的结果',
  en: 'not every case can be looked at (such as a bound without a value that day): say what holds for the rest',
}

/** Gaps and overlaps of every table on a day; one that cannot be looked at exactly needs a default. */
export function findingsOf(set: RuleSet, on: string, workdays: Given['workdays']): TableFindings[] {
  const evaluation = new Evaluation(set, { facts: new Map(), on, workdays })
  const tables = new Set([...set.nodes.values()].map(({ node }) => node))
  return [...tables].flatMap((node) => {
    if (node.kind !== 'table') return []
    const found = analyse(node, (expr) => evaluate(expr, evaluation))
    const { name, otherwise, hit } = node.definition
    if (!found) {
      const needy = otherwise === null && !hit.startsWith('C') && hit !== 'R' && hit !== 'O'
      return needy ? [{ table: name, gaps: [UNCHECKED], overlaps: [], unreachable: [] }] : []
    }
    const overlaps = found.overlaps.map(({ rows, box }) => ({ rows, says: box.says }))
    return [
      {
        table: name,
        gaps: found.gaps.map(says),
        overlaps,
        unreachable: found.unreachable,
      },
    ]
  })
}

/**
 * Looks at a set as it would be in force on a day.
 * @param on YYYY-MM-DD
 */
export function review(
  definition: RuleSetDefinition,
  cases: readonly CaseDefinition[],
  on: string,
  workdays: Given['workdays'],
): Review {
  const faults = faultsOf(definition).map(faultOf)
  if (faults.length > 0) return { faults, tables: [], cases: [], sound: false }
  const set = link(definition)
  const granting = benefitFaults(set)
  if (granting.length > 0) return { faults: granting, tables: [], cases: [], sound: false }
  const tables = findingsOf(set, on, workdays)
  const tried = cases.map((one) => tryCase(set, one, workdays))
  const whole = tables.every(({ gaps, overlaps }) => gaps.length + overlaps.length === 0)
  return { faults, tables, cases: tried, sound: whole && tried.every(({ ok }) => ok) }
}
