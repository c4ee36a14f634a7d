// What the ledger takes and gives; shared with the portal and OpenAPI. Money is a decimal string.
import { z } from 'zod'

const id = z.uuid()
const instant = z.iso.datetime()
/** What comes out: exact, signed. */
const amount = z.string().regex(/^-?\d+(\.\d+)?$/)
/** What comes in: read by `amountFrom`, which says what is wrong with it. */
const amountInput = z.string().max(40)
const text = z.strictObject({ zh: z.string(), en: z.string() })
const schemeId = z.string().max(60)
const year = z.int().min(2020).max(2100)
/** A code that names the ground of an official act, such as 'scheme.misuse'. */
const basis = z.string().regex(/^[a-z][a-z0-9.-]{0,63}$/)

export const byId = z.strictObject({ id })

/** What an entry did, in the words of the statement. */
export const entryKinds = {
  held: { zh: '冻结', en: 'held' },
  captured: { zh: '结算', en: 'captured' },
  released: { zh: '解冻', en: 'released' },
  expired: { zh: '到期解冻', en: 'expired' },
  transferred: { zh: '转账', en: 'transferred' },
  issued: { zh: '入账', en: 'issued' },
  retired: { zh: '出账', en: 'retired' },
  reversed: { zh: '冲正', en: 'reversed' },
  'voucher-pool-opened': { zh: '设立券池', en: 'pool opened' },
  'voucher-claimed': { zh: '申领', en: 'claimed' },
  'voucher-used': { zh: '用券', en: 'used' },
  'voucher-verified': { zh: '核销', en: 'verified' },
  'voucher-paid': { zh: '兑付', en: 'paid' },
  'voucher-expired': { zh: '到期退回', en: 'expired' },
  'voucher-clawed-back': { zh: '追回', en: 'clawed back' },
} as const

/** The fact `ledger.<kind>`, version 1, of every entry; legs in smallest units as decimal texts. */
export const entryFact = z.strictObject({
  entry: id,
  hold: id.nullable(),
  reversalOf: id.nullable(),
  accounts: z.array(id),
  available: z.array(z.string()),
  held: z.array(z.string()),
  /** Whose accounts these are: each of them may see the entry and its proof. */
  parties: z.array(id),
})

const asset = z.strictObject({
  code: z.string(),
  class: z.enum(['money', 'voucher', 'card-time', 'energy', 'token']),
  scale: z.int(),
  name: text,
  unit: text,
})

export const account = z.strictObject({
  id,
  kind: z.enum(['main', 'earmarked', 'pool', 'fund', 'issuance', 'external', 'recovery']),
  asset,
  earmark: z
    .strictObject({ purposes: z.array(z.string()), validUntil: instant.nullable() })
    .nullable(),
  frozen: z.boolean(),
  available: amount,
  held: amount,
  version: z.string(),
  openedAt: instant,
})
export const accountList = z.strictObject({ items: z.array(account) })

export const moment = z.strictObject({ at: instant })
export const balance = z.strictObject({
  at: instant,
  available: amount,
  held: amount,
  version: z.string(),
})

export const period = { from: instant.optional(), to: instant.optional() }

export const statementLine = z.strictObject({
  version: z.string(),
  entryId: id,
  kind: z.string(),
  at: instant,
  bookedAt: instant,
  available: amount,
  held: amount,
  availableAfter: amount,
  heldAfter: amount,
  memo: z.string().nullable(),
  journalId: z.string(),
})
export const statement = z.strictObject({
  items: z.array(statementLine),
  next: z.string().nullable(),
})

export const entry = z.strictObject({
  id,
  kind: z.string(),
  at: instant,
  knownAt: instant,
  memo: z.string().nullable(),
  holdId: id.nullable(),
  reversalOf: id.nullable(),
  reversedBy: id.nullable(),
  journalId: z.string(),
  /** Where the journal has it; null for a moment, until it is numbered. */
  position: z.number().nullable(),
  legs: z.array(
    z.strictObject({
      accountId: id.nullable(),
      accountKind: z.string(),
      owner: id.nullable(),
      ownerName: z.string().nullable(),
      asset: z.string(),
      unit: text,
      available: amount,
      held: amount,
      availableAfter: amount.nullable(),
      heldAfter: amount.nullable(),
    }),
  ),
})

export const hold = z.strictObject({
  id,
  payee: id.nullable(),
  purpose: z.string(),
  expiresAt: instant,
  remaining: amount,
  unit: text,
})
export const holdList = z.strictObject({ items: z.array(hold), next: z.string().nullable() })

/** Money that came in from outside, recorded by the office that keeps it. */
export const deposit = z.strictObject({
  /** Whose ordinary account; the office's own fund when missing. */
  subjectId: id.optional(),
  amount: amountInput,
})
export const done = z.strictObject({ entryId: id, journalId: z.string() })

// Vouchers

const rule = z.strictObject({
  title: text,
  value: z.string(),
  unit: z.string(),
  from: z.string(),
  to: z.string().nullable(),
  source: z.string(),
  certainty: z.enum(['official', 'secondary', 'memory', 'example']),
  note: z.string(),
})
export const scheme = z.strictObject({
  id: z.string(),
  name: text,
  area: z.string(),
  purposes: z.array(z.string()),
  /** The rule set that says who may claim how much; null: nobody may. */
  set: z.string().nullable(),
  rules: z.array(rule),
  pool: z.strictObject({ year: z.int(), amount, left: amount }).nullable(),
})
export const schemeList = z.strictObject({ year: z.int(), items: z.array(scheme) })

const offerBase = { scheme: z.string(), name: text, set: z.string().nullable(), reason: text }
/** What a subject could claim of each scheme now: an estimate, not a decision. */
export const offer = z.discriminatedUnion('outcome', [
  z.strictObject({
    ...offerBase,
    outcome: z.literal('open'),
    class: z.enum(['general', 'startup']),
    /** Of a contract, in basis points. */
    ratio: z.int(),
    /** Still to be claimed this year. */
    amount,
    claimed: amount,
  }),
  z.strictObject({
    ...offerBase,
    outcome: z.enum(['unknown', 'used-up', 'no-pool', 'no-rule', 'area', 'outside']),
  }),
])
export const offerList = z.strictObject({ items: z.array(offer) })

export const openPool = z.strictObject({ scheme: schemeId, year, amount: amountInput })
export const claim = z.strictObject({ scheme: schemeId, amount: amountInput })
export const claimed = z.strictObject({ voucherId: id, entryId: id, journalId: z.string() })

export const voucher = z.strictObject({
  id,
  scheme: z.string(),
  name: text,
  year: z.int(),
  class: z.string(),
  /** Of the contract, in basis points. */
  ratio: z.int(),
  purposes: z.array(z.string()),
  validUntil: instant.nullable(),
  frozen: z.boolean(),
  claimed: amount,
  available: amount,
  held: amount,
  expired: amount,
  clawedBack: amount,
  claimedAt: instant,
  /** The decision of the rulebook that it rests on; null for older ones. */
  decision: id.nullable(),
})
export const voucherList = z.strictObject({ items: z.array(voucher) })

export const useVoucher = z.strictObject({
  payee: id,
  amount: amountInput,
  cash: amountInput.optional(),
  contractAmount: amountInput,
  invoice: z.string().max(60).optional(),
  expiresAt: instant,
})
export const useStates = ['held', 'released', 'verified', 'paid', 'clawed-back'] as const
export const use = z.strictObject({
  id,
  voucherId: id,
  scheme: z.string(),
  payer: z.strictObject({ id, name: z.string().nullable() }),
  payee: z.strictObject({ id, name: z.string().nullable() }),
  state: z.enum(useStates),
  relation: z.enum(['unrelated', 'undecided', 'judged-unrelated']),
  amount,
  contractAmount: amount,
  invoice: z.string().nullable(),
  expiresAt: instant,
})
export const useQuery = { state: z.enum(useStates).optional() }
export const useList = z.strictObject({ items: z.array(use), next: z.string().nullable() })

export const verifyUse = z.strictObject({
  invoice: z.string().max(60),
  invoiceAmount: amountInput,
  amount: amountInput.optional(),
})
export const officialAct = z.strictObject({ basis })
