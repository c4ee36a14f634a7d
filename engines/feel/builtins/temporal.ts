// Functions on dates, times and durations.
import { daysFrom, weekOfYear } from '../calendar.ts'
import { equal } from '../operators.ts'
import {
  DateTime,
  DaysDuration,
  isZone,
  LocalDate,
  LocalTime,
  MIDNIGHT,
  MonthsDuration,
  monthsBetween,
  parseDate,
  parseDateTime,
  parseDuration,
  parseTime,
  type Zone,
} from '../temporal.ts'
import { type Decimal, isNull, Null, number, type Value } from '../values.ts'
import { builtin, overload } from './signature.ts'

const NANOS = 1_000_000_000n
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'],
  ...['October', 'November', 'December'],
]

const orNull = (value: Value | null, what: string): Value => value ?? new Null(`no ${what}`)

const dateOf = (year: Decimal, month: Decimal, day: Decimal): Value =>
  orNull(LocalDate.of(year.toNumber(), month.toNumber(), day.toNumber()), 'date')

function timeOf(hour: Decimal, minute: Decimal, second: Decimal, offset: Value | undefined): Value {
  let zone: Zone | null = null
  if (offset instanceof DaysDuration) zone = { offset: Number(offset.nanos / NANOS) }
  const whole = second.trunc()
  const nanos = BigInt(second.minus(whole).times(1_000_000_000).trunc().toFixed())
  const [h, m, s] = [hour.toNumber(), minute.toNumber(), whole.toNumber()]
  return orNull(LocalTime.of(h, m, s, nanos, zone), 'time')
}

const withDate = (date: LocalDate | DateTime, time: LocalTime): Value =>
  new DateTime(date instanceof DateTime ? date.date : date, time)

function dateTimeOf(...[year, month, day, hour, minute, second, zoned]: Value[]): Value {
  const date = dateOf(year as Decimal, month as Decimal, day as Decimal)
  const offset = zoned instanceof DaysDuration ? zoned : undefined
  const time = timeOf(hour as Decimal, minute as Decimal, second as Decimal, offset)
  if (isNull(date)) return date
  if (isNull(time)) return time
  if (typeof zoned !== 'string') return new DateTime(date as LocalDate, time as LocalTime)
  if (!isZone(zoned)) return new Null('no such zone')
  return new DateTime(date as LocalDate, new LocalTime((time as LocalTime).nanos, { id: zoned }))
}

const atMidnight = (date: LocalDate | DateTime): DateTime =>
  date instanceof DateTime ? date : new DateTime(date, MIDNIGHT)

const between = (from: LocalDate | DateTime, to: LocalDate | DateTime): Value =>
  new MonthsDuration(monthsBetween(atMidnight(from), atMidnight(to)))

const nothing = new Null('not given')

/** The same in kind and in everything else, zones included. */
function is(a: Value = nothing, b: Value = nothing): Value {
  if (isNull(a) || isNull(b)) return isNull(a) && isNull(b)
  const zoneOf = (value: Value): string | null => {
    const time = value instanceof DateTime ? value.time : value instanceof LocalTime ? value : null
    if (!time?.zone) return null
    return 'id' in time.zone ? time.zone.id : String(time.zone.offset)
  }
  if (zoneOf(a) !== zoneOf(b)) return false
  return equal(a, b) === true
}

/** For a date alone and for a moment alike. */
const ofDate = (name: string, run: (date: LocalDate) => Value) =>
  builtin(
    name,
    overload('date: date', run),
    overload('date: date and time', (moment: DateTime) => run(moment.date)),
  )

const firstOfYear = (year: number) => daysFrom({ year, month: 1, day: 1 })

/** Those that look at the clock, which the surroundings give. */
export const clockFunctions = (now: () => DateTime) => [
  builtin('now', overload('', now)),
  builtin(
    'today',
    overload('', () => now().date),
  ),
]

export const temporalFunctions = [
  builtin(
    'date',
    overload('from: string', (text: string) => orNull(parseDate(text), 'date')),
    overload('from: date', (date: LocalDate) => date),
    overload('from: date and time', (moment: DateTime) => moment.date),
    overload('year: number, month: number, day: number', dateOf),
  ),
  builtin(
    'time',
    overload('from: string', (text: string) => orNull(parseTime(text), 'time')),
    overload('from: time', (time: LocalTime) => time),
    overload('from: date', () => new LocalTime(0n, { offset: 0 })),
    overload('from: date and time', (moment: DateTime) => moment.time),
    overload(
      'hour: number, minute: number, second: number, [offset: days and time duration?]',
      timeOf,
    ),
  ),
  builtin(
    'date and time',
    overload('from: string', (text: string) => orNull(parseDateTime(text), 'date and time')),
    overload('from: date and time', (moment: DateTime) => moment),
    overload(
      'from: date',
      (date: LocalDate) => new DateTime(date, new LocalTime(0n, { offset: 0 })),
    ),
    overload('date: date, time: time', withDate),
    overload('date: date and time, time: time', withDate),
    overload(
      'year: number, month: number, day: number, hour: number, minute: number, second: number, [offset: days and time duration?]',
      dateTimeOf,
    ),
    overload(
      'year: number, month: number, day: number, hour: number, minute: number, second: number, timezone: string',
      dateTimeOf,
    ),
  ),
  builtin(
    'duration',
    overload('from: string', (text: string) => orNull(parseDuration(text), 'duration')),
    overload('from: years and months duration', (one: MonthsDuration) => one),
    overload('from: days and time duration', (one: DaysDuration) => one),
  ),
  builtin(
    'years and months duration',
    overload('from: date, to: date', between),
    overload('from: date and time, to: date and time', between),
    overload('from: date, to: date and time', between),
    overload('from: date and time, to: date', between),
  ),
  builtin('is', overload('[value1: any], [value2: any]', is)),
  ofDate('day of year', (date) => number(date.days - firstOfYear(date.year) + 1)),
  ofDate('day of week', (date) => DAYS[date.weekday - 1]!),
  ofDate('month of year', (date) => MONTHS[date.month - 1]!),
  ofDate('week of year', (date) => number(weekOfYear(date))),
]
