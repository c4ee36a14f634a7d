// How points and ranges lie to each other, and ranges out of text.
import type { Node } from '../ast.ts'
import { compile } from '../compile.ts'
import { FeelError } from '../error.ts'
import { Names } from '../names.ts'
import { equal, holds, within } from '../operators.ts'
import { parseExpression } from '../parser.ts'
import { Scope } from '../scope.ts'
import { isNull, Null, Range, type Value } from '../values.ts'
import { builtin, overload } from './signature.ts'
import { temporalFunctions } from './temporal.ts'

type Told = boolean | null

const told = (value: Told): Value => value ?? new Null('these cannot be compared')

const and = (...parts: (() => Told)[]): Told => {
  let unsure = false
  for (const part of parts) {
    const found = part()
    if (found === false) return false
    unsure ||= found === null
  }
  return unsure ? null : true
}
const or = (...parts: (() => Told)[]): Told => {
  let unsure = false
  for (const part of parts) {
    const found = part()
    if (found === true) return true
    unsure ||= found === null
  }
  return unsure ? null : false
}

const less = (a: Value | null, b: Value | null): Told =>
  a === null || b === null ? null : holds('<', a, b)
const same = (a: Value | null, b: Value | null): Told =>
  a === null || b === null ? null : equal(a, b)

/** Whether one ends before the other starts. */
const precedes = (a: Range, b: Range): Told =>
  or(
    () => less(a.end, b.start),
    () =>
      and(
        () => same(a.end, b.start),
        () => !(a.endIncluded && b.startIncluded),
      ),
  )

/** Whether a starts no later than b. */
const startsFirst = (a: Range, b: Range): Told =>
  or(
    () => less(a.start, b.start),
    () =>
      and(
        () => same(a.start, b.start),
        () => a.startIncluded || !b.startIncluded,
      ),
  )

const endsLast = (a: Range, b: Range): Told =>
  or(
    () => less(b.end, a.end),
    () =>
      and(
        () => same(a.end, b.end),
        () => a.endIncluded || !b.endIncluded,
      ),
  )

const includes = (a: Range, b: Range): Told =>
  and(
    () => startsFirst(a, b),
    () => endsLast(a, b),
  )

const meets = (a: Range, b: Range): Told =>
  and(
    () => a.endIncluded && b.startIncluded,
    () => same(a.end, b.start),
  )

const overlaps = (a: Range, b: Range): Told => {
  const apart = or(
    () => precedes(a, b),
    () => precedes(b, a),
  )
  return apart === null ? null : !apart
}

const overlapsBefore = (a: Range, b: Range): Told =>
  and(
    () => overlaps(a, b),
    () =>
      or(
        () => less(a.start, b.start),
        () =>
          and(
            () => same(a.start, b.start),
            () => a.startIncluded && !b.startIncluded,
          ),
      ),
    () =>
      or(
        () => less(a.end, b.end),
        () =>
          and(
            () => same(a.end, b.end),
            () => !a.endIncluded || b.endIncluded,
          ),
      ),
  )

const starts = (a: Range, b: Range): Told =>
  and(
    () => same(a.start, b.start),
    () => a.startIncluded === b.startIncluded,
    () => endsLast(b, a),
  )

const finishes = (a: Range, b: Range): Told =>
  and(
    () => same(a.end, b.end),
    () => a.endIncluded === b.endIncluded,
    () => startsFirst(b, a),
  )

const coincides = (a: Range, b: Range): Told =>
  and(
    () => same(a.start, b.start),
    () => same(a.end, b.end),
    () => a.startIncluded === b.startIncluded && a.endIncluded === b.endIncluded,
  )

const pointBefore = (point: Value, range: Range): Told =>
  or(
    () => less(point, range.start),
    () =>
      and(
        () => same(point, range.start),
        () => !range.startIncluded,
      ),
  )
const pointAfter = (point: Value, range: Range): Told =>
  or(
    () => less(range.end, point),
    () =>
      and(
        () => same(point, range.end),
        () => !range.endIncluded,
      ),
  )

const isRange = (value: Value): value is Range => value instanceof Range

/** Points or ranges, in each order that makes sense. */
function relation(
  name: string,
  run: (a: Value, b: Value) => Told | undefined,
  names: readonly [string, string][],
) {
  return builtin(
    name,
    ...names.map(([one, other]) =>
      overload(`${one}: any, ${other}: any`, (a: Value, b: Value) => {
        if (isNull(a) || isNull(b)) return new Null('nothing to compare')
        const found = run(a, b)
        return found === undefined ? null : told(found)
      }),
    ),
  )
}

const RANGES: [string, string][] = [['range1', 'range2']]
const POINT_RANGE: [string, string][] = [['point', 'range']]
const RANGE_POINT: [string, string][] = [['range', 'point']]
const POINTS: [string, string][] = [['point1', 'point2']]

const ofRanges = (run: (a: Range, b: Range) => Told) => (a: Value, b: Value) =>
  isRange(a) && isRange(b) ? run(a, b) : undefined

function before(a: Value, b: Value): Told | undefined {
  if (isRange(a)) return isRange(b) ? precedes(a, b) : pointAfter(b, a)
  return isRange(b) ? pointBefore(a, b) : holds('<', a, b)
}

function startsWith(a: Value, b: Value): Told | undefined {
  if (!isRange(b)) return undefined
  return isRange(a)
    ? starts(a, b)
    : and(
        () => b.startIncluded,
        () => same(a, b.start),
      )
}

function finishesWith(a: Value, b: Value): Told | undefined {
  if (!isRange(b)) return undefined
  return isRange(a)
    ? finishes(a, b)
    : and(
        () => b.endIncluded,
        () => same(a, b.end),
      )
}

function isIn(a: Value, b: Value): Told | undefined {
  if (!isRange(b)) return undefined
  return isRange(a) ? includes(b, a) : within(a, b)
}

function coincide(a: Value, b: Value): Told | undefined {
  if (isRange(a) && isRange(b)) return coincides(a, b)
  return isRange(a) || isRange(b) ? undefined : equal(a, b)
}

const turned =
  (run: (a: Value, b: Value) => Told | undefined) =>
  (a: Value, b: Value): Told | undefined =>
    run(b, a)

const ALL = [...POINTS, ...POINT_RANGE, ...RANGE_POINT, ...RANGES]

/** Ends of a range in text are literals, or dates, times and durations out of literals. */
function isLiteral(node: Node): boolean {
  if (node.kind === 'negate') return isLiteral(node.of)
  if (node.kind === 'call') {
    const named = node.of.kind === 'name' && CONVERSIONS.includes(node.of.name)
    return named && node.args.every((arg) => arg.kind === 'string')
  }
  return ['number', 'string', 'at', 'boolean'].includes(node.kind)
}

const CONVERSIONS = ['date', 'time', 'date and time', 'duration']
const names = new Names(CONVERSIONS)

function rangeFrom(text: string): Value {
  let node: Node
  try {
    node = parseExpression(text.trim(), names)
  } catch (error) {
    if (!(error instanceof FeelError)) throw error
    return new Null(`no range: ${text}`)
  }
  const ends =
    node.kind === 'interval'
      ? [node.low, node.high]
      : node.kind === 'open-interval'
        ? [node.of]
        : []
  if (ends.length === 0 || !ends.every(isLiteral)) return new Null(`no range: ${text}`)
  return compile(node)(new Scope(new Map(temporalFunctions)))
}

export const rangeFunctions = [
  builtin('range', overload('from: string', rangeFrom)),
  relation('before', before, ALL),
  relation('after', turned(before), ALL),
  relation('meets', ofRanges(meets), RANGES),
  relation(
    'met by',
    ofRanges((a, b) => meets(b, a)),
    RANGES,
  ),
  relation('overlaps', ofRanges(overlaps), RANGES),
  relation('overlaps before', ofRanges(overlapsBefore), RANGES),
  relation(
    'overlaps after',
    ofRanges((a, b) => overlapsBefore(b, a)),
    RANGES,
  ),
  relation('finishes', finishesWith, [...POINT_RANGE, ...RANGES]),
  relation('finished by', turned(finishesWith), [...RANGE_POINT, ...RANGES]),
  relation('includes', turned(isIn), [...RANGE_POINT, ...RANGES]),
  relation('during', isIn, [...POINT_RANGE, ...RANGES]),
  relation('starts', startsWith, [...POINT_RANGE, ...RANGES]),
  relation('started by', turned(startsWith), [...RANGE_POINT, ...RANGES]),
  relation('coincides', coincide, [...POINTS, ...RANGES]),
]
