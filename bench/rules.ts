// Rules over a whole population, and one decision explained down to its facts.
import { performance } from 'node:perf_hooks'
import { GROUPS, makePeople, peopleFor } from '#engines/population/people.ts'
import { Columnar } from '#engines/rules/columnar.ts'
import type { NodeDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import { Evaluation, factsOf, noCalendar } from '#engines/rules/evaluation.ts'
import { explain } from '#engines/rules/explain.ts'
import { Before } from '#engines/rules/impact.ts'
import { link } from '#engines/rules/link.ts'
import type { Column, Population } from '#engines/rules/population.ts'
import { draw } from '#engines/scheduling/seed.ts'
import { readSets } from '#services/rulebook/law-sets.ts'
import type { Bench, Benchmark } from '../commands/bench.ts'
import { type ZenRow, zenSeconds } from './context/zen.ts'

const SUBJECTS = 1_000_000
const TABLES = 30
const ROWS = 20
const ROUNDS = 5
const EXPLAINED = 500
const ZEN_SUBJECTS = 20_000
const ON = '2026-11-28'
const SECTORS = ['制造', '软件', '零售', '农业', '其他']
const ask = { zh: '', en: '' }

const fact = (name: string, unit: string): NodeDefinition => {
  return { kind: 'fact', name, type: { kind: 'number', unit }, ask, cost: 1 }
}

/** Tables of twenty rows over four inputs, no two alike. */
function rules(): RuleSetDefinition {
  const tables = Array.from({ length: TABLES }, (_, nth): NodeDefinition => {
    const rows = Array.from({ length: ROWS }, (_, row) => ({
      id: String(row),
      when: [
        `>= ${(ROWS - row) / 2 + nth / 10}%`,
        `< ${300 + 40 * row} 人`,
        `> ${3_000 - 120 * row} 万元`,
        ['"软件", "制造"', 'not("农业")', '-'][row % 3]!,
      ],
      gives: [`${ROWS - row} 万元`],
      cite: [],
    }))
    return {
      kind: 'table',
      name: `政策 ${nth}`,
      hit: 'F',
      inputs: ['占比', '人数', '收入', '行业'],
      outputs: [{ name: '金额', type: { kind: 'number', unit: '万元' } }],
      rows,
      otherwise: ['0 万元'],
    }
  })
  const sector: NodeDefinition = {
    kind: 'fact',
    name: '行业',
    type: { kind: 'text', values: SECTORS },
    ask,
    cost: 1,
  }
  const nodes = [fact('占比', '%'), fact('人数', '人'), fact('收入', '万元'), sector, ...tables]
  return { id: 'bench', title: ask, nodes, outcomes: ['政策 0'] }
}

function population(): Population {
  let luck = draw(1)
  const roll = (below: number) => {
    luck = draw(luck.state)
    return Math.floor(luck.value * below)
  }
  const numbers = (value: () => number): Column => {
    return { kind: 'number', values: Float64Array.from({ length: SUBJECTS }, value) }
  }
  const columns = new Map<string, Column>([
    ['占比', numbers(() => roll(1_500) / 10_000)],
    ['人数', numbers(() => roll(1_500))],
    ['收入', numbers(() => roll(5_000))],
  ])
  const values = Uint16Array.from({ length: SUBJECTS }, () => roll(SECTORS.length))
  columns.set('行业', { kind: 'text', values, dictionary: [...SECTORS] })
  return { size: SUBJECTS, columns }
}

/** The first table in the language of zen-engine. */
const zenRows = (): ZenRow[] =>
  Array.from({ length: ROWS }, (_, row) => ({
    share: `>= ${(ROWS - row) / 200}`,
    people: `< ${300 + 40 * row}`,
    revenue: `> ${3_000 - 120 * row}`,
    sector: ["'soft', 'make'", "$ != 'farm'", ''][row % 3]!,
    amount: String(ROWS - row),
  }))
const ZEN_SECTORS = ['make', 'soft', 'shop', 'farm', 'else']

/** What others take for the same; its answers are compared with ours. */
async function context(bench: Bench, everybody: Population, ours: Float64Array): Promise<void> {
  const at = (name: string, nth: number) => everybody.columns.get(name)!.values[nth]!
  const subjects = Array.from({ length: ZEN_SUBJECTS }, (_, nth) => ({
    share: at('占比', nth),
    people: at('人数', nth),
    revenue: at('收入', nth),
    sector: ZEN_SECTORS[at('行业', nth)]!,
  }))
  const made = await zenSeconds(zenRows(), subjects)
  if (!made) {
    bench.log('zen-engine is not installed (bench/context/zen.ts says how): no context')
    return
  }
  const differ = made.found.filter((amount, nth) => (amount ?? 0) !== ours[nth]).length
  bench.log(`zen-engine: ${differ} of ${ZEN_SUBJECTS} answers differ from ours`)
  bench.log(`zen-engine 0.54 in loop mode: ${made.seconds.toFixed(1)} s for a million`)
}

/** What an edit of a ratio does to everybody, as the editor asks for it; the old side is kept. */
function impactMs(size: number): number {
  const { definition } = readSets().find((one) => one.definition.id === 'compute-voucher')!
  const sizes = readSets().find((one) => one.definition.id === 'sme-size')!.definition
  const cities = [{ name: '广州市', weight: 1 }]
  const people = makePeople({ seed: 1, size, today: ON, cities, sizes })
  const population = peopleFor(definition, people)
  const side = { set: link(definition), on: ON }
  const before = new Before(side, population, noCalendar)
  const taken = Array.from({ length: ROUNDS * 2 }, (_, nth) => {
    const edited = structuredClone(definition) as RuleSetDefinition
    const ratio = edited.nodes.find(({ name }) => name === '初创比例')
    if (ratio?.kind === 'parameter') Object.assign(ratio.values[0]!, { value: String(51 + nth) })
    const start = performance.now()
    before.against({ set: link(edited), on: ON }, GROUPS)
    return performance.now() - start
  })
  return median(taken)
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!

async function run(bench: Bench): Promise<Record<string, number>> {
  const set = link(rules())
  const everybody = population()
  const one: number[] = []
  const all: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    const columnar = new Columnar(set, everybody, ON)
    columnar.column('政策 0')
    one.push(performance.now() - start)
    for (let nth = 1; nth < TABLES; nth++) columnar.column(`政策 ${nth}`)
    all.push((performance.now() - start) / 1_000)
    if (columnar.exactly > 0) bench.log(`${columnar.exactly} looked at exactly`)
  }
  const last = new Columnar(set, everybody, ON).column('政策 0').values as Float64Array
  const facts = factsOf(set, { 占比: 4, 人数: 320, 收入: 2_500, 行业: '软件' })
  const start = performance.now()
  for (let nth = 0; nth < EXPLAINED; nth++) {
    explain('政策 0', new Evaluation(set, { facts, on: ON, workdays: noCalendar }))
  }
  const explained = (performance.now() - start) / EXPLAINED
  await context(bench, everybody, last)
  return {
    '1,000,000 x one table of 20 rules': median(one),
    '1,000,000 x 30 tables': median(all),
    'full explanation': explained,
    'an edit to its impact, 200,000 companies (engine)': impactMs(200_000),
    'an edit to its impact, 1,000,000 companies (engine)': impactMs(SUBJECTS),
  }
}

export default {
  name: 'rules',
  limits: {
    '1,000,000 x one table of 20 rules': { unit: 'ms', must: { op: '<=', value: 50 } },
    '1,000,000 x 30 tables': { unit: 's', must: { op: '<=', value: 3 } },
    'full explanation': { unit: 'ms', must: { op: '<=', value: 2 } },
    'an edit to its impact, 200,000 companies (engine)': {
      unit: 'ms',
      must: { op: '<=', value: 200 },
    },
    'an edit to its impact, 1,000,000 companies (engine)': {
      unit: 'ms',
      must: { op: '<=', value: 500 },
    },
  },
  run,
} satisfies Benchmark
