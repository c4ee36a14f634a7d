// Hold and capture as two commits, with journal and idempotency on, and one pool that many share.
import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { sql } from 'kysely'
import { system } from '#platform/context.ts'
import type { World } from '#platform/world.ts'
import { capture, checkLedger, hold, issue, openAccount } from '#services/ledger/index.ts'
import type { Bench, Benchmark } from '../commands/bench.ts'

const PAYERS = 1_000
const PAYEES = 20
const IN_FLIGHT = 8
const PAIRS = 15_000
const WARM_UP = 1_000
const HOUR_MS = 3_600_000
const FUNDS = 1_000_000_0000n
const bench = system('bench')

interface Party {
  subject: string
  account: string
}

async function funded(world: World, earmark?: string[]): Promise<Party> {
  const subject = randomUUID()
  const account = await world.transact(bench, async (ctx) => {
    const accountId = await openAccount(
      ctx,
      earmark
        ? { owner: subject, asset: 'cny', kind: 'earmarked', purposes: earmark, validUntil: null }
        : { owner: subject, asset: 'cny', kind: 'main' },
    )
    const key = `fund:${accountId}`
    await issue(ctx, { accountId, asset: 'cny', amount: FUNDS, source: 'external', key })
    return accountId
  })
  return { subject, account }
}

/** One payment; every fourth is paid half from the pool that all share. */
async function pair(world: World, nth: number, payers: Party[], payees: string[], pool: Party) {
  const payer = payers[(nth * 7919) % PAYERS]!
  const pooled = nth % 4 === 0
  const { entryId } = await world.once(bench, (ctx) =>
    hold(ctx, {
      payer: payer.subject,
      sponsor: pooled ? pool.subject : undefined,
      payee: payees[nth % PAYEES]!,
      purpose: 'compute',
      expiresAt: new Date(ctx.now.getTime() + HOUR_MS),
      parts: pooled
        ? [
            { accountId: pool.account, amount: 50_0000n },
            { accountId: payer.account, amount: 50_0000n },
          ]
        : [{ accountId: payer.account, amount: 100_0000n }],
      key: `hold:${nth}`,
    }),
  )
  await world.once(bench, (ctx) => capture(ctx, { holdId: entryId, key: `capture:${nth}` }))
}

async function run(bench: Bench): Promise<Record<string, number>> {
  const world = await bench.world()
  const payers: Party[] = []
  while (payers.length < PAYERS) {
    payers.push(...(await Promise.all(Array.from({ length: IN_FLIGHT }, () => funded(world)))))
  }
  const payees = Array.from({ length: PAYEES }, () => randomUUID())
  const pool = await funded(world, ['compute'])

  let next = 0
  const waits: number[] = []
  const pay = async (until: number) => {
    while (next < until) {
      const start = performance.now()
      await pair(world, next++, payers, payees, pool)
      waits.push(performance.now() - start)
    }
  }
  const all = (until: number) => Promise.all(Array.from({ length: IN_FLIGHT }, () => pay(until)))
  await all(WARM_UP)
  waits.length = 0
  const start = performance.now()
  await all(WARM_UP + PAIRS)
  const seconds = (performance.now() - start) / 1000
  waits.sort((a, b) => a - b)

  const findings = await world.read(system('bench'), checkLedger)
  if (findings.length > 0) throw new Error(`check: ${JSON.stringify(findings[0])}`)
  const { rows } = await sql<{ captures: bigint }>`
    select count(*) as captures from ledger.entry where kind = 'captured'`.execute(world.db)
  if (Number(rows[0]!.captures) !== WARM_UP + PAIRS) throw new Error('a capture is missing')
  return {
    'hold and capture': PAIRS / seconds,
    'one pair, p95': waits[Math.floor(waits.length * 0.95)]!,
  }
}

export default {
  name: 'ledger',
  limits: {
    'hold and capture': {
      unit: 'pairs/s',
      must: { op: '>=', value: 1_500 },
      aim: { op: '>=', value: 3_000 },
    },
    'one pair, p95': { unit: 'ms' },
  },
  run,
} satisfies Benchmark
