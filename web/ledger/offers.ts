// What a subject can claim and why, worked out as the server will: an estimate, not a decision.
import { type Eligibility, eligibility, type Profile } from '#engines/ledger/eligibility.ts'
import type { ParametersReply } from '#services/regulation/contract.ts'
import { decimal } from '../text/format.ts'
import type { Text } from '../text/text.ts'
import type { Scheme, Voucher } from './vouchers.ts'

/** What is known of the one who would claim. */
export interface Claimant extends Profile {
  area: string | null
}

/** The numbers of a scheme that are in force today; null where the law names none. */
export interface SchemeNumbers {
  general: number | null
  startup: number | null
  /** Whole yuan. */
  cap: string | null
  startupMonths: number | null
}

export type Offer = { scheme: Scheme; numbers: SchemeNumbers } & (
  | {
      outcome: 'open'
      class: 'general' | 'startup'
      ratio: number
      /** Still to be claimed this year, as a decimal string of yuan. */
      amount: string
      claimed: string
      foundedOn: string | null
    }
  | { outcome: 'used-up' | 'no-pool' | 'no-rule' | 'area' }
  | { outcome: 'outside'; what: 'kind' | 'size' }
  | { outcome: 'unknown'; what: 'class' | 'size' | 'founding-date' }
)

const SCALE = 4n
const UNIT = 10n ** SCALE

/** A decimal string of yuan in 1/10,000 yuan. */
export function unitsOf(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.')
  return BigInt(whole) * UNIT + BigInt(fraction.padEnd(Number(SCALE), '0').slice(0, Number(SCALE)))
}

/** 1/10,000 yuan as a decimal string. */
export function yuanOf(units: bigint): string {
  const fraction = String(units % UNIT).padStart(Number(SCALE), '0')
  return `${units / UNIT}.${fraction}`
}

/** The numbers of all schemes out of the law's parameters. */
export function numbersOf(parameters: ParametersReply, scheme: Scheme): SchemeNumbers {
  const all = parameters.documents.flatMap((document) => document.parameters)
  const current = (id: string) => all.find((one) => one.id === id)?.current?.value ?? null
  const number = (id: string) => {
    const value = current(id)
    return value === null ? null : Number(value)
  }
  const cap = current(`voucher.${scheme.id}.cap`)
  return {
    general: number(`voucher.${scheme.id}.ratio.general`),
    startup: number(`voucher.${scheme.id}.ratio.startup`),
    cap: cap === null ? null : String(cap),
    startupMonths: number('voucher.guangdong.startup-age'),
  }
}

/** The province's area holds every other one; a city's holds its counties. */
function lies(area: string, within: string): boolean {
  if (within.endsWith('0000')) return area.slice(0, 2) === within.slice(0, 2)
  return area.slice(0, 4) === within.slice(0, 4)
}

interface Situation {
  claimant: Claimant
  vouchers: readonly Voucher[]
  /** YYYY-MM-DD in Guangdong. */
  today: string
}

/** Math.min knows no bigint. */
function least(one: bigint, other: bigint): bigint {
  if (other < one) return other
  return one
}

/** What one scheme comes to for a claimant. */
export function offerOf(scheme: Scheme, numbers: SchemeNumbers, situation: Situation): Offer {
  const { claimant, vouchers, today } = situation
  const base = { scheme, numbers }
  if (numbers.general === null || numbers.cap === null) return { ...base, outcome: 'no-rule' }
  const found: Eligibility = eligibility(
    claimant,
    {
      // Article 7, paragraph 3 names small firms; Shenzhen's rule names firms of every size.
      everySize: scheme.area !== '440000',
      startupMonths: numbers.startup === null ? null : numbers.startupMonths,
    },
    today,
  )
  if ('outside' in found) return { ...base, outcome: 'outside', what: found.outside }
  if ('unknown' in found) return { ...base, outcome: 'unknown', what: found.unknown }
  if (claimant.area === null || !lies(claimant.area, scheme.area)) {
    return { ...base, outcome: 'area' }
  }
  if (!scheme.pool) return { ...base, outcome: 'no-pool' }
  const year = scheme.pool.year
  const claimed = vouchers
    .filter((voucher) => voucher.scheme === scheme.id && voucher.year === year)
    .reduce((sum, voucher) => sum + unitsOf(voucher.claimed) - unitsOf(voucher.expired), 0n)
  const rest = unitsOf(numbers.cap) - claimed
  const left = unitsOf(scheme.pool.left)
  const amount = least(rest, left)
  if (amount <= 0n) return { ...base, outcome: 'used-up' }
  return {
    ...base,
    outcome: 'open',
    class: found.class,
    ratio: (found.class === 'startup' ? numbers.startup : null) ?? numbers.general,
    amount: yuanOf(amount),
    claimed: yuanOf(claimed),
    foundedOn: claimant.foundedOn,
  }
}

function openReason(offer: Offer & { outcome: 'open' }): Text {
  const { numbers, foundedOn, claimed } = offer
  const ratio = `${offer.ratio / 100}%`
  const cap = decimal(numbers.cap ?? '0')
  const young = offer.class === 'startup'
  const fresh = unitsOf(claimed) === 0n
  const used = decimal(claimed)
  return {
    zh:
      (young ? `成立于 ${foundedOn}，不满 ${numbers.startupMonths} 个月，属初创企业；` : '') +
      `按合同额 ${ratio} 支付，本年度上限 ¥${cap}，` +
      (fresh ? '尚未申领。' : `已申领 ¥${used}。`),
    en:
      (young ? `Founded ${foundedOn}, a start-up under ${numbers.startupMonths} months; ` : '') +
      `pays ${ratio} of a contract, at most ¥${cap} a year, ` +
      (fresh ? 'nothing claimed yet.' : `¥${used} claimed.`),
  }
}

/** The reason of an offer as a sentence. */
export function reasonOf(offer: Offer): Text {
  switch (offer.outcome) {
    case 'open':
      return openReason(offer)
    case 'used-up':
      return { zh: '本年度额度已用完。', en: 'This year’s amount is used up.' }
    case 'no-pool':
      return {
        zh: '符合条件，但本年度券池尚未设立。',
        en: 'Eligible; this year’s pool is not open yet.',
      }
    case 'no-rule':
      return {
        zh: '当日没有有效的比例或上限，不能申领。',
        en: 'No ratio or cap is in force today.',
      }
    case 'area':
      return { zh: '本单位不在该券适用的地区。', en: 'Your organisation lies outside its area.' }
    case 'outside':
      return offer.what === 'size'
        ? { zh: '面向中小微企业，本单位规模不在范围内。', en: 'For micro to medium firms only.' }
        : {
            zh: '面向企业、高校和科研机构，本单位类型不在范围内。',
            en: 'For firms and research bodies.',
          }
    case 'unknown':
      return missingWords[offer.what]
  }
}

const missingWords: Record<'class' | 'size' | 'founding-date', Text> = {
  class: { zh: '还不能判断：缺少单位类型。', en: 'Cannot be said yet: the class is missing.' },
  size: {
    zh: '还不能判断：缺少企业规模，补充后即可测算。',
    en: 'Cannot be said yet: the size is missing.',
  },
  'founding-date': {
    zh: '还不能判断：缺少成立日期。',
    en: 'Cannot be said yet: the founding date is missing.',
  },
}
