// The front door of the ledger: multi-asset double entry with holds, and vouchers.
export { balanceAt, openAccount, planFunding, setFrozen } from './accounts.ts'
export { checkLedger } from './check.ts'
export { capture, hold, release, releaseExpired } from './hold.ts'
export { issue, retire, reverse, transfer } from './move.ts'
