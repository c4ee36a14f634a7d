// Offers in the order of use, each beside its scheme.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byUsefulness, type OfferReply, withSchemes } from './offers.ts'
import type { Scheme } from './vouchers.ts'

const text = { zh: '券', en: 'voucher' }
const scheme = (id: string): Scheme => ({
  id,
  name: text,
  area: '440000',
  purposes: ['compute'],
  set: null,
  rules: [],
  pool: null,
})
const closed = (
  id: string,
  outcome: 'unknown' | 'used-up' | 'no-pool' | 'no-rule' | 'area' | 'outside',
): OfferReply => ({ scheme: id, name: text, set: null, reason: text, outcome })
const open: OfferReply = {
  scheme: 'c',
  name: text,
  set: null,
  reason: text,
  outcome: 'open',
  class: 'general',
  ratio: 3_000,
  amount: '1.0000',
  claimed: '0.0000',
}

test('what can be claimed comes first, what lacks a fact next; a scheme that is not listed is left out', () => {
  const items = [closed('a', 'area'), closed('b', 'unknown'), open, closed('x', 'unknown')]
  const offers = withSchemes({ items }, [scheme('a'), scheme('b'), scheme('c')])
  assert.deepEqual(
    byUsefulness(offers).map(({ scheme: { id }, outcome }) => [id, outcome]),
    [
      ['c', 'open'],
      ['b', 'unknown'],
      ['a', 'area'],
    ],
  )
})
