// What the tests of the ledger share: subjects, funded accounts, operations in transactions.
import { randomUUID } from 'node:crypto'
import { type Actor, type Ctx, system } from '#platform/context.ts'
import type { Finding } from '#platform/finding.ts'
import type { World } from '#platform/world.ts'
import { openAccount } from './accounts.ts'
import { checkLedger } from './check.ts'
import { issue } from './move.ts'
import { accounts } from './store.ts'

export const HOUR = 3_600_000

/** Fresh subjects. */
export function ids() {
  return {
    payer: randomUUID(),
    payee: randomUUID(),
    other: randomUUID(),
    office: randomUUID(),
  }
}

/** Opens an account in yuan with an amount in it; earmarked when purposes are given. */
export function fund(
  world: World,
  owner: string,
  amount: bigint,
  earmark?: { purposes: string[]; validUntil: Date | null },
): Promise<string> {
  return world.transact(system('test'), async (ctx) => {
    const accountId = await openAccount(
      ctx,
      earmark
        ? { owner, asset: 'cny', kind: 'earmarked', ...earmark }
        : { owner, asset: 'cny', kind: 'main' },
    )
    if (amount > 0n) {
      await issue(ctx, { accountId, asset: 'cny', amount, source: 'external', key: randomUUID() })
    }
    return accountId
  })
}

export interface TestLedger {
  <T>(work: (ctx: Ctx) => Promise<T>): Promise<T>
  balances(owner: string | null): Promise<Record<string, [bigint, bigint]>>
  check(): Promise<Finding[]>
}

/** Runs operations as an actor, each in a transaction of its own, and shows what came of them. */
export function ledgerOf(world: World, actor: Actor = system('test')): TestLedger {
  const at = <T>(work: (ctx: Ctx) => Promise<T>) => world.transact(actor, work)
  return Object.assign(at, {
    balances: (owner: string | null) =>
      at(async (ctx) => {
        const rows = await accounts(ctx)
          .where('a.owner', owner === null ? 'is' : '=', owner)
          .execute()
        return Object.fromEntries(
          rows.map(({ id, available, held }) => [id, [available, held] as [bigint, bigint]]),
        )
      }),
    check: () => world.read(system('test'), (ctx) => checkLedger(ctx)),
  })
}
