// The words for entries, accounts and the states of a voucher's use.
import type { z } from 'zod'
import type { account, entryKinds, use, useStates } from '#services/ledger/contract.ts'
import type { Tone } from '../components/card.tsx'
import type { Text } from '../text/text.ts'

const kinds: Record<keyof typeof entryKinds, Text> = {
  held: { zh: '冻结', en: 'Held' },
  captured: { zh: '结算', en: 'Captured' },
  released: { zh: '解冻', en: 'Released' },
  expired: { zh: '到期解冻', en: 'Hold expired' },
  transferred: { zh: '转账', en: 'Transferred' },
  issued: { zh: '入账', en: 'Issued' },
  retired: { zh: '出账', en: 'Retired' },
  reversed: { zh: '冲正', en: 'Reversed' },
  'voucher-pool-opened': { zh: '设立券池', en: 'Pool opened' },
  'voucher-claimed': { zh: '申领', en: 'Voucher claimed' },
  'voucher-used': { zh: '用券', en: 'Voucher used' },
  'voucher-verified': { zh: '核销', en: 'Voucher verified' },
  'voucher-paid': { zh: '兑付', en: 'Voucher paid' },
  'voucher-expired': { zh: '到期退回', en: 'Voucher expired' },
  'voucher-clawed-back': { zh: '追回', en: 'Clawed back' },
}

/** What an entry did; a kind that this portal does not know is shown as it is. */
export function kindName(kind: string): Text {
  return (kinds as Record<string, Text>)[kind] ?? { zh: kind, en: kind }
}

type AccountKind = z.output<typeof account>['kind']

const accountKinds: Record<AccountKind, Text> = {
  main: { zh: '普通账户', en: 'Main account' },
  earmarked: { zh: '专用账户', en: 'Earmarked account' },
  pool: { zh: '券池', en: 'Pool' },
  fund: { zh: '资金户', en: 'Fund' },
  issuance: { zh: '发行户', en: 'Issuance' },
  external: { zh: '外部', en: 'Outside' },
  recovery: { zh: '追回户', en: 'Recovery' },
}

export function accountKindName(kind: string): Text {
  return (accountKinds as Record<string, Text>)[kind] ?? { zh: kind, en: kind }
}

type UseState = (typeof useStates)[number]

export const useStateNames: Record<UseState, Text> = {
  held: { zh: '已占用，待核销', en: 'Held, to be verified' },
  released: { zh: '已撤回', en: 'Taken back' },
  verified: { zh: '已核销，待兑付', en: 'Verified, to be paid' },
  paid: { zh: '已兑付', en: 'Paid' },
  'clawed-back': { zh: '已追回', en: 'Clawed back' },
}

export const useStateTones: Record<UseState, Tone> = {
  held: 'wait',
  released: 'none',
  verified: 'info',
  paid: 'good',
  'clawed-back': 'none',
}

type Relation = z.output<typeof use>['relation']

export const relationNames: Record<Relation, Text> = {
  unrelated: { zh: '非关联方', en: 'Unrelated' },
  undecided: { zh: '关联关系待人工判断', en: 'A person has to judge' },
  'judged-unrelated': { zh: '经判断为非关联方', en: 'Judged unrelated' },
}

const purposes: Readonly<Record<string, Text>> = {
  compute: { zh: '算力', en: 'compute' },
  'compute.training': { zh: '大模型训练算力', en: 'compute for training' },
  model: { zh: '模型服务', en: 'models' },
  corpus: { zh: '语料', en: 'corpora' },
}

export function purposeName(purpose: string): Text {
  return purposes[purpose] ?? { zh: purpose, en: purpose }
}
