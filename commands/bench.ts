// ./kapok bench: measures each figure and sets it beside its limit.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { StoredClock } from '#platform/clock.ts'
import { startEmbedded } from '#platform/embedded-postgres.ts'
import { createLog } from '#platform/log.ts'
import { migrate } from '#platform/migrate.ts'
import { openSecrets } from '#platform/secrets.ts'
import { parseSettings } from '#platform/settings.ts'
import { openWorld, type World } from '#platform/world.ts'

export const summary = { zh: '测量性能并与限值对照', en: 'Measure figures against their limits' }
export const usage = 'bench [NAME...] [--json]'

export interface Bound {
  op: '>=' | '<='
  value: number
}
export interface Limit {
  unit: string
  must?: Bound
  aim?: Bound
}
export interface Bench {
  /** A migrated world on an embedded PostgreSQL with fsync on; ends with the benchmark. */
  world(): Promise<World>
  /** A folder that is removed afterwards. */
  folder: string
  log(line: string): void
}
export interface Benchmark {
  name: string
  limits: Record<string, Limit>
  run(bench: Bench): Promise<Record<string, number>>
}
interface Row {
  benchmark: string
  figure: string
  value: number | null
  unit: string
  must: Bound | null
  aim: Bound | null
  ok: boolean
}

const folder = join(import.meta.dirname, '../bench')
const PASSWORD = 'kapok-bench'

async function measure(benchmark: Benchmark): Promise<Record<string, number>> {
  const scratch = mkdtempSync(join(tmpdir(), 'kapok-bench-'))
  const ending: (() => Promise<unknown>)[] = []
  const bench: Bench = {
    folder: scratch,
    log: (line) => console.error(`  ${line}`),
    async world() {
      const server = await startEmbedded({ dataDir: join(scratch, 'data'), log: () => {} })
      ending.unshift(() => server.stop())
      await migrate(server.connection, PASSWORD)
      const world = openWorld({
        settings: parseSettings({ KAPOK_DATA: join(scratch, 'data') }),
        log: createLog('silent'),
        clock: new StoredClock(),
        secrets: openSecrets(join(scratch, 'keys')),
        connection: { ...server.connection, user: 'kapok_app', password: PASSWORD },
        demo: false,
      })
      ending.unshift(() => world.close())
      return world
    },
  }
  try {
    return await benchmark.run(bench)
  } finally {
    for (const end of ending) await end()
    rmSync(scratch, { recursive: true, force: true })
  }
}

const within = (value: number, { op, value: limit }: Bound) =>
  op === '>=' ? value >= limit : value <= limit

function rowsOf(benchmark: Benchmark, figures: Record<string, number>): Row[] {
  return Object.entries(benchmark.limits).map(([figure, { unit, must, aim }]) => {
    const value = figures[figure] ?? null
    const ok = value !== null && (must === undefined || within(value, must))
    const row = { benchmark: benchmark.name, figure, value, unit, ok }
    return { ...row, must: must ?? null, aim: aim ?? null }
  })
}

function printRow(row: Row): void {
  const bound = (limit: Bound | null) => (limit ? `${limit.op} ${limit.value}` : '—')
  const value =
    row.value === null ? '?' : row.value.toLocaleString('en', { maximumFractionDigits: 2 })
  console.log(
    `${row.ok ? '✓' : '✗'} ${row.benchmark.padEnd(10)} ${row.figure.padEnd(28)} ${value.padStart(12)} ${row.unit.padEnd(10)} must ${bound(row.must).padEnd(10)} aim ${bound(row.aim)}`,
  )
}

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -3))
  const unknown = positionals.filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    console.error(`没有这个测量：${unknown.join('、')}；可选 ${names.join('、')}`)
    console.error(`No such benchmark: ${unknown.join(', ')}; there are ${names.join(', ')}`)
    return 1
  }
  const rows: Row[] = []
  for (const name of positionals.length > 0 ? positionals : names) {
    const benchmark = ((await import(join(folder, `${name}.ts`))) as { default: Benchmark }).default
    const found = rowsOf(benchmark, await measure(benchmark))
    if (!values.json) found.forEach(printRow)
    rows.push(...found)
  }
  if (values.json) console.log(JSON.stringify(rows, null, 2))
  return rows.every((row) => row.ok) ? 0 : 1
}
