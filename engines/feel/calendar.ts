// The calendar as arithmetic on days, for any year: 400 years are 146,097 days.

const ERA_DAYS = 146_097

export interface Civil {
  year: number
  month: number
  day: number
}

export const isLeap = (year: number): boolean =>
  year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

export const daysInMonth = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31

/** Days since 1970-01-01, as if the present calendar had always been. */
export function daysFrom({ year, month, day }: Civil): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const ofEra = shifted - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const days = ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear
  return era * ERA_DAYS + days - 719_468
}

export function civilFrom(days: number): Civil {
  const z = days + 719_468
  const era = Math.floor(z / ERA_DAYS)
  const day = z - era * ERA_DAYS
  const year = Math.floor(
    (day - Math.floor(day / 1_460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365,
  )
  const ofYear = day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const shifted = Math.floor((5 * ofYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: year + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * shifted + 2) / 5) + 1,
  }
}

/** Monday is 1, Sunday 7. */
export const weekdayOf = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1

/** The same day so many months later; the last of the month where it has fewer days. */
export function addMonths({ year, month, day }: Civil, months: number): Civil {
  const total = year * 12 + month - 1 + months
  const [y, m] = [Math.floor(total / 12), (((total % 12) + 12) % 12) + 1]
  return { year: y, month: m, day: Math.min(day, daysInMonth(y, m)) }
}

/** ISO 8601 week: weeks begin on Monday, the first one holds 4 January. */
export function weekOfYear({ year, month, day }: Civil): number {
  const days = daysFrom({ year, month, day })
  const thursday = days + 4 - weekdayOf(days)
  const first = daysFrom({ year: civilFrom(thursday).year, month: 1, day: 1 })
  return Math.floor((thursday - first) / 7) + 1
}
