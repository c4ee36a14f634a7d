// What the tests of vouchers share: the demo world, its people as actors, an open and funded pool.
import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { type Actor, type Role, visitor } from '#platform/context.ts'
import { type TestWorld, testWorld } from '#platform/test-world.ts'
import type { World } from '#platform/world.ts'
import { demoId, departmentId, loadDemoWorld, ownership } from '#services/identity/index.ts'
import { type Rulebook, rulebook } from '#services/rulebook/index.ts'
import { openAccount } from './accounts.ts'
import { issue } from './move.ts'
import { readSchemes } from './schemes.ts'
import { fund, HOUR, ledgerOf } from './test-ledger.ts'
import { claimVoucher, openPool } from './voucher-pool.ts'
import { type UseInput, useVoucher } from './voucher-use.ts'

/** The rulebook with the sets of the law, which tells nobody. */
export async function testRules(world: World): Promise<Rulebook> {
  const rules = rulebook(world, {
    notify: async () => '',
    clauses: new Map(),
    populationSize: 0,
  })
  await rules.prepare()
  return rules
}

/** Whole yuan in the ledger's units. */
export const yuan = (whole: number): bigint => BigInt(Math.round(whole * 10_000))

export const office = departmentId('dept-development-reform', '440000')

/** Somebody of a demo organisation; of the office when it is an official. */
export function actorOf(organisation: string, role: Role = 'owner'): Actor {
  const subjectId = role === 'official' ? office : demoId(organisation)
  return {
    ...visitor,
    kind: 'person',
    name: 'person',
    personId: demoId(`person-of-${organisation}`),
    subjectId,
    grants: [{ role, subjectId, area: role === 'official' ? '440000' : null }],
  }
}

export const official = actorOf('office', 'official')

export const invoice = (n: number): string => String(n).padStart(20, '2')

export async function voucherBed(t: TestContext, options: { pool?: number } = {}) {
  const world: TestWorld = await testWorld(t, { demo: true })
  await loadDemoWorld(world)
  const schemes = readSchemes()
  const parts = { schemes, ownership, rules: await testRules(world) }
  const at = ledgerOf(world, official)
  await at(async (ctx) => {
    const amount = yuan(options.pool ?? 1_000_000)
    await openPool(ctx, schemes, { scheme: 'guangdong.compute', year: 2026, amount, key: 'pool' })
    const accountId = await openAccount(ctx, { owner: office, asset: 'cny', kind: 'fund' })
    const source = 'external' as const
    await issue(ctx, { accountId, asset: 'cny', amount, source, key: 'budget' })
  })
  const expiresAt = new Date(world.clock.now().getTime() + 90 * 24 * HOUR)
  return {
    world,
    schemes,
    parts,
    at,
    money: (organisation: string, whole: number) => fund(world, demoId(organisation), yuan(whole)),
    claim: (organisation: string, whole: number, scheme = 'guangdong.compute') =>
      ledgerOf(
        world,
        actorOf(organisation),
      )((ctx) =>
        claimVoucher(ctx, parts, {
          scheme,
          subjectId: demoId(organisation),
          amount: yuan(whole),
          key: randomUUID(),
        }),
      ),
    use: (organisation: string, voucherId: string, more: Partial<UseInput> = {}) =>
      ledgerOf(
        world,
        actorOf(organisation),
      )((ctx) =>
        useVoucher(ctx, parts, {
          subjectId: demoId(organisation),
          voucherId,
          payee: demoId('yunling'),
          amount: yuan(500),
          contractAmount: yuan(1_000),
          expiresAt,
          key: randomUUID(),
          ...more,
        }),
      ),
    /** Available and held of one account. */
    balance: async (owner: string | null, accountId: string) =>
      (await at.balances(owner))[accountId],
    check: at.check,
  }
}
