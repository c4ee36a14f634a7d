// Numbers, money and times as people read them; times always in Asia/Shanghai.
import type { Language } from './preferences.ts'

const ZONE = 'Asia/Shanghai'
const cache = new Map<string, Intl.DateTimeFormat>()

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options)
  const known = cache.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat('zh-CN', { ...options, timeZone: ZONE, hourCycle: 'h23' })
  cache.set(key, made)
  return made
}

function parts(at: Date, options: Intl.DateTimeFormatOptions): Record<string, string> {
  return Object.fromEntries(
    formatter(options)
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  )
}

/** 2026-11-23 in Asia/Shanghai. */
export function isoDate(at: Date): string {
  const { year, month, day } = parts(at, { year: 'numeric', month: '2-digit', day: '2-digit' })
  return `${year}-${month}-${day}`
}

/** 10:24:05 or 10:24 in Asia/Shanghai. */
function timeOfDay(at: Date, seconds = false): string {
  const { hour, minute, second } = parts(at, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  return seconds ? `${hour}:${minute}:${second}` : `${hour}:${minute}`
}

/** 2026-11-23 10:24 in Asia/Shanghai. */
export function dateTime(at: Date, seconds = false): string {
  return `${isoDate(at)} ${timeOfDay(at, seconds)}`
}

/** 10:24 on the same day as `now`, else 11-24 10:24, in another year with it; Asia/Shanghai. */
export function nearTime(at: Date, now: Date, seconds = false): string {
  const [day, today] = [isoDate(at), isoDate(now)]
  if (day === today) return timeOfDay(at, seconds)
  return day.slice(0, 4) === today.slice(0, 4)
    ? `${day.slice(5)} ${timeOfDay(at, seconds)}`
    : dateTime(at, seconds)
}

/** 1,234,567 with the grouping of both languages. */
export function count(value: number | bigint): string {
  return value.toLocaleString('en-US')
}

/** The decimals of a decimal string that carry meaning: '12.5000' has 1. */
export function decimalsOf(amount: string): number {
  const fraction = amount.split('.')[1] ?? ''
  return fraction.replace(/0+$/, '').length
}

/**
 * A decimal string grouped and with a fixed number of decimals, never rounded below what it holds.
 * @param decimals the least number of decimals to show
 */
export function decimal(amount: string, decimals = 0): string {
  const negative = amount.startsWith('-')
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
  const kept = fraction.replace(/0+$/, '').padEnd(decimals, '0')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return `${negative ? '−' : ''}${grouped}${kept ? `.${kept}` : ''}`
}

/** The decimals that a column needs so that all its points stand below one another. */
export function columnDecimals(amounts: readonly string[], least: number): number {
  return amounts.reduce((most, amount) => Math.max(most, decimalsOf(amount)), least)
}

/** The sign of a decimal string without turning it into a float. */
export function signOf(amount: string): -1 | 0 | 1 {
  if (/^-?0*(\.0*)?$/.test(amount)) return 0
  return amount.startsWith('-') ? -1 : 1
}

/** 3 天 2 小时, or 3 d 2 h: the two largest units of a duration in seconds. */
export function duration(seconds: number, language: Language): string {
  const units = [
    [86_400, '天', 'd'],
    [3_600, '小时', 'h'],
    [60, '分', 'min'],
    [1, '秒', 's'],
  ] as const
  let rest = Math.max(0, Math.round(seconds))
  const words: string[] = []
  for (const [size, zh, en] of units) {
    const amount = Math.floor(rest / size)
    rest -= amount * size
    if (amount > 0 && words.length < 2) words.push(`${amount} ${language === 'en' ? en : zh}`)
    else if (words.length > 0) break
  }
  return words.join(' ') || (language === 'en' ? '0 s' : '0 秒')
}

const DIGITS = '零一二三四五六七八九'

/** 1 to 99 as the law counts its articles: 三十四. */
export function chineseNumber(value: number): string {
  const tens = Math.floor(value / 10)
  const units = value % 10
  if (tens === 0) return DIGITS[units]!
  return `${tens > 1 ? DIGITS[tens] : ''}十${units > 0 ? DIGITS[units] : ''}`
}
