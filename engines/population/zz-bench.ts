import { createHash } from 'node:crypto'
import { readSets } from '#services/rulebook/law-sets.ts'
import { census } from '#services/rulebook/worker.ts'
import { makePeople } from './people.ts'
import { syntheticCompanies } from './synthetic.ts'

const w: Record<string, number> = {
  广州市: 24,
  深圳市: 30,
  东莞市: 12,
  佛山市: 10,
  珠海市: 4,
  惠州市: 4,
  中山市: 4,
  江门市: 3,
}
const rest = [
  '韶关市',
  '汕头市',
  '湛江市',
  '茂名市',
  '肇庆市',
  '梅州市',
  '汕尾市',
  '河源市',
  '阳江市',
  '清远市',
  '潮州市',
  '揭阳市',
  '云浮市',
]
const cities = [
  ...Object.entries(w).map(([name, weight]) => ({ name, weight })),
  ...rest.map((name) => ({ name, weight: 1 })),
]
const today = '2026-11-29'
const sets = readSets().map(({ definition }) => definition)
const sizes = sets.find(({ id }) => id === 'sme-size')!
for (const size of process.argv.slice(2).map(Number)) {
  const began = performance.now()
  const made = syntheticCompanies({ seed: 34, size, today, cities })
  console.log(size, 'made in', Math.round(performance.now() - began), 'ms')
  const bytes = [...made.columns.values()].reduce((sum, { values }) => sum + values.byteLength, 0)
  console.log(made.columns.size, 'columns', (bytes / 1e6).toFixed(0), 'MB')
  if (size === 20000)
    for (const [name, column] of made.columns)
      console.log(
        'hash',
        name,
        createHash('md5').update(new Uint8Array(column.values.buffer)).digest('hex').slice(0, 10),
      )
  if (size !== 200000) continue
  const recipe = { seed: 34, size, today, cities, sizes }
  const b2 = performance.now()
  makePeople(recipe)
  console.log('makePeople', Math.round(performance.now() - b2))
  const b3 = performance.now()
  const counts = census({ recipe, definitions: sets, on: today })
  console.log('census', Math.round(performance.now() - b3))
  for (const [id, { entitled, open, amount, unit }] of Object.entries(counts))
    console.log(id, { entitled, open, not: size - entitled - open, amount, unit })
}
{
  const recipe = { seed: 34, size: 200000, today, cities, sizes }
  const { population } = makePeople(recipe)
  const { peopleFor } = await import('./people.ts')
  const { Columnar } = await import('#engines/rules/columnar.ts')
  const { link } = await import('#engines/rules/link.ts')
  const { valueAt } = await import('#engines/rules/population.ts')
  const ladderSet = sets.find(({ id }) => id === 'enterprise-ladder')!
  const all = new Columnar(
    link(ladderSet),
    peopleFor(ladderSet, { population, types: makePeople({ ...recipe, size: 10 }).types }),
    today,
  )
  const count = (column: any) => {
    const c: Record<string, number> = {}
    for (let i = 0; i < population.size; i++) {
      const v = String(valueAt(column, i))
      c[v] = (c[v] ?? 0) + 1
    }
    return c
  }
  for (const name of [
    '最高梯度',
    '达到专精特新中小企业',
    '达到专精特新小巨人企业',
    '满足直通条件',
    '评价得分达标',
    '专精特新规模与财务',
    '专精特新研发投入',
    '小巨人经营',
    '小巨人市场地位',
  ])
    console.log(name, count(all.column(name)))
  for (const name of [
    '现有称号',
    '企业规模',
    '科技奖励',
    '最佳知识产权',
    '高新技术企业等荣誉',
    '省部级研发机构',
    '战略性新兴产业',
    '国内前三',
    '暂行办法其他条件',
    '合规经营',
    '初创企业',
    '在深圳登记',
    '用于大模型训练',
    '购买语料',
    '关联关系',
    '细分市场年限',
    '一类知识产权',
  ])
    console.log(name, JSON.stringify(count(population.columns.get(name)!)))
  for (const [name, c] of population.columns)
    if (c.kind === 'number') {
      const v = Array.from(c.values).sort((a, b) => a - b)
      console.log(
        name,
        [0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]
          .map((q) => v[Math.min(v.length - 1, Math.floor(q * v.length))])
          .join(' '),
      )
    }
}
