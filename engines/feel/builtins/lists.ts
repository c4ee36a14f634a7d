// Functions on lists.
import { calculate, compare, equal } from '../operators.ts'
import { holdsValue } from '../types.ts'
import { Decimal, type Fn, isList, isNull, Null, number, type Value } from '../values.ts'
import { builtin, overload } from './signature.ts'

type List = readonly Value[]

/** Called with a list, or with its items. */
const overItems = (name: string, run: (list: List) => Value) =>
  builtin(
    name,
    overload('list: list', run),
    overload('...list: any', (list: List) => (list.length === 0 ? null : run(list))),
  )

const numbersIn = (list: List): readonly Decimal[] | null =>
  list.every((item) => item instanceof Decimal) ? (list as Decimal[]) : null

const overNumbers = (name: string, run: (numbers: readonly Decimal[]) => Value) =>
  overItems(name, (list) => {
    const numbers = numbersIn(list)
    return numbers ? run(numbers) : new Null('not all are numbers')
  })

const empty = new Null('the list is empty')

const extreme =
  (wanted: number) =>
  (list: List): Value => {
    if (list.length === 0) return empty
    let best = list[0]!
    for (const item of list.slice(1)) {
      const order = compare(item, best)
      if (order === null) return new Null('not all can be compared')
      if (order === wanted) best = item
    }
    return list.length === 1 && compare(best, best) === null ? new Null('nothing to compare') : best
  }

function sum(list: List): Value {
  if (list.length === 0) return empty
  return list.slice(1).reduce((total, item) => calculate('+', total, item), checked(list[0]!))
}

/** Texts are joined, not summed up. */
const checked = (value: Value): Value => (typeof value === 'string' ? new Null('no number') : value)

function mean(list: List): Value {
  const total = sum(list)
  return isNull(total) ? total : calculate('/', total, number(list.length))
}

function median(numbers: readonly Decimal[]): Value {
  if (numbers.length === 0) return empty
  const sorted = numbers.toSorted((a, b) => a.comparedTo(b))
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle]!
  return sorted[middle - 1]!.plus(sorted[middle]!).div(2)
}

function deviation(numbers: readonly Decimal[]): Value {
  if (numbers.length < 2) return new Null('too few numbers')
  const total = numbers.reduce((all, one) => all.plus(one), new Decimal(0))
  const centre = total.div(numbers.length)
  const squares = numbers.map((one) => one.minus(centre).pow(2))
  return squares
    .reduce((all, one) => all.plus(one), new Decimal(0))
    .div(numbers.length - 1)
    .sqrt()
}

function mode(numbers: readonly Decimal[]): Value {
  const counts = new Map<string, { value: Decimal; count: number }>()
  for (const one of numbers) {
    const key = one.toFixed()
    counts.set(key, { value: one, count: (counts.get(key)?.count ?? 0) + 1 })
  }
  const most = Math.max(0, ...[...counts.values()].map(({ count }) => count))
  return [...counts.values()]
    .filter(({ count }) => count === most)
    .map(({ value }) => value)
    .sort((a, b) => a.comparedTo(b))
}

/** True where all (or any) are; unknown where that depends on one that is neither. */
const joined =
  (any: boolean) =>
  (list: List): Value => {
    if (list.includes(any)) return any
    return list.every((item) => typeof item === 'boolean')
      ? !any
      : new Null('not all are true or false')
  }

/** From 1 at the front, or from -1 at the end; null: there is no such place. */
function placeIn(length: number, position: Decimal): number | null {
  const at = position.trunc().toNumber()
  if (at === 0 || Math.abs(at) > length) return null
  return at > 0 ? at - 1 : length + at
}

function sublist(list: List, start: Decimal, length: Decimal | undefined): Value {
  const from = placeIn(list.length, start)
  if (from === null) return new Null('no such position')
  if (length === undefined) return list.slice(from)
  const count = length.trunc().toNumber()
  if (count < 1 || from + count > list.length) return new Null('no such length')
  return list.slice(from, from + count)
}

function insertBefore(list: List, position: Decimal, item: Value): Value {
  const at = placeIn(list.length, position)
  return at === null ? new Null('no such position') : list.toSpliced(at, 0, item)
}

function remove(list: List, position: Decimal): Value {
  const at = placeIn(list.length, position)
  return at === null ? new Null('no such position') : list.toSpliced(at, 1)
}

function replaceAt(list: List, position: Decimal, item: Value): Value {
  const at = placeIn(list.length, position)
  return at === null ? new Null('no such position') : list.with(at, item)
}

function replaceMatches(list: List, match: Fn, item: Value): Value {
  if (match.parameters && match.parameters.length !== 2)
    return new Null('two parameters are wanted')
  const found = list.map((one) => match.call([one, item]))
  if (!found.every((one) => typeof one === 'boolean')) return new Null('no true or false')
  return list.map((one, nth) => (found[nth] ? item : one))
}

const indexesOf = (list: List, match: Value): Value =>
  list.flatMap((item, nth) => (equal(item, match) === true ? [number(nth + 1)] : []))

function distinct(list: List): List {
  const kept: Value[] = []
  for (const item of list) if (!holdsValue(kept, item)) kept.push(item)
  return kept
}

const flat = (list: List): List => list.flatMap((item) => (isList(item) ? flat(item) : [item]))

function sorted(list: List, precedes: Fn | undefined): Value {
  let broken = false
  const order = (a: Value, b: Value): number => {
    if (!precedes) {
      const found = compare(a, b)
      broken ||= found === null
      return found ?? 0
    }
    const first = precedes.call([a, b])
    if (typeof first !== 'boolean') {
      broken = true
      return 0
    }
    if (first) return -1
    return precedes.call([b, a]) === true ? 1 : 0
  }
  const result = list.toSorted(order)
  return broken ? new Null('not all can be put in order') : result
}

const contains = (list: List, element: Value): boolean =>
  list.some((item) => equal(item, element) === true)

const product = (numbers: readonly Decimal[]): Value =>
  numbers.length === 0 ? empty : numbers.reduce((all, one) => all.times(one))

const concatenated = (lists: List): List => lists.flatMap((list) => (isList(list) ? list : [list]))

export const listFunctions = [
  builtin('list contains', overload('list: list, element: any', contains)),
  builtin(
    'count',
    overload('list: list', (list: List) => number(list.length)),
    overload('...list: any', (list: List) => (list.length === 0 ? null : number(list.length))),
  ),
  overItems('min', extreme(-1)),
  overItems('max', extreme(1)),
  overItems('sum', sum),
  overItems('mean', mean),
  overNumbers('median', median),
  overNumbers('stddev', deviation),
  overNumbers('mode', mode),
  overNumbers('product', product),
  overItems('all', joined(false)),
  overItems('any', joined(true)),
  builtin('sublist', overload('list: list, start position: number, [length: number]', sublist)),
  builtin(
    'append',
    overload('list: list, ...item: any', (list: List, items: List) => [...list, ...items]),
  ),
  builtin('concatenate', overload('...list: any', concatenated)),
  builtin('insert before', overload('list: list, position: number, newItem: any', insertBefore)),
  builtin('remove', overload('list: list, position: number', remove)),
  builtin(
    'list replace',
    overload('list: list, position: number, newItem: any', replaceAt),
    overload('list: list, match: function, newItem: any', replaceMatches),
  ),
  builtin(
    'reverse',
    overload('list: list', (list: List) => list.toReversed()),
  ),
  builtin('index of', overload('list: list, match: any', indexesOf)),
  builtin(
    'union',
    overload('...list: any', (lists: List) => distinct(concatenated(lists))),
  ),
  builtin('distinct values', overload('list: list', distinct)),
  builtin('flatten', overload('list: list', flat)),
  builtin('sort', overload('list: list, [precedes: function]', sorted)),
]
