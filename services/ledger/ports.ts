// What vouchers need of the world outside the ledger.
import type { OwnershipGraph } from '#engines/shareholding/related.ts'
import type { Ctx } from '#platform/context.ts'
import type { Rulebook } from '#services/rulebook/index.ts'

/** Everybody above these parties, as far as known: holders, representatives, controllers. */
export type Ownership = (ctx: Ctx, subjectIds: readonly string[]) => Promise<OwnershipGraph>

export interface LedgerPorts {
  ownership: Ownership
  /** Who may claim how much, and why, is the outcome of a rule. */
  rules: Pick<Rulebook, 'look' | 'decide'>
}
