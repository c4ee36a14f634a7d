// The ledger as a pure reducer: an entry either changes a state or is refused with the reason.
// Used to check the database against its journal, and as the model that tests compare it with.

export interface Leg {
  account: string
  available: bigint
  held: bigint
}

/** An entry as the journal keeps it; legs of a hold are in funding order. */
export interface Entry {
  id: string
  kind: string
  /** The hold that it opens, pays from or gives back. */
  hold: string | null
  reversalOf: string | null
  legs: readonly Leg[]
}

export interface Account {
  id: string
  asset: string
  /** Sources (issuance, the outside world, debts) may go below zero. */
  source: boolean
  available: bigint
  held: bigint
  version: bigint
}

export interface Part {
  account: string
  amount: bigint
  captured: bigint
  released: bigint
}

/** What the reducer reads; it never writes into it. */
export interface State {
  accounts: ReadonlyMap<string, Account>
  holds: ReadonlyMap<string, readonly Part[]>
  entries: ReadonlyMap<string, Entry>
  reversed: ReadonlySet<string>
}

export interface Change {
  entry: Entry
  accounts: readonly Account[]
  hold: { id: string; parts: readonly Part[] } | null
}

export type RefusalCode =
  | 'no-legs'
  | 'repeated-entry'
  | 'repeated-account'
  | 'unknown-account'
  | 'unbalanced'
  | 'negative-available'
  | 'negative-held'
  | 'hold-exists'
  | 'unknown-hold'
  | 'hold-exceeded'
  | 'unknown-original'
  | 'already-reversed'
  | 'not-opposite'

export interface Refusal {
  code: RefusalCode
  /** The account, hold, entry or asset at fault. */
  place: string
}

type Outcome = { change: Change } | { refusal: Refusal }

const refuse = (code: RefusalCode, place: string) => ({ refusal: { code, place } })
const opening = new Set(['held', 'voucher-used'])

function moveAccounts(state: State, entry: Entry): { accounts: Account[] } | { refusal: Refusal } {
  const sums = new Map<string, bigint>()
  const accounts: Account[] = []
  for (const { account: id, available, held } of entry.legs) {
    const before = state.accounts.get(id)
    if (!before) return refuse('unknown-account', id)
    if (accounts.some((other) => other.id === id)) return refuse('repeated-account', id)
    const after = {
      ...before,
      available: before.available + available,
      held: before.held + held,
      version: before.version + 1n,
    }
    if (after.available < 0n && !after.source) return refuse('negative-available', id)
    if (after.held < 0n) return refuse('negative-held', id)
    sums.set(after.asset, (sums.get(after.asset) ?? 0n) + available + held)
    accounts.push(after)
  }
  const [broken] = [...sums].find(([, sum]) => sum !== 0n) ?? []
  return broken === undefined ? { accounts } : refuse('unbalanced', broken)
}

/** What an entry does to its hold: what left a part and did not come back was captured. */
function moveHold(
  state: State,
  { kind, hold, legs }: Entry,
): { parts: readonly Part[] } | { refusal: Refusal } {
  if (hold === null) return { parts: [] }
  const known = state.holds.get(hold)
  if (opening.has(kind)) {
    if (known) return refuse('hold-exists', hold)
    return {
      parts: legs.map(({ account, held }) => ({
        account,
        amount: held,
        captured: 0n,
        released: 0n,
      })),
    }
  }
  if (!known) return refuse('unknown-hold', hold)
  // Redemption and clawback concern what was captured, no longer what is held.
  if (legs.every(({ held }) => held === 0n)) return { parts: known }
  const parts = known.map((part) => {
    const leg = legs.find(({ account }) => account === part.account)
    if (!leg) return part
    return {
      ...part,
      captured: part.captured - leg.held - leg.available,
      released: part.released + leg.available,
    }
  })
  const broken = parts.some(
    ({ amount, captured, released }) =>
      captured < 0n || released < 0n || captured + released > amount,
  )
  return broken ? refuse('hold-exceeded', hold) : { parts }
}

function reversalRefusal(state: State, entry: Entry): { refusal: Refusal } | null {
  if (entry.reversalOf === null) return null
  const original = state.entries.get(entry.reversalOf)
  if (!original) return refuse('unknown-original', entry.reversalOf)
  if (state.reversed.has(original.id)) return refuse('already-reversed', original.id)
  const opposite =
    original.legs.length === entry.legs.length &&
    original.legs.every(({ account, available, held }) =>
      entry.legs.some(
        (leg) => leg.account === account && leg.available === -available && leg.held === -held,
      ),
    )
  return opposite ? null : refuse('not-opposite', original.id)
}

/** Decides one entry on a state; the state stays as it is. */
export function reduce(state: State, entry: Entry): Outcome {
  if (entry.legs.length === 0) return refuse('no-legs', entry.id)
  if (state.entries.has(entry.id)) return refuse('repeated-entry', entry.id)
  const reversal = reversalRefusal(state, entry)
  if (reversal) return reversal
  const moved = moveAccounts(state, entry)
  if ('refusal' in moved) return moved
  const held = moveHold(state, entry)
  if ('refusal' in held) return held
  const hold = entry.hold === null ? null : { id: entry.hold, parts: held.parts }
  return { change: { entry, accounts: moved.accounts, hold } }
}

/** A ledger in memory that entries are replayed into. */
export class Book implements State {
  readonly accounts = new Map<string, Account>()
  readonly holds = new Map<string, readonly Part[]>()
  readonly entries = new Map<string, Entry>()
  readonly reversed = new Set<string>()

  open(account: Pick<Account, 'id' | 'asset' | 'source'>): void {
    this.accounts.set(account.id, { ...account, available: 0n, held: 0n, version: 0n })
  }

  /** Applies an entry, or leaves everything as it was and says why. */
  apply(entry: Entry): Refusal | null {
    const outcome = reduce(this, entry)
    if ('refusal' in outcome) return outcome.refusal
    const { accounts, hold } = outcome.change
    for (const account of accounts) this.accounts.set(account.id, account)
    if (hold) this.holds.set(hold.id, hold.parts)
    if (entry.reversalOf !== null) this.reversed.add(entry.reversalOf)
    this.entries.set(entry.id, entry)
    return null
  }
}
