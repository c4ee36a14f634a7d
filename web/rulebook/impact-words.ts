// Figures of an impact as they are shown: amounts in a readable unit, with their sign, and in percent.
import { count } from '../text/format.ts'

const TEN_THOUSAND = 10_000

/** 元 in the thousands and more as 万元; whole from a hundred on, else with one decimal. */
export function amountIn(amount: number, unit: string): { value: string; unit: string } {
  const large = unit === '元'
  const scaled = large ? amount / TEN_THOUSAND : amount
  const digits = Math.abs(scaled) >= 100 || Number.isInteger(scaled) ? 0 : 1
  const rounded = Number(scaled.toFixed(digits))
  const value = count(Math.abs(rounded))
  return { value: rounded < 0 ? `−${value}` : value, unit: large ? '万元' : unit }
}

/** A figure of a change: +3,412, −17, 0. */
export const signed = (value: string): string =>
  value.startsWith('−') || value === '0' || value.startsWith('-')
    ? value.replace('-', '−')
    : `+${value}`

export function percentOf({ before, after }: { before: number; after: number }): string {
  if (before === 0) return after === 0 ? '0%' : '—'
  const percent = (100 * (after - before)) / before
  return `${signed(
    percent
      .toFixed(1)
      .replace('-', '−')
      .replace(/^0\.0$|^−0\.0$/, '0'),
  )}%`
}
