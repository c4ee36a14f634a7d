// The front door of the ledger: multi-asset double entry with holds, and vouchers.
import type { Ctx, Json } from '#platform/context.ts'
import type { Serves, Service } from '#platform/service.ts'
import type { World } from '#platform/world.ts'
import { releaseDueHolds, returnDueVouchers } from './due.ts'
import type { LedgerPorts } from './ports.ts'
import { accountRoutes } from './routes.ts'
import { readSchemes } from './schemes.ts'
import { listAccounts, listHolds, listVouchers } from './views.ts'
import { coverOf, endOf, settleMetered } from './voucher-cover.ts'
import { claimVoucher, openPool } from './voucher-pool.ts'
import { voucherRoutes } from './voucher-routes.ts'
import { clawBack, payUse, useVoucher, verifyUse } from './voucher-use.ts'

export {
  balanceAt,
  type FundingRequest,
  type NewAccount,
  openAccount,
  planFunding,
  setFrozen,
  spendable,
} from './accounts.ts'
export type { Occasion, Outcome } from './call.ts'
export { checkLedger } from './check.ts'
export { loadDemoLedger } from './demo-world.ts'
export { type CaptureInput, capture, type HoldInput, hold, release, remainingOf } from './hold.ts'
export { issue, retire, reverse, transfer } from './move.ts'
export { obligations } from './obligations.ts'
export type { LedgerPorts, Ownership } from './ports.ts'
export type { Cover, CoverRefusal, CoverRequest } from './voucher-cover.ts'

type Bound<F> = F extends (ctx: infer C, parts: never, input: infer I) => infer R
  ? (ctx: C, input: I) => R
  : never

export const serves: readonly Serves[] = [
  {
    // 普惠算力: what small firms, universities and institutes pay for compute is cut by vouchers.
    duty: '7.3.4',
    facts: ['ledger.voucher-claimed', 'ledger.voucher-verified', 'ledger.voucher-paid'],
  },
]

export interface Ledger {
  service: Service
  /** For identity: what is held about a person. */
  personalData: {
    name: string
    export(ctx: Ctx, personId: string): Promise<Json>
    erase(ctx: Ctx, personId: string): Promise<void>
  }
  vouchers: {
    openPool: Bound<typeof openPool>
    claim: Bound<typeof claimVoucher>
    use: Bound<typeof useVoucher>
    verify: Bound<typeof verifyUse>
    pay: Bound<typeof payUse>
    clawBack: Bound<typeof clawBack>
    /** What a buyer's vouchers would pay of a price, or why none does. */
    cover: Bound<typeof coverOf>
    endOf: typeof endOf
    settleMetered: typeof settleMetered
  }
}

/** Opens the ledger on a world. Accounts and holds are plain functions; vouchers need the ports. */
export function ledger(world: World, ports: LedgerPorts): Ledger {
  const schemes = readSchemes()
  const parts = { ...ports, schemes }
  return {
    service: {
      name: 'ledger',
      serves,
      routes: [...accountRoutes, ...voucherRoutes(parts)],
      jobs: [
        {
          name: 'ledger.release-expired',
          everySeconds: 30,
          run: async () => void (await releaseDueHolds(world)),
        },
        {
          name: 'ledger.return-vouchers',
          everySeconds: 60,
          run: async () => void (await returnDueVouchers(world)),
        },
      ],
    },
    personalData: {
      name: 'ledger',
      export: async (ctx, personId): Promise<Json> => {
        const accounts = await listAccounts(ctx, personId)
        const { items: holds } = await listHolds(ctx, personId, { limit: 200 })
        const vouchers = await listVouchers(ctx, schemes, personId)
        return JSON.parse(JSON.stringify({ accounts, holds, vouchers }))
      },
      // The books keep ids and amounts only; whom an id meant is erased where names are kept.
      erase: async () => {},
    },
    vouchers: {
      openPool: (ctx, input) => openPool(ctx, schemes, input),
      claim: (ctx, input) => claimVoucher(ctx, parts, input),
      use: (ctx, input) => useVoucher(ctx, parts, input),
      verify: (ctx, input) => verifyUse(ctx, parts, input),
      pay: (ctx, input) => payUse(ctx, parts, input),
      clawBack: (ctx, input) => clawBack(ctx, parts, input),
      cover: (ctx, input) => coverOf(ctx, parts, input),
      endOf,
      settleMetered,
    },
  }
}
