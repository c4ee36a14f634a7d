// The ledger twice: in the database and in the pure engine; one step is done on both and compared.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { splitCapture } from '#engines/ledger/plan.ts'
import { Book, type Entry, type Leg } from '#engines/ledger/reduce.ts'
import { Problem } from '#platform/errors.ts'
import { type TestWorld, testNow } from '#platform/test-world.ts'
import type { Outcome } from './call.ts'
import { capture, hold, release } from './hold.ts'
import { reverse, transfer } from './move.ts'
import { fund, HOUR, ledgerOf, type TestLedger } from './test-ledger.ts'

export type Operation =
  | { do: 'hold'; who: number; parts: [bigint, bigint]; two: boolean; share: number | null }
  | { do: 'capture'; of: number; amount: bigint | null; close: boolean }
  | { do: 'release'; of: number }
  | { do: 'transfer'; who: number; to: number; amount: bigint }
  | { do: 'reverse'; of: number }

interface Held {
  id: string
  payer: number
  payee: number
  shares: (number | null)[]
}

/** Three subjects with an ordinary and an earmarked account each, in database and book. */
export class Twin {
  readonly book = new Book()
  readonly holds: Held[] = []
  readonly entries: string[] = []
  readonly kinds = new Map<string, string>()
  readonly subjects = [randomUUID(), randomUUID(), randomUUID()]
  main: string[] = []
  earmarked: string[] = []
  readonly at: TestLedger
  readonly world: TestWorld

  constructor(world: TestWorld) {
    this.world = world
    this.at = ledgerOf(world)
  }

  async open(): Promise<void> {
    this.book.open({ id: 'outside', asset: 'cny', source: true })
    for (const subject of this.subjects) {
      for (const purposes of [null, ['compute']]) {
        const earmark = purposes ? { purposes, validUntil: null } : undefined
        const id = await fund(this.world, subject, 100n, earmark)
        this.book.open({ id, asset: 'cny', source: false })
        const legs = [leg('outside', -100n), leg(id, 100n)]
        assert.equal(this.book.apply(entry(randomUUID(), 'issued', legs)), null)
        if (purposes) this.earmarked.push(id)
        else this.main.push(id)
      }
    }
  }

  /** What the engine would write for an operation; null where there is nothing to do it on. */
  plan(operation: Operation): Entry | 'refused' | null {
    switch (operation.do) {
      case 'hold': {
        const who = operation.who % 3
        const accounts = operation.two ? [this.earmarked[who]!, this.main[who]!] : [this.main[who]!]
        const legs = accounts.map((id, i) => leg(id, -operation.parts[i]!, operation.parts[i]!))
        return entry('', 'held', legs)
      }
      case 'capture':
        return this.planCapture(operation)
      case 'release': {
        const held = this.holds[operation.of % Math.max(1, this.holds.length)]
        if (!held) return null
        const open = this.openParts(held).filter(({ left }) => left > 0n)
        if (open.length === 0) return 'refused'
        return entry(
          '',
          'released',
          open.map(({ account, left }) => leg(account, left, -left)),
          held.id,
        )
      }
      case 'transfer': {
        const [from, to] = [this.main[operation.who % 3]!, this.main[operation.to % 3]!]
        if (from === to) return 'refused'
        return entry('', 'transferred', [leg(from, -operation.amount), leg(to, operation.amount)])
      }
      case 'reverse': {
        const id = this.entries[operation.of % Math.max(1, this.entries.length)]
        if (id === undefined) return null
        const original = this.book.entries.get(id)!
        if (!['transferred', 'captured'].includes(original.kind)) return 'refused'
        const legs = original.legs.map((one) => leg(one.account, -one.available, -one.held))
        return { ...entry('', 'reversed', legs, original.hold), reversalOf: id }
      }
    }
  }

  openParts(held: Held) {
    return this.book.holds.get(held.id)!.map((part, i) => ({
      ...part,
      share: held.shares[i] ?? null,
      left: part.amount - part.captured - part.released,
    }))
  }

  planCapture(operation: Operation & { do: 'capture' }): Entry | 'refused' | null {
    const held = this.holds[operation.of % Math.max(1, this.holds.length)]
    if (!held) return null
    const parts = this.openParts(held)
    const left = parts.reduce((sum, part) => sum + part.left, 0n)
    if (left === 0n) return 'refused'
    const split = splitCapture(parts, operation.amount ?? left)
    if ('missing' in split) return 'refused'
    const total = split.takes.reduce((sum, take) => sum + take, 0n)
    const legs = parts.flatMap(({ account, left: open }, i) => {
      const take = split.takes[i]!
      const rest = operation.close ? open - take : 0n
      return take + rest > 0n ? [leg(account, rest, -take - rest)] : []
    })
    return entry('', 'captured', [...legs, leg(this.main[held.payee]!, total)], held.id)
  }

  perform(operation: Operation, key: string): Promise<Outcome> {
    const { at, subjects, main, earmarked, holds } = this
    switch (operation.do) {
      case 'hold': {
        const who = operation.who % 3
        const parts = [
          ...(operation.two
            ? [{ accountId: earmarked[who]!, amount: operation.parts[0], share: operation.share }]
            : []),
          { accountId: main[who]!, amount: operation.parts[operation.two ? 1 : 0] },
        ]
        return at((ctx) =>
          hold(ctx, {
            payer: subjects[who]!,
            payee: subjects[(who + 1) % 3]!,
            purpose: 'compute',
            expiresAt: later,
            parts,
            key,
          }),
        )
      }
      case 'capture': {
        const { id } = holds[operation.of % holds.length]!
        const { close } = operation
        const some = operation.amount ?? undefined
        return at((ctx) => capture(ctx, { holdId: id, amount: some, close, key }))
      }
      case 'release':
        return at((ctx) => release(ctx, { holdId: holds[operation.of % holds.length]!.id, key }))
      case 'transfer': {
        const [who, to] = [operation.who % 3, operation.to % 3]
        const legs = { from: main[who]!, to: main[to]!, amount: operation.amount }
        return at((ctx) => transfer(ctx, { payer: subjects[who]!, ...legs, key }))
      }
      case 'reverse': {
        const entryId = this.entries[operation.of % this.entries.length]!
        return at((ctx) => reverse(ctx, { entryId, key }))
      }
    }
  }

  /** Does one operation on both sides and demands the same answer. */
  async step(operation: Operation, key: string): Promise<Outcome | null> {
    const planned = this.plan(operation)
    if (planned === null) return null
    let outcome: Outcome | Problem
    try {
      outcome = await this.perform(operation, key)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      outcome = error
    }
    if (planned === 'refused') {
      assert.ok(outcome instanceof Problem, `the database accepted ${operation.do}`)
      return null
    }
    const id = outcome instanceof Problem ? randomUUID() : outcome.entryId
    const hold = operation.do === 'hold' ? id : planned.hold
    const refusal = this.book.apply({ ...planned, id, hold })
    if (outcome instanceof Problem) {
      assert.ok(refusal, `the engine accepted ${operation.do}, the database said ${outcome.code}`)
      return null
    }
    assert.equal(refusal, null)
    this.entries.push(id)
    if (operation.do === 'hold') {
      const who = operation.who % 3
      const shares = operation.two ? [operation.share, null] : [null]
      this.holds.push({ id, payer: who, payee: (who + 1) % 3, shares })
    }
    return outcome
  }

  async same(): Promise<void> {
    for (const [nth, subject] of this.subjects.entries()) {
      const live = await this.at.balances(subject)
      for (const id of [this.main[nth]!, this.earmarked[nth]!]) {
        const { available, held } = this.book.accounts.get(id)!
        assert.deepEqual(live[id], [available, held])
      }
    }
  }
}

const later = new Date(testNow.getTime() + 24 * HOUR)
export const leg = (account: string, available: bigint, held = 0n): Leg => ({
  account,
  available,
  held,
})
const entry = (id: string, kind: string, legs: Leg[], hold: string | null = null): Entry => ({
  id,
  kind,
  hold,
  reversalOf: null,
  legs,
})
