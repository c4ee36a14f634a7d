// What dates, times, durations and ranges tell of themselves after a dot.
import { DateTime, DaysDuration, LocalDate, LocalTime, MonthsDuration } from './temporal.ts'
import { Null, number, Range, type Value } from './values.ts'

const NANOS = 1_000_000_000

function ofDate(date: LocalDate, name: string): Value | null {
  switch (name) {
    case 'year':
      return number(date.year)
    case 'month':
      return number(date.month)
    case 'day':
      return number(date.day)
    case 'weekday':
      return number(date.weekday)
    default:
      return null
  }
}

const EPOCH = new LocalDate({ year: 1970, month: 1, day: 1 })

function ofTime(time: LocalTime, date: LocalDate, name: string): Value | null {
  switch (name) {
    case 'hour':
      return number(time.hour)
    case 'minute':
      return number(time.minute)
    case 'second':
      return number(time.second)
    case 'time offset': {
      const offset = time.offsetOn(date)
      if (offset === null) return new Null('a time without zone')
      return new DaysDuration(BigInt(offset) * BigInt(NANOS))
    }
    case 'timezone':
      return time.zone && 'id' in time.zone ? time.zone.id : new Null('no zone of the list')
    default:
      return null
  }
}

function ofDays(duration: DaysDuration, name: string): Value | null {
  const { days, hours, minutes, seconds, nanos } = duration.parts
  switch (name) {
    case 'days':
      return number(days)
    case 'hours':
      return number(hours)
    case 'minutes':
      return number(minutes)
    case 'seconds':
      return number(nanos).div(NANOS).plus(seconds)
    default:
      return null
  }
}

function ofMonths({ months }: MonthsDuration, name: string): Value | null {
  if (name === 'years') return number(Math.trunc(months / 12))
  return name === 'months' ? number(months % 12) : null
}

function ofRange({ start, end, startIncluded, endIncluded }: Range, name: string): Value | null {
  switch (name) {
    case 'start':
      return start ?? new Null('no start')
    case 'end':
      return end ?? new Null('no end')
    case 'start included':
      return startIncluded
    case 'end included':
      return endIncluded
    default:
      return null
  }
}

export function property(value: Value, name: string): Value {
  const found =
    value instanceof LocalDate
      ? ofDate(value, name)
      : value instanceof DateTime
        ? (ofDate(value.date, name) ?? ofTime(value.time, value.date, name))
        : value instanceof LocalTime
          ? ofTime(value, EPOCH, name)
          : value instanceof DaysDuration
            ? ofDays(value, name)
            : value instanceof MonthsDuration
              ? ofMonths(value, name)
              : value instanceof Range
                ? ofRange(value, name)
                : null
  return found ?? new Null(`no property ${name}`)
}
