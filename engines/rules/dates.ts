// Dates as the law writes them (2026-01-31), as the calendar has them, and as days since 1970.
import { type Civil, civilFrom, daysFrom } from '#engines/feel/calendar.ts'

export function civilOf(date: string): Civil {
  const [year, month, day] = date.split('-').map(Number)
  return { year: year!, month: month!, day: day! }
}

export function written({ year, month, day }: Civil): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

/** Dates have years of four digits: beyond, they would no longer compare as texts. */
const [FIRST, LAST] = [daysFrom(civilOf('0001-01-01')), daysFrom(civilOf('9999-12-31'))]
export const isDay = (days: number): boolean => FIRST <= days && days <= LAST

export const daysOf = (date: string): number => daysFrom(civilOf(date))
export const dateOfDays = (days: number): string => written(civilFrom(days))
