// The demo world's first money: this year's voucher pools, the office's fund, some balances.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { dateInChina } from '#law/schema.ts'
import { type Actor, visitor } from '#platform/context.ts'
import type { World } from '#platform/world.ts'
import { demoId, departmentId } from '#services/identity/index.ts'
import { openAccount } from './accounts.ts'
import type { Ledger } from './index.ts'
import { issue } from './move.ts'
import { amountFrom } from './store.ts'

const path = join(import.meta.dirname, '../../law/demo/ledger.yaml')
const SCALE = 4

const demoLedger = z.strictObject({
  official: z.strictObject({ person: z.string(), department: z.string(), area: z.string() }),
  pools: z.array(z.strictObject({ scheme: z.string(), amount: z.string() })),
  fund: z.string(),
  deposits: z.array(z.strictObject({ subject: z.string(), amount: z.string() })),
})

/** Loads what is missing; each act has a fixed key, so that a later start repeats nothing. */
export async function loadDemoLedger(world: World, { vouchers }: Ledger): Promise<void> {
  const demo = demoLedger.parse(parse(readFileSync(path, 'utf8')))
  const { person, department, area } = demo.official
  const office = departmentId(department, area)
  const official: Actor = {
    ...visitor,
    kind: 'person',
    name: 'demo-world',
    personId: demoId(person),
    subjectId: office,
    grants: [{ role: 'official', subjectId: office, area }],
  }
  await world.transact(official, async (ctx) => {
    const year = Number(dateInChina(ctx.now).slice(0, 4))
    for (const { scheme, amount } of demo.pools) {
      const key = `demo:pool:${scheme}:${year}`
      await vouchers.openPool(ctx, { key, scheme, year, amount: amountFrom(amount, SCALE) })
    }
    const deposit = async (owner: string, kind: 'main' | 'fund', text: string) => {
      const accountId = await openAccount(ctx, { owner, asset: 'cny', kind })
      const amount = amountFrom(text, SCALE)
      const key = `demo:deposit:${owner}`
      await issue(ctx, { key, accountId, asset: 'cny', amount, source: 'external' })
    }
    await deposit(office, 'fund', demo.fund)
    for (const { subject, amount } of demo.deposits) await deposit(demoId(subject), 'main', amount)
  })
}
