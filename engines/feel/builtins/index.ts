// Every function that the language brings, by name.
import { DateTime, LocalDate, LocalTime } from '../temporal.ts'
import type { Fn } from '../values.ts'
import { contextFunctions } from './contexts.ts'
import { listFunctions } from './lists.ts'
import { numberFunctions } from './numbers.ts'
import { rangeFunctions } from './ranges.ts'
import { stringFunctions } from './strings.ts'
import { clockFunctions, temporalFunctions } from './temporal.ts'

/** Milliseconds since 1970 as a moment in Greenwich. */
export function momentOf(ms: number): DateTime {
  const at = new Date(ms)
  const date = new LocalDate({
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
  })
  const ofDay = BigInt(((ms % 86_400_000) + 86_400_000) % 86_400_000)
  return new DateTime(date, new LocalTime(ofDay * 1_000_000n, { offset: 0 }))
}

/** @param now what `now()` and `today()` answer with */
export function builtIns(now: () => DateTime): ReadonlyMap<string, Fn> {
  return new Map([
    ...numberFunctions,
    ...stringFunctions,
    ...listFunctions,
    ...contextFunctions,
    ...temporalFunctions,
    ...rangeFunctions,
    ...clockFunctions(now),
  ])
}
