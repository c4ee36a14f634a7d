// What is gone through one by one: lists, whole numbers and days of a range, and combinations of them.
import type { Compiled } from './compile.ts'
import { calculate } from './operators.ts'
import type { Scope } from './scope.ts'
import { LocalDate, parseDuration } from './temporal.ts'
import { Decimal, isList, isNull, Null, Range, type Value } from './values.ts'

const MOST_STEPS = 1_000_000

/** One name of an iteration, with what it goes through: items, or from one to another. */
export interface Steps {
  name: string
  items: Compiled
  to: Compiled | null
}

const boolean = (value: Value): boolean | null => (typeof value === 'boolean' ? value : null)

/** What is gone through: the items of a list, or the whole numbers or days of a range. */
function itemsOf(value: Value, to: Value | null): readonly Value[] | Null {
  if (to !== null) return stepsBetween(value, to)
  if (isList(value)) return value
  if (isNull(value)) return value
  if (value instanceof Range && value.start !== null && value.end !== null) {
    const steps = stepsBetween(value.start, value.end)
    if (isNull(steps)) return steps
    return steps.slice(value.startIncluded ? 0 : 1, value.endIncluded ? undefined : -1)
  }
  return value instanceof Range ? new Null('a range without an end') : [value]
}

function stepsBetween(from: Value, to: Value): readonly Value[] | Null {
  if (from instanceof Decimal && to instanceof Decimal && from.isInteger() && to.isInteger()) {
    const [first, last] = [from.toNumber(), to.toNumber()]
    const count = Math.abs(last - first) + 1
    if (count > MOST_STEPS) return new Null('too many steps')
    const way = first <= last ? 1 : -1
    return Array.from({ length: count }, (_, nth) => new Decimal(first + way * nth))
  }
  if (from instanceof LocalDate && to instanceof LocalDate) {
    const count = Math.abs(to.days - from.days) + 1
    if (count > MOST_STEPS) return new Null('too many steps')
    const day = new Decimal(from.days <= to.days ? 1 : -1)
    const one = calculate('*', parseDuration('P1D')!, day)
    const days: Value[] = [from]
    while (days.length < count) days.push(calculate('+', days.at(-1)!, one))
    return days
  }
  return new Null('no steps between these')
}

/** Calls `each` for every combination; false ends it. @returns null where a list is none */
function everyCombination(
  over: readonly Steps[],
  scope: Scope,
  each: (scope: Scope) => void,
): Null | null {
  const [first, ...rest] = over
  if (!first) {
    each(scope)
    return null
  }
  const items = itemsOf(first.items(scope), first.to?.(scope) ?? null)
  if (isNull(items)) return items
  for (const item of items as readonly Value[]) {
    const wrong = everyCombination(rest, scope.with(new Map([[first.name, item]])), each)
    if (wrong) return wrong
  }
  return null
}

/** Results for every combination; each may look at those before it, as `partial`. */
export function repeat(each: readonly Steps[], result: Compiled): Compiled {
  return (scope) => {
    const results: Value[] = []
    const wrong = everyCombination(each, scope, (inside) => {
      const partial = new Map<string, Value>([['partial', [...results]]])
      results.push(result(inside.with(partial)))
    })
    return wrong ?? results
  }
}

/** Whether some, or every, combination satisfies. */
export function quantified(some: boolean, each: readonly Steps[], satisfies: Compiled): Compiled {
  return (scope) => {
    let decided = false
    let unsure = false
    const wrong = everyCombination(each, scope, (inside) => {
      const found = boolean(satisfies(inside))
      decided ||= found === some
      unsure ||= found === null
    })
    if (wrong) return wrong
    if (decided) return some
    return unsure ? new Null('not known to be true or false') : !some
  }
}
