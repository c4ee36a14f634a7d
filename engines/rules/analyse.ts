// Gaps, overlaps and rows that never apply: exact, wherever cells compare their column with bounds.
import { type Axis, axisOf, sayClasses } from './axis.ts'
import type { Text } from './definitions.ts'
import { holds } from './evaluate.ts'
import type { Row, Table } from './link.ts'
import { sayExpr } from './say.ts'
import { type Expr, type Known, Open, sameKnown, type Value } from './types.ts'

/** A part of all inputs: of each axis some classes. */
export interface Box {
  says: Text
  members: readonly ReadonlySet<number>[]
}

export interface Analysis {
  axes: readonly Axis[]
  /** Where no row applies, and nothing is said for the rest. */
  gaps: readonly Box[]
  /** Where two rows apply that must not both, by their ids. */
  overlaps: readonly { rows: readonly [string, string]; box: Box }[]
  /** Rows that can never decide anything. */
  unreachable: readonly string[]
}

/** More than these are not listed: a table with so many holes is not finished. */
const MOST = 50

/** The bound of a comparison: a constant, or a parameter on a day. */
export type BoundOf = (expr: Expr) => Value

class NotExact extends Error {}

/** Whether a test holds for a value of its column. @throws NotExact where it asks something else too */
function holdsFor(test: Expr, column: Expr, value: Known, boundOf: BoundOf): boolean {
  switch (test.kind) {
    case 'const':
      return test.value === true
    case 'not':
      return !holdsFor(test.of, column, value, boundOf)
    case 'all':
      return test.of.every((one) => holdsFor(one, column, value, boundOf))
    case 'any':
      return test.of.some((one) => holdsFor(one, column, value, boundOf))
    case 'compare': {
      const bound = boundOf(test.right)
      if (test.left !== column || bound instanceof Open) throw new NotExact()
      return holds(test.op, value, bound)
    }
    default:
      throw new NotExact()
  }
}

function boundsIn(test: Expr, column: Expr, boundOf: BoundOf): Known[] {
  if (test.kind === 'not') return boundsIn(test.of, column, boundOf)
  if (test.kind === 'all' || test.kind === 'any') {
    return test.of.flatMap((one) => boundsIn(one, column, boundOf))
  }
  if (test.kind !== 'compare' || test.left !== column) return []
  const bound = boundOf(test.right)
  return bound instanceof Open ? [] : [bound]
}

/** Of each row and axis, the classes that its cell lets pass. */
type Masks = readonly (readonly ReadonlySet<number>[])[]

/** A table as classes of each input, and which of them each row lets pass. */
export class Space {
  readonly axes: readonly Axis[]
  readonly masks: Masks

  constructor({ inputs, rows }: Table, boundOf: BoundOf) {
    this.axes = inputs.map((column, nth) => {
      return axisOf(
        column,
        rows.flatMap(({ tests }) => boundsIn(tests[nth]!, column, boundOf)),
      )
    })
    this.masks = rows.map(({ tests }) =>
      tests.map((test, nth) => {
        const { column, classes } = this.axes[nth]!
        const passing = [...classes.keys()].filter((one) =>
          holdsFor(test, column, classes[one]!.one, boundOf),
        )
        return new Set(passing)
      }),
    )
  }

  /** Null where a cell asks more than its column. */
  static of(table: Table, boundOf: BoundOf): Space | null {
    try {
      return new Space(table, boundOf)
    } catch (error) {
      if (error instanceof NotExact) return null
      throw error
    }
  }

  box(members: readonly ReadonlySet<number>[]): Box {
    const parts = this.axes.flatMap((axis, nth) => {
      return sayClasses(axis, members[nth]!, sayExpr(axis.column)) ?? []
    })
    const none = { zh: '任何情形', en: 'in every case' }
    return {
      members,
      says:
        parts.length === 0
          ? none
          : {
              zh: parts.map(({ zh }) => zh).join('，'),
              en: parts.map(({ en }) => en).join(', '),
            },
    }
  }

  /** What none of these rows covers of a region, as boxes that do not overlap. */
  *uncovered(
    rows: readonly number[],
    region: readonly ReadonlySet<number>[],
    axis = 0,
  ): Generator<ReadonlySet<number>[]> {
    if (axis === this.axes.length) {
      if (rows.length === 0) yield []
      return
    }
    // Classes that let the same rows pass are looked at once.
    const groups = new Map<string, { rows: number[]; members: Set<number> }>()
    for (const one of region[axis]!) {
      const passing = rows.filter((row) => this.masks[row]![axis]!.has(one))
      const key = passing.join(' ')
      const group = groups.get(key) ?? { rows: passing, members: new Set() }
      groups.set(key, group)
      group.members.add(one)
    }
    for (const { rows: passing, members } of groups.values()) {
      for (const rest of this.uncovered(passing, region, axis + 1)) yield [members, ...rest]
    }
  }

  everything(): ReadonlySet<number>[] {
    return this.axes.map(({ classes }) => new Set(classes.keys()))
  }
}

function both(a: Masks[number], b: Masks[number]): ReadonlySet<number>[] | null {
  const common = a.map((of, nth) => new Set([...of].filter((one) => b[nth]!.has(one))))
  return common.every(({ size }) => size > 0) ? common : null
}

function firstOf<T>(some: Iterable<T>, most: number): T[] {
  const found: T[] = []
  for (const one of some) {
    if (found.length === most) break
    found.push(one)
  }
  return found
}

/** Whether two rows come to the same, as far as constants say. */
const agree = (a: Row, b: Row): boolean =>
  a.gives.every((one, nth) => {
    const other = b.gives[nth]!
    return one.kind === 'const' && other.kind === 'const' && sameKnown(one.value, other.value)
  })

function overlapsIn(table: Table, space: Space): Analysis['overlaps'] {
  const { hit } = table.definition
  if (hit !== 'U' && hit !== 'A') return []
  const found: Analysis['overlaps'][number][] = []
  for (const [nth, row] of table.rows.entries()) {
    for (const [other, second] of table.rows.entries()) {
      if (other <= nth || (hit === 'A' && agree(row, second))) continue
      const common = both(space.masks[nth]!, space.masks[other]!)
      if (!common) continue
      found.push({ rows: [row.definition.id, second.definition.id], box: space.box(common) })
      if (found.length === MOST) return found
    }
  }
  return found
}

function unreachableIn(table: Table, space: Space): string[] {
  const first = table.definition.hit === 'F'
  return table.rows.flatMap(({ definition }, nth) => {
    const mask = space.masks[nth]!
    const before = first ? [...Array(nth).keys()] : []
    const left = firstOf(space.uncovered(before, mask), 1)
    return mask.some(({ size }) => size === 0) || left.length === 0 ? [definition.id] : []
  })
}

/**
 * What is wrong with a table as a whole; null where a cell asks more than its column, so that nothing
 * exact can be said.
 */
export function analyse(table: Table, boundOf: BoundOf): Analysis | null {
  const space = Space.of(table, boundOf)
  if (!space) return null
  const collects = !['U', 'A', 'F', 'P'].includes(table.definition.hit)
  const all = [...table.rows.keys()]
  const holes =
    table.otherwise || collects ? [] : firstOf(space.uncovered(all, space.everything()), MOST)
  return {
    axes: space.axes,
    gaps: holes.map((members) => space.box(members)),
    overlaps: overlapsIn(table, space),
    unreachable: unreachableIn(table, space),
  }
}
