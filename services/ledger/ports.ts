// What vouchers need of the world outside the ledger.
import type { OwnershipGraph } from '#engines/shareholding/related.ts'
import type { Ctx } from '#platform/context.ts'

/** Everybody above these parties, as far as known: holders, representatives, controllers. */
export type Ownership = (ctx: Ctx, subjectIds: readonly string[]) => Promise<OwnershipGraph>

export interface LedgerPorts {
  ownership: Ownership
}
