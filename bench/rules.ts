// Rules over a whole population, and one decision explained down to its facts.
import { performance } from 'node:perf_hooks'
import { Columnar } from '#engines/rules/columnar.ts'
import type { NodeDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import { Evaluation, factsOf, noCalendar } from '#engines/rules/evaluation.ts'
import { explain } from '#engines/rules/explain.ts'
import { link } from '#engines/rules/link.ts'
import type { Column, Population } from '#engines/rules/population.ts'
import { draw } from '#engines/scheduling/seed.ts'
import type { Bench, Benchmark } from '../commands/bench.ts'

const SUBJECTS = 1_000_000
const TABLES = 30
const ROWS = 20
const ROUNDS = 5
const EXPLAINED = 500
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
  const facts = factsOf(set, { 占比: 4, 人数: 320, 收入: 2_500, 行业: '软件' })
  const start = performance.now()
  for (let nth = 0; nth < EXPLAINED; nth++) {
    explain('政策 0', new Evaluation(set, { facts, on: ON, workdays: noCalendar }))
  }
  return {
    '1,000,000 x one table of 20 rules': median(one),
    '1,000,000 x 30 tables': median(all),
    'full explanation': (performance.now() - start) / EXPLAINED,
  }
}

export default {
  name: 'rules',
  limits: {
    '1,000,000 x one table of 20 rules': { unit: 'ms', must: { op: '<=', value: 50 } },
    '1,000,000 x 30 tables': { unit: 's', must: { op: '<=', value: 3 } },
    'full explanation': { unit: 'ms', must: { op: '<=', value: 2 } },
  },
  run,
} satisfies Benchmark
