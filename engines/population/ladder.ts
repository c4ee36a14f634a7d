// What the ladder of small firms asks of made-up companies: their books, research, rights and titles.
import type { TypeDefinition } from '#engines/rules/definitions.ts'
import { type Dice, inParts, sumsOf } from './dice.ts'

const wan: TypeDefinition = { kind: 'number', unit: '万元' }
const percent: TypeDefinition = { kind: 'number', unit: '%' }
const flag: TypeDefinition = { kind: 'boolean' }

const TITLES = ['无', '科技和创新型中小企业', '专精特新中小企业', '专精特新小巨人企业']
const RIGHTS = ['高价值一类', '自主研发一类', '其他一类', '二类', '无']
const AWARDS = ['国家级前三名', '国家级其他', '省部级前三名', '省部级其他', '无']

export const LADDER_FACTS: Readonly<Record<string, TypeDefinition>> = {
  合规经营: flag,
  现有称号: { kind: 'text', values: TITLES },
  高新技术企业等荣誉: flag,
  省部级研发机构: flag,
  科技奖励: { kind: 'text', values: AWARDS },
  近三年股权融资: wan,
  近两年股权融资: wan,
  最佳知识产权: { kind: 'text', values: RIGHTS },
  一类知识产权: { kind: 'number', unit: '项' },
  战略性新兴产业: flag,
  上年营业收入: wan,
  前年营业收入: wan,
  上年主营业务收入: wan,
  前年主营业务收入: wan,
  上年研发费用: wan,
  前年研发费用: wan,
  资产负债率: percent,
  营收复合增长率: percent,
  细分市场年限: { kind: 'number', unit: '年' },
  发展评价得分: { kind: 'number', unit: '' },
  市场占有率: percent,
  国内前三: flag,
  研发人员占比: percent,
  暂行办法其他条件: flag,
}

/** What the figures of the ladder follow from. */
export interface Company {
  isFirm: boolean
  /** On the list of serious breach of trust. */
  isListed: boolean
  /** Whole days up to the end of last year; below 0 where it is younger. */
  days: number
  workers: number
  /** Of a whole year, in 10,000 yuan. */
  revenue: number
  ai: boolean
  /** Of software and the like. */
  results: number
  /** How many of its sector do research. */
  research: number
}

export type Put = (name: string, value: number | boolean) => void

const YEAR = 365
const within = (value: number, least: number, most: number) =>
  Math.min(most, Math.max(least, value))

/** How much of a year that ended so many days after the founding there was. */
const lived = (days: number) => within(days / YEAR, 0, 1)

interface Books {
  /** Of revenue; 0: no research. */
  share: number
  /** Spent on research last year, in 10,000 yuan. */
  spent: number
  debt: number
  growth: number
}

/** Two years of revenue and research. In its first years a company has part of a year's, or nothing. */
function books(put: Put, dice: Dice, { days, revenue, workers, ai, research }: Company): Books {
  const pace = ai ? 0.12 : 0.03
  const [latest, earlier] = [pace + 0.25 * dice.bell(), pace + 0.25 * dice.bell()]
  const last = inParts(revenue * lived(days))
  const before = inParts((revenue / (1 + latest)) * lived(days - YEAR))
  const main = Math.min(1, 1.05 - 0.5 * dice.next() ** 2)
  const mainBefore = within(main + 0.05 * dice.bell(), 0, 1)
  const growth = days > YEAR ? Math.sqrt((1 + latest) * (1 + earlier)) - 1 : 0
  const debt = inParts(0.52 + 0.3 * dice.bell(), 1_000)
  put('上年营业收入', last)
  put('前年营业收入', before)
  put('上年主营业务收入', inParts(last * main))
  put('前年主营业务收入', inParts(before * mainBefore))
  put('资产负债率', debt)
  put('营收复合增长率', inParts(growth, 1_000))
  const does = dice.happens(ai ? 0.9 : workers >= 10 ? research : research * 0.4)
  const share = does ? (ai ? 0.05 + 0.3 * dice.next() : 0.01 + 0.07 * dice.next()) : 0
  const spent = inParts(last * share)
  put('上年研发费用', spent)
  put('前年研发费用', does ? inParts(before * share * (0.8 + 0.4 * dice.next())) : 0)
  const staff = does
    ? Math.max(1, Math.round(workers * (ai ? 0.2 : 0.05) * (1 + 3 * dice.next())))
    : 0
  put('研发人员占比', inParts(staff / workers, 10_000))
  return { share, spent, debt, growth }
}

const AWARD_SUMS = sumsOf([1, 3, 10, 20])

interface Merits {
  firstClass: number
  isHonoured: boolean
}

/** Rights, honours, awards and investors: of those who do research, the more the more they spend. */
function merits(put: Put, dice: Dice, company: Company, { share, spent }: Books): Merits {
  const { days, ai, results, revenue, isFirm } = company
  const does = share > 0
  const most = 2 * Math.sqrt(spent / 50) * within(days / YEAR / 3, 0, 1)
  const firstClass = does ? Math.floor(dice.next() * most) : 0
  const isSecond = dice.happens(results > 0 ? 0.7 : does ? 0.5 : 0.03)
  const kind = firstClass > 0 ? dice.next() : 1
  const best = firstClass === 0 ? (isSecond ? 3 : 4) : kind < 0.15 ? 0 : kind < 0.75 ? 1 : 2
  const isHonoured = isFirm && days > YEAR && share >= 0.03 && best < 4 && dice.happens(0.4)
  const hasLab = does && dice.happens(revenue >= 5_000 ? 0.1 : revenue >= 500 ? 0.005 : 0)
  const award = firstClass > 0 && dice.happens(0.03) ? dice.pick(AWARD_SUMS) : 4
  const isFunded = isFirm && does && days < 10 * YEAR && dice.happens(ai ? 0.12 : 0.04)
  const funds = isFunded ? Math.round(dice.size(2.8, 0.6)) : 0
  const recent = isFunded && dice.happens(0.7) ? Math.round(funds * dice.next()) : 0
  put('一类知识产权', firstClass)
  put('最佳知识产权', best)
  put('高新技术企业等荣誉', isHonoured)
  put('省部级研发机构', hasLab)
  put('科技奖励', award)
  put('近三年股权融资', funds)
  // Investors of a company that is younger came in these two years.
  put('近两年股权融资', days < YEAR ? funds : recent)
  put('战略性新兴产业', dice.happens(ai ? 0.85 : does ? 0.3 : 0.01))
  return { firstClass, isHonoured }
}

interface Niche {
  /** In whole years. */
  years: number
  /** Of its market. */
  held: number
  isTop: boolean
}

/** Where it stands in its niche: rights help. */
function nicheOf(put: Put, dice: Dice, { days, revenue }: Company, rights: number): Niche {
  const years = Math.max(0, Math.floor((days / YEAR) * (0.4 + 0.6 * dice.next())))
  const middle = -4 + 0.5 * Math.log10(revenue) + 0.08 * Math.min(8, rights)
  const held = Math.min(0.6, dice.size(middle, 0.9))
  const isTop = dice.happens(held >= 0.1 ? 0.5 : held >= 0.02 ? 0.03 : 0)
  put('细分市场年限', years)
  put('市场占有率', inParts(held, 10_000))
  put('国内前三', isTop)
  return { years, held, isTop }
}

/** The highest title held: fewer hold it than could. */
function titleOf(dice: Dice, company: Company, books: Books, rights: number, niche: Niche): number {
  const { isFirm, isListed, workers, revenue, days } = company
  const { share, spent, debt } = books
  // Such a company is a large one in most sectors.
  if (!isFirm || isListed || (workers >= 300 && revenue >= 10_000)) return 0
  if (share < 0.02 || days < YEAR) return 0
  const { years, held, isTop } = niche
  const isSpecial = years >= 3 && revenue >= 1_500 && share >= 0.03 && spent >= 100 && rights >= 1
  const isGiant = isSpecial && revenue >= 5_000 && rights >= 4 && debt <= 0.7
  if (isGiant && (held >= 0.1 || isTop) && dice.happens(0.5)) return 3
  if (isSpecial && dice.happens(0.4)) return 2
  return dice.happens(0.35) ? 1 : 0
}

/** Puts down all that `LADDER_FACTS` names: nobody's figures, but such as go with each other. */
export function ladder(put: Put, dice: Dice, company: Company): void {
  const { revenue, isListed } = company
  const kept = books(put, dice, company)
  const { firstClass, isHonoured } = merits(put, dice, company, kept)
  const niche = nicheOf(put, dice, company, firstClass)
  const title = titleOf(dice, company, kept, firstClass, niche)
  const { share, growth } = kept
  const points = Math.min(20, 5 * firstClass) + Math.min(20, 250 * share) + 5 * title
  const score = 15 + 25 * dice.next() + points + (growth > 0 ? 10 : 0)
  put('现有称号', title)
  put('合规经营', !isListed && (title > 0 || dice.happens(0.97)))
  put('发展评价得分', Math.min(100, Math.round(score)))
  const isReady = revenue >= 500 && share > 0 && (isHonoured || dice.happens(0.2))
  put('暂行办法其他条件', title > 1 || isReady)
}
