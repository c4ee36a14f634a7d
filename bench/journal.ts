// The journal under load: sealing beside 2,000 facts a second, and proofs among ten million entries.
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { toHex, utf8 } from '#engines/evidence/bytes.ts'
import { type SealStatement, signedBytes } from '#engines/evidence/seal.ts'
import { type Edge, EMPTY_EDGE, extend, rangeHash, type Tile } from '#engines/evidence/tiles.ts'
import { verifyProof } from '#engines/evidence/verify.ts'
import { checkJournal } from '#platform/check-journal.ts'
import { system } from '#platform/context.ts'
import { findRunning } from '#platform/embedded-postgres.ts'
import { numberEntries } from '#platform/journal.ts'
import { proofOf } from '#platform/proof.ts'
import { nodeCrypto, openSealKey, originOf, sm3 } from '#platform/seal-key.ts'
import { leafOf, readerOf, readSalted, readSeals } from '#platform/seal-store.ts'
import { seal } from '#platform/sealer.ts'
import type { World } from '#platform/world.ts'
import type { Bench, Benchmark } from '../commands/bench.ts'

const RATE = 2_000
const SECONDS = 20
const SEAL_EVERY_MS = 2_000
const BACKLOG = 60_000
const ENTRIES = 10_000_000
const PROVED = 400

/** Appends facts like those of the ledger, in one transaction. */
async function append(world: World, count: number): Promise<void> {
  const now = world.clock.now()
  await sql`select journal.append('ledger.captured', 1,
      '{"kind":"person","name":"person","person":"0198f7a0-0000-7000-8000-000000000001",
        "subject":"0198f7a0-0000-7000-8000-000000000002","mandate":null}',
      '0198f7a0-0000-7000-8000-000000000002', ${now}, ${now},
      jsonb_build_object('hold', '0198f7a0-0000-7000-8000-' || lpad(n::text, 12, '0'),
        'from', '0198f7a0-0000-7000-8000-000000000003', 'asset', 'CNY', 'amount', '12.3400',
        'to', '0198f7a0-0000-7000-8000-000000000004'))
    from generate_series(1, ${count}::int) n`.execute(world.db)
}

/** How fast a backlog is sealed, in facts a second. */
async function sealBacklog(world: World): Promise<number> {
  for (let left = BACKLOG; left > 0; left -= 5_000) await append(world, 5_000)
  await numberEntries(world.db)
  const start = performance.now()
  const sealed = await seal(world)
  return sealed / ((performance.now() - start) / 1000)
}

/** Facts arrive at the rate for a while; numbering and sealing run beside them as in production. */
async function sealBeside(world: World): Promise<{ lag: number; cpu: number; rate: number }> {
  const start = performance.now()
  const sealedBefore = Number((await readSeals(world.db, 1))[0]?.size ?? 0n)
  const arrivals: number[] = []
  let arriving = true
  let lag = 0
  let cpu = 0
  let known = 0
  let arrivedMs = 0

  const arrive = async () => {
    const batch = RATE / 20
    while (arrivals.length < RATE * SECONDS) {
      await append(world, batch)
      const now = performance.now()
      for (let i = 0; i < batch; i++) arrivals.push(now)
      await wait(Math.max(0, start + (arrivals.length / RATE) * 1000 - performance.now()))
    }
    arriving = false
    arrivedMs = performance.now() - start
  }
  const sealing = async () => {
    while (arriving || known < arrivals.length) {
      await wait(SEAL_EVERY_MS)
      await numberEntries(world.db)
      const before = process.cpuUsage()
      await seal(world)
      const used = process.cpuUsage(before)
      cpu += (used.user + used.system) / 1e6
      const size = Number((await readSeals(world.db, 1))[0]!.size) - sealedBefore
      const now = performance.now()
      if (size > known) lag = Math.max(lag, now - arrivals[known]!)
      known = size
    }
  }
  await Promise.all([arrive(), sealing()])
  const rate = arrivals.length / (arrivedMs / 1000)
  return { lag: lag / 1000, cpu: (100 * cpu) / (arrivedMs / 1000), rate }
}

/** Positions spread over the journal, the same in every run. */
function spread(first: number, last: number, count: number): number[] {
  const step = (last - first) / count
  return Array.from({ length: count }, (_, i) => first + Math.floor(i * step + ((i * 7919) % step)))
}

async function storeTiles(owner: pg.Client, tiles: readonly Tile[]): Promise<void> {
  await owner.query(
    `insert into journal.tile (level, index, hashes)
     select * from unnest($1::int[], $2::bigint[], $3::bytea[])
     on conflict (level, index) do update set hashes = excluded.hashes`,
    [
      tiles.map(({ level }) => level),
      tiles.map(({ index }) => index),
      tiles.map(({ hashes }) => Buffer.from(hashes)),
    ],
  )
}

/**
 * Makes the sealed journal as long as ENTRIES: every leaf is hashed and every tile stored; only the
 * entries that will be proved are stored as rows, at their positions.
 */
async function lengthen(world: World, owner: pg.Client, bench: Bench): Promise<number[]> {
  const [last] = await readSeals(world.db, 1)
  const start = Number(last!.size)
  const positions = spread(start + 1, ENTRIES, PROVED)
  await append(world, PROVED)
  await owner.query(
    `insert into journal.sequence (position, entry_id, kind, subject, person, known_at)
     select p.position, e.id, e.kind, e.subject, (e.actor ->> 'person')::uuid, e.known_at
     from unnest($1::bigint[]) with ordinality p (position, nth)
     join (select *, row_number() over (order by id) as nth from journal.entry e
           where not exists (select 1 from journal.sequence s where s.entry_id = e.id)) e
       on e.nth = p.nth`,
    [positions],
  )
  await owner.query(
    `update journal.cursor set position = $1, xid = (select max(xid) from journal.entry),
       id = (select max(id) from journal.entry)`,
    [ENTRIES],
  )
  const stored = new Map<number, Uint8Array>()
  for (const position of positions) {
    const [found] = await readSalted(world.db, position - 1, position, 1)
    stored.set(position, leafOf(found!))
  }
  const edge = await growTo(owner, start, stored, bench)
  await sealAt(world, owner, edge)
  return positions
}

/** Hashes synthetic entries, as long as real ones, from `start` up to ENTRIES. */
async function growTo(
  owner: pg.Client,
  start: number,
  stored: ReadonlyMap<number, Uint8Array>,
  bench: Bench,
): Promise<Edge> {
  const before = await owner.query<{ level: number; index: string; hashes: Buffer }>(
    'select level, index, hashes from journal.tile where octet_length(hashes) < 8192',
  )
  const tiles = before.rows.map((row) => ({ ...row, index: Number(row.index) }))
  let edge: Edge = start === 0 ? EMPTY_EDGE : { size: start, tiles }
  const filler = 'x'.repeat(400)
  while (edge.size < ENTRIES) {
    const first = edge.size + 1
    const count = Math.min(65_536, ENTRIES - edge.size)
    const leaves = Array.from(
      { length: count },
      (_, i) => stored.get(first + i) ?? sm3(utf8(`${first + i}${filler}`)),
    )
    const step = extend(sm3, edge, leaves)
    await storeTiles(owner, step.changed)
    edge = step.edge
    if (Math.floor(first / 2e6) < Math.floor(edge.size / 2e6)) {
      bench.log(`${edge.size / 1e6} million leaves`)
    }
  }
  return edge
}

/** Seals the lengthened journal; this seal does not name the one before it. */
async function sealAt(world: World, owner: pg.Client, edge: Edge): Promise<void> {
  const at = world.clock.now()
  const key = await openSealKey(world.db, world.secrets, at)
  const statement: SealStatement = {
    format: 'kapok-seal/1',
    origin: await originOf(world.db),
    size: edge.size,
    root: toHex(rangeHash(sm3, readerOf(edge.tiles), { start: 0, end: edge.size })),
    at: at.toISOString(),
    previous: '00'.repeat(32),
    algorithm: 'Ed25519',
    keyId: key.keyId,
  }
  await owner.query('insert into journal.seal values ($1, $2, $3, $4, $5, $6)', [
    edge.size,
    Buffer.from(statement.root, 'hex'),
    at,
    Buffer.from(statement.previous!, 'hex'),
    key.keyId,
    Buffer.from(key.sign(signedBytes(statement))),
  ])
}

/** Milliseconds for each proof, made in a snapshot of its own as a request makes it. */
async function prove(world: World, positions: readonly number[]): Promise<number[]> {
  const times: number[] = []
  for (const position of positions) {
    const start = performance.now()
    const proof = await world.read(system('bench'), (ctx) => proofOf(ctx.tx, position))
    times.push(performance.now() - start)
    const verdict = await verifyProof(JSON.stringify(proof), nodeCrypto)
    if (!verdict.genuine) throw new Error(`the proof of position ${position} is not genuine`)
  }
  return times.sort((a, b) => a - b)
}

async function run(bench: Bench): Promise<Record<string, number>> {
  const world = await bench.world()
  const backlogRate = await sealBacklog(world)
  bench.log(`backlog sealed at ${Math.round(backlogRate)} facts/s`)
  const beside = await sealBeside(world)
  const checkStart = performance.now()
  const findings = await world.read(system('bench'), (ctx) => checkJournal(ctx.tx))
  if (findings.length > 0) throw new Error(`check: ${JSON.stringify(findings[0])}`)
  const checked = Number((await readSeals(world.db, 1))[0]!.size)
  const checkRate = checked / ((performance.now() - checkStart) / 1000)
  const owner = new pg.Client((await findRunning(join(bench.folder, 'data'))) as pg.ClientConfig)
  await owner.connect()
  const positions = await lengthen(world, owner, bench)
  await owner.query('vacuum analyze journal.sequence, journal.entry, journal.tile')
  await owner.end()
  const times = await prove(world, positions)
  return {
    'sealing a backlog': backlogRate,
    'arrival while sealing': beside.rate,
    'longest wait for a seal': beside.lag,
    'CPU of sealing at that rate': beside.cpu,
    checking: checkRate,
    'proof among 10 million, p95': times[Math.floor(times.length * 0.95)]!,
    'proof among 10 million, worst': times.at(-1)!,
  }
}

export default {
  name: 'journal',
  limits: {
    'sealing a backlog': {
      unit: 'facts/s',
      must: { op: '>=', value: RATE },
      aim: { op: '>=', value: 20_000 },
    },
    'arrival while sealing': { unit: 'facts/s', must: { op: '>=', value: RATE * 0.95 } },
    'longest wait for a seal': {
      unit: 's',
      must: { op: '<=', value: 5 },
      aim: { op: '<=', value: 3 },
    },
    'CPU of sealing at that rate': { unit: '% of a core', aim: { op: '<=', value: 10 } },
    checking: { unit: 'facts/s', aim: { op: '>=', value: 10_000 } },
    'proof among 10 million, p95': {
      unit: 'ms',
      must: { op: '<=', value: 20 },
      aim: { op: '<=', value: 5 },
    },
    'proof among 10 million, worst': { unit: 'ms' },
  },
  run,
} satisfies Benchmark
