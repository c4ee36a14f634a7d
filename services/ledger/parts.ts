// What the operations of vouchers are given beside their transaction.
import type { LedgerPorts } from './ports.ts'
import type { Schemes } from './schemes.ts'

export interface VoucherParts extends LedgerPorts {
  schemes: Schemes
}
