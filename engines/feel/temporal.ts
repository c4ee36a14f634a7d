// Dates, times and durations: how they are read, written, ordered and added.
import { addMonths, type Civil, civilFrom, daysFrom, daysInMonth, weekdayOf } from './calendar.ts'

export const NANOS = 1_000_000_000n
const DAY_NANOS = 86_400n * NANOS
const MOST_YEAR = 999_999_999

export class LocalDate {
  readonly year: number
  readonly month: number
  readonly day: number
  constructor({ year, month, day }: Civil) {
    this.year = year
    this.month = month
    this.day = day
  }
  get days(): number {
    return daysFrom(this)
  }
  get weekday(): number {
    return weekdayOf(this.days)
  }
  static of(year: number, month: number, day: number): LocalDate | null {
    const whole = [year, month, day].every(Number.isInteger)
    if (!whole || Math.abs(year) > MOST_YEAR || month < 1 || month > 12) return null
    return day >= 1 && day <= daysInMonth(year, month) ? new LocalDate({ year, month, day }) : null
  }
  toString(): string {
    const { year, month, day } = this
    const digits = String(Math.abs(year)).padStart(4, '0')
    return `${year < 0 ? '-' : ''}${digits}-${two(month)}-${two(day)}`
  }
}

/** How far a time is from Greenwich: a fixed offset in seconds, or a zone of the IANA list. */
export type Zone = { offset: number } | { id: string }

export class LocalTime {
  /** Since midnight. */
  readonly nanos: bigint
  readonly zone: Zone | null
  constructor(nanos: bigint, zone: Zone | null) {
    this.nanos = nanos
    this.zone = zone
  }
  get hour(): number {
    return Number(this.nanos / (3_600n * NANOS))
  }
  get minute(): number {
    return Number((this.nanos / (60n * NANOS)) % 60n)
  }
  get second(): number {
    return Number((this.nanos / NANOS) % 60n)
  }
  static of(
    hour: number,
    minute: number,
    second: number,
    nanos: bigint,
    zone: Zone | null,
  ): LocalTime | null {
    const whole = [hour, minute, second].every(Number.isInteger)
    if (!whole || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
      return null
    }
    return new LocalTime(BigInt(hour * 3_600 + minute * 60 + second) * NANOS + nanos, zone)
  }
  /** Its offset in seconds on a day; null where it has none. */
  offsetOn(date: LocalDate): number | null {
    if (!this.zone) return null
    return 'offset' in this.zone ? this.zone.offset : offsetOf(this.zone.id, date, this.nanos)
  }
  toString(): string {
    const rest = this.nanos % NANOS
    const fraction = rest === 0n ? '' : `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`
    const zone = this.zone === null ? '' : writeZone(this.zone)
    return `${two(this.hour)}:${two(this.minute)}:${two(this.second)}${fraction}${zone}`
  }
}

export class DateTime {
  readonly date: LocalDate
  readonly time: LocalTime
  constructor(date: LocalDate, time: LocalTime) {
    this.date = date
    this.time = time
  }
  /** Since 1970 in its own place; in Greenwich where it has a zone. */
  get instant(): bigint {
    const offset = this.time.offsetOn(this.date) ?? 0
    return BigInt(this.date.days) * DAY_NANOS + this.time.nanos - BigInt(offset) * NANOS
  }
  toString(): string {
    return `${this.date}T${this.time}`
  }
}

export class MonthsDuration {
  readonly months: number
  constructor(months: number) {
    this.months = months
  }
  toString(): string {
    const months = Math.abs(this.months)
    const [y, m] = [Math.floor(months / 12), months % 12]
    const sign = this.months < 0 ? '-' : ''
    if (months === 0) return 'P0M'
    return `${sign}P${y > 0 ? `${y}Y` : ''}${m > 0 ? `${m}M` : ''}`
  }
}

export class DaysDuration {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = nanos
  }
  /** Days, hours, minutes and seconds, each with the sign of the whole. */
  get parts(): { days: number; hours: number; minutes: number; seconds: number; nanos: number } {
    return {
      days: Number(this.nanos / DAY_NANOS),
      hours: Number((this.nanos / (3_600n * NANOS)) % 24n),
      minutes: Number((this.nanos / (60n * NANOS)) % 60n),
      seconds: Number((this.nanos / NANOS) % 60n),
      nanos: Number(this.nanos % NANOS),
    }
  }
  toString(): string {
    const size = this.nanos < 0n ? -this.nanos : this.nanos
    const { days, hours, minutes, seconds, nanos } = new DaysDuration(size).parts
    if (size === 0n) return 'PT0S'
    const rest = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`
    const clock = [
      hours > 0 ? `${hours}H` : '',
      minutes > 0 ? `${minutes}M` : '',
      seconds > 0 || nanos > 0 ? `${seconds}${rest}S` : '',
    ].join('')
    const sign = this.nanos < 0n ? '-' : ''
    return `${sign}P${days > 0 ? `${days}D` : ''}${clock && `T${clock}`}`
  }
}

const two = (value: number): string => String(value).padStart(2, '0')

function writeZone(zone: Zone): string {
  if ('id' in zone) return `@${zone.id}`
  if (zone.offset === 0) return 'Z'
  const size = Math.abs(zone.offset)
  const [h, m, s] = [Math.floor(size / 3_600), Math.floor(size / 60) % 60, size % 60]
  return `${zone.offset < 0 ? '-' : '+'}${two(h)}:${two(m)}${s ? `:${two(s)}` : ''}`
}

const formats = new Map<string, Intl.DateTimeFormat | null>()

function formatOf(id: string): Intl.DateTimeFormat | null {
  let format = formats.get(id)
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', { timeZone: id, timeZoneName: 'longOffset' })
    } catch {
      format = null
    }
    formats.set(id, format)
  }
  return format
}

export const isZone = (id: string): boolean => formatOf(id) !== null

/** Seconds that clocks of a zone are ahead of Greenwich at a local moment. */
function offsetOf(id: string, date: LocalDate, nanos: bigint): number {
  const format = formatOf(id)
  if (!format) return 0
  const local = date.days * 86_400_000 + Number(nanos / 1_000_000n)
  const at = (instant: number): number => {
    const parts = format.formatToParts(instant)
    const name = parts.find(({ type }) => type === 'timeZoneName')!.value
    const found = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name)
    if (!found) return 0
    const size = Number(found[2]) * 3_600 + Number(found[3]) * 60 + Number(found[4] ?? 0)
    return found[1] === '-' ? -size : size
  }
  // Beyond what a Date can hold there is no history of zones to look up.
  if (Math.abs(local) > 8.6e15) return at(0)
  return at(local - at(local) * 1_000)
}

const DATE = /^(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)$/
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d(?::\d\d)?|@.+)?$/

export function parseDate(text: string): LocalDate | null {
  const found = DATE.exec(text)
  return found ? LocalDate.of(Number(found[1]), Number(found[2]), Number(found[3])) : null
}

/** @returns undefined where the text is no zone */
export function parseZone(text: string): Zone | undefined {
  if (text === 'Z') return { offset: 0 }
  if (text.startsWith('@')) return isZone(text.slice(1)) ? { id: text.slice(1) } : undefined
  const [h, m, s = 0] = text.slice(1).split(':').map(Number)
  if (h! > 18 || m! > 59 || s > 59) return undefined
  const size = h! * 3_600 + m! * 60 + s
  return size > 18 * 3_600 ? undefined : { offset: text[0] === '-' ? -size : size }
}

export function parseTime(text: string): LocalTime | null {
  const found = TIME.exec(text)
  if (!found) return null
  const [, h, m, s, fraction = '', zoned] = found
  const zone = zoned === undefined ? null : parseZone(zoned)
  if (zone === undefined) return null
  const nanos = BigInt(fraction.slice(0, 9).padEnd(9, '0'))
  return LocalTime.of(Number(h), Number(m), Number(s), nanos, zone)
}

export const MIDNIGHT = new LocalTime(0n, null)

/** A date and time; a date alone is its midnight. */
export function parseDateTime(text: string): DateTime | null {
  const at = text.indexOf('T')
  if (at < 0) {
    const date = parseDate(text)
    return date && new DateTime(date, MIDNIGHT)
  }
  const [date, time] = [parseDate(text.slice(0, at)), parseTime(text.slice(at + 1))]
  return date && time && new DateTime(date, time)
}

const MONTHS = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?$/
const DAYS = /^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?$/

export function parseDuration(text: string): MonthsDuration | DaysDuration | null {
  const months = MONTHS.exec(text)
  if (months && (months[2] ?? months[3]) !== undefined) {
    const size = Number(months[2] ?? 0) * 12 + Number(months[3] ?? 0)
    return Number.isSafeInteger(size) ? new MonthsDuration(months[1] ? -size : size) : null
  }
  const days = DAYS.exec(text)
  if (!days || text.endsWith('T') || days.slice(2, 6).every((part) => part === undefined)) {
    return null
  }
  const [d, h, m, s] = days.slice(2, 6).map((part) => BigInt(part ?? 0))
  const rest = BigInt((days[6] ?? '').slice(0, 9).padEnd(9, '0'))
  const size = (((d! * 24n + h!) * 60n + m!) * 60n + s!) * NANOS + rest
  return new DaysDuration(days[1] ? -size : size)
}

/** Within the years that there are, or null. */
const inYears = (date: Civil): LocalDate | null => LocalDate.of(date.year, date.month, date.day)

export const dateAfterMonths = (date: LocalDate, months: number): LocalDate | null =>
  inYears(addMonths(date, months))

const floorDiv = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b))

/** A moment so much later on the clock of its own place. */
export function dateTimeAfter(from: DateTime, nanos: bigint): DateTime | null {
  const total = BigInt(from.date.days) * DAY_NANOS + from.time.nanos + nanos
  const days = floorDiv(total, DAY_NANOS)
  const date = inYears(civilFrom(Number(days)))
  return date && new DateTime(date, new LocalTime(total - days * DAY_NANOS, from.time.zone))
}

/** A time so much later, around the clock. */
export function timeAfter(from: LocalTime, nanos: bigint): LocalTime {
  const total = from.nanos + nanos
  return new LocalTime(total - floorDiv(total, DAY_NANOS) * DAY_NANOS, from.zone)
}

const EPOCH = new LocalDate({ year: 1970, month: 1, day: 1 })

/** Comparable with other times; in Greenwich where it has a zone. */
export const timeInstant = (time: LocalTime): bigint =>
  time.nanos - BigInt(time.offsetOn(EPOCH) ?? 0) * NANOS

/** Whole months from one date to another, towards zero. */
export function monthsBetween(from: DateTime, to: DateTime): number {
  const order = (one: DateTime) => BigInt(one.date.days) * DAY_NANOS + one.time.nanos
  if (order(to) < order(from)) return -monthsBetween(to, from) || 0
  const months = (to.date.year - from.date.year) * 12 + to.date.month - from.date.month
  const short =
    to.date.day < from.date.day ||
    (to.date.day === from.date.day && to.time.nanos < from.time.nanos)
  return short ? months - 1 : months
}
