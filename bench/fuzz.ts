// Random inputs to every rule set of the law: one by one against all at once, receipts, reasons.

import { Columnar } from '#engines/rules/columnar.ts'
import type { RuleSetDefinition, TypeDefinition } from '#engines/rules/definitions.ts'
import { Evaluation, factsOf, noCalendar } from '#engines/rules/evaluation.ts'
import { link, type RuleSet } from '#engines/rules/link.ts'
import { populationOf, valueAt } from '#engines/rules/population.ts'
import { receiptOf } from '#engines/rules/receipt.ts'
import { Open, sameKnown } from '#engines/rules/types.ts'
import { draw } from '#engines/scheduling/seed.ts'
import { sm3 } from '#platform/seal-key.ts'
import { readSets } from '#services/rulebook/law-sets.ts'
import type { Bench, Benchmark } from '../commands/bench.ts'

const INPUTS = 1_000_000
const SEED = 34
/** Receipts of so many are run again: three hashes each. */
const EVERY = 10
const ON = '2026-11-29'
const BATCH = 5_000

class Dice {
  private state: number
  constructor(seed: number) {
    this.state = seed
  }
  next(): number {
    const { value, state } = draw(this.state)
    this.state = state
    return value
  }
  one<T>(of: readonly T[]): T {
    return of[Math.floor(this.next() * of.length)]!
  }
}

/** Numbers that the texts of a set name: bounds, where answers turn. */
function boundsOf({ nodes }: RuleSetDefinition): number[] {
  const texts = nodes.flatMap((node) => {
    if (node.kind === 'parameter') return node.values.map(({ value }) => value)
    if (node.kind === 'formula') return [node.expression]
    return node.kind === 'table' ? node.rows.flatMap(({ when }) => when) : []
  })
  const found = texts.flatMap((text) => text.match(/\d+(?:\.\d{1,4})?/g) ?? []).map(Number)
  return [...new Set([0, 1, ...found])]
}

function number(dice: Dice, bounds: readonly number[]): number {
  const turn = dice.next()
  const bound = dice.one(bounds)
  if (turn < 0.4) return bound
  if (turn < 0.6) return Number((bound + dice.one([-1, 1, -0.01, 0.01, 0.5])).toFixed(4))
  return Number((dice.next() * 10 ** Math.floor(dice.next() * 7)).toFixed(dice.one([0, 2, 4])))
}

function value(type: TypeDefinition, dice: Dice, bounds: readonly number[]): unknown {
  switch (type.kind) {
    case 'boolean':
      return dice.next() < 0.5
    case 'date': {
      const day = Math.floor(Date.UTC(2018, 0, 1) / 86_400_000 + dice.next() * 3_500)
      return new Date(day * 86_400_000).toISOString().slice(0, 10)
    }
    case 'text':
      return type.values ? dice.one(type.values) : dice.one(['甲', '乙'])
    default:
      return number(dice, bounds)
  }
}

function subject(set: RuleSetDefinition, dice: Dice, bounds: readonly number[]) {
  const missing = dice.one([0, 0, 0.1, 0.4])
  const facts: Record<string, unknown> = {}
  for (const node of set.nodes) {
    if (node.kind !== 'fact' && node.kind !== 'judgement') continue
    if (dice.next() >= missing) facts[node.name] = value(node.type, dice, bounds)
  }
  return facts
}

interface Found {
  disagree: number
  unexplained: number
  receipts: number
}

/** Amounts that are computed are doubles: they are the same to the last digits that matter. */
function agree(
  column: ReturnType<typeof valueAt>,
  single: Parameters<typeof sameKnown>[0],
): boolean {
  if (column === undefined) return false
  if (sameKnown(column, single)) return true
  const [a, b] = [Number(column), Number(single)]
  return typeof column === 'object' && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b))
}

function batch(set: RuleSet, dice: Dice, size: number, bounds: readonly number[], found: Found) {
  const subjects = Array.from({ length: size }, () => subject(set.definition, dice, bounds))
  const columnar = new Columnar(set, populationOf(set, subjects), ON)
  const lists = new Set(
    [...set.types].filter(([, { kind }]) => kind === 'list').map(([name]) => name),
  )
  const names = set.definition.outcomes.filter((name) => !lists.has(name))
  const columns = names.map((name) => columnar.column(name))
  for (const [nth, facts] of subjects.entries()) {
    const given = { facts: factsOf(set, facts), on: ON, workdays: noCalendar }
    const evaluation = new Evaluation(set, given)
    for (const [at, name] of names.entries()) {
      const single = evaluation.value(name)
      const column = valueAt(columns[at]!, nth)
      if (single instanceof Open) {
        if (column !== undefined) found.disagree++
        const reasons = single.facts.size + single.judgements.size + single.faults.size
        if (reasons === 0) found.unexplained++
      } else if (!agree(column, single)) found.disagree++
    }
    if (nth % EVERY !== 0) continue
    const receipt = JSON.stringify(receiptOf(sm3, evaluation))
    if (JSON.stringify(receiptOf(sm3, new Evaluation(set, given))) !== receipt) found.receipts++
  }
}

async function run(bench: Bench): Promise<Record<string, number>> {
  const sets = readSets().map(({ definition }) => link(definition))
  const dice = new Dice(SEED)
  const found: Found = { disagree: 0, unexplained: 0, receipts: 0 }
  const each = Math.ceil(INPUTS / sets.length)
  for (const set of sets) {
    const bounds = boundsOf(set.definition)
    const before = found.disagree
    for (let done = 0; done < each; done += BATCH) {
      batch(set, dice, Math.min(BATCH, each - done), bounds, found)
    }
    if (found.disagree > before) bench.log(`${set.definition.id}: ${found.disagree - before}`)
  }
  bench.log(`${each * sets.length} inputs to ${sets.length} sets, seed ${SEED}`)
  return {
    'one by one against all at once, of 1,000,000 inputs: differ': found.disagree,
    'open without a reason': found.unexplained,
    'receipts of 100,000 run again: differ': found.receipts,
  }
}

const none = { unit: '', must: { op: '<=', value: 0 } } as const

export default {
  name: 'fuzz',
  limits: {
    'one by one against all at once, of 1,000,000 inputs: differ': none,
    'open without a reason': none,
    'receipts of 100,000 run again: differ': none,
  },
  run,
} satisfies Benchmark
