import { createHash } from 'node:crypto'
import { readSets } from '#services/rulebook/law-sets.ts'
import { census } from '#services/rulebook/worker.ts'
import { makePeople } from './people.ts'
import { syntheticCompanies } from './synthetic.ts'

const w: Record<string, number> = { 广州市: 24, 深圳市: 30, 东莞市: 12, 佛山市: 10, 珠海市: 4, 惠州市: 4, 中山市: 4, 江门市: 3 }
const rest = ['韶关市','汕头市','湛江市','茂名市','肇庆市','梅州市','汕尾市','河源市','阳江市','清远市','潮州市','揭阳市','云浮市']
const cities = [...Object.entries(w).map(([name, weight]) => ({ name, weight })), ...rest.map((name) => ({ name, weight: 1 }))]
const today = '2026-11-29'
const sets = readSets().map(({ definition }) => definition)
const sizes = sets.find(({ id }) => id === 'sme-size')!
for (const size of process.argv.slice(2).map(Number)) {
  const began = performance.now()
  const made = syntheticCompanies({ seed: 34, size, today, cities })
  console.log(size, 'made in', Math.round(performance.now() - began), 'ms')
  const bytes = [...made.columns.values()].reduce((sum, { values }) => sum + values.byteLength, 0)
  console.log(made.columns.size, 'columns', (bytes / 1e6).toFixed(0), 'MB')
  if (size === 20000) for (const [name, column] of made.columns) console.log('hash', name, createHash('md5').update(new Uint8Array(column.values.buffer)).digest('hex').slice(0, 10))
  if (size !== 200000) continue
  const recipe = { seed: 34, size, today, cities, sizes }
  const b2 = performance.now()
  makePeople(recipe)
  console.log('makePeople', Math.round(performance.now() - b2))
  const b3 = performance.now()
  const counts = census({ recipe, definitions: sets, on: today })
  console.log('census', Math.round(performance.now() - b3))
  for (const [id, { entitled, open, amount, unit }] of Object.entries(counts)) console.log(id, { entitled, open, not: size - entitled - open, amount, unit })
}
