// Trees to closures: each takes the scope it is evaluated in and gives a value.
import type { Entry, Iteration, Node, Tests, TypeNode } from './ast.ts'
import { call, callNamed, userFunction } from './calls.ts'
import { quantified, repeat, type Steps } from './iterate.ts'
import { calculate, equal, holds, negate, within } from './operators.ts'
import { property } from './properties.ts'
import type { Scope } from './scope.ts'
import { type LocalDate, parseDateTime, parseDuration, parseTime } from './temporal.ts'
import { builtInType, isInstance } from './types.ts'
import {
  Context,
  Decimal,
  type FeelType,
  isList,
  isNull,
  Null,
  type Parameter,
  Range,
  type Value,
} from './values.ts'

export type Compiled = (scope: Scope) => Value
/** Types that the surroundings define, by name. */
export type Types = (name: string) => FeelType | undefined

/** The name of what a cell tests. */
export const TESTED = '?'

const truth = (value: boolean | null, why: string): Value =>
  value === null ? new Null(why) : value

export function compileType(node: TypeNode, types: Types): FeelType | null {
  switch (node.kind) {
    case 'name':
      return types(node.name) ?? builtInType(node.name) ?? null
    case 'list':
    case 'range': {
      const of = compileType(node.of, types)
      return of && { kind: node.kind, of }
    }
    case 'context': {
      const entries = new Map<string, FeelType>()
      for (const { name, type } of node.entries) {
        const of = compileType(type, types)
        if (!of) return null
        entries.set(name, of)
      }
      return { kind: 'context', entries, open: true }
    }
    case 'function': {
      const parameters = node.parameters.map((one) => compileType(one, types))
      const result = compileType(node.result, types)
      if (!result || parameters.some((one) => one === null)) return null
      return { kind: 'function', parameters: parameters as FeelType[], result }
    }
  }
}

export function compile(node: Node, types: Types = () => undefined): Compiled {
  const of = (inner: Node) => compile(inner, types)
  switch (node.kind) {
    case 'number': {
      const value = new Decimal(node.text)
      return () => value
    }
    case 'quantity':
      return () => new Null('units belong to the profile of the law')
    case 'string':
      return () => node.text
    case 'boolean':
      return () => node.value
    case 'null':
      return () => new Null('written so')
    case 'at': {
      const { text } = node
      const value = parseTemporal(text)
      return () => value
    }
    case 'name':
      return (scope) => scope.get(node.name) ?? new Null(`nothing is called ${node.name}`)
    case 'path': {
      const whole = of(node.of)
      return (scope) => pathOf(whole(scope), node.name)
    }
    case 'filter':
      return filter(of(node.of), of(node.by))
    case 'call':
      return call(of(node.of), node.args.map(of))
    case 'call-named':
      return callNamed(
        of(node.of),
        node.args.map(({ name, value }) => ({ name, value: of(value) })),
      )
    case 'arithmetic': {
      const [left, right] = [of(node.left), of(node.right)]
      return (scope) => calculate(node.op, left(scope), right(scope))
    }
    case 'negate': {
      const inner = of(node.of)
      return (scope) => negate(inner(scope))
    }
    case 'compare': {
      const [left, right] = [of(node.left), of(node.right)]
      return (scope) =>
        truth(holds(node.op, left(scope), right(scope)), `no ${node.op} between these`)
    }
    case 'and':
    case 'or':
      return connective(node.kind === 'or', of(node.left), of(node.right))
    case 'between': {
      const [value, low, high] = [of(node.of), of(node.low), of(node.high)]
      return (scope) => {
        const at = value(scope)
        return both(holds('>=', at, low(scope)), holds('<=', at, high(scope)))
      }
    }
    case 'in': {
      const value = of(node.of)
      const tests = node.tests.map((test) => compileTest(test, types))
      return (scope) => anyOf(tests, value(scope), scope)
    }
    case 'instance-of': {
      const [value, type] = [of(node.of), compileType(node.type, types)]
      if (!type) return () => new Null('no such type')
      return (scope) => isInstance(value(scope), type)
    }
    case 'if': {
      const [test, then, otherwise] = [of(node.test), of(node.then), of(node.otherwise)]
      return (scope) => (test(scope) === true ? then(scope) : otherwise(scope))
    }
    case 'for':
      return repeat(steps(node.over, of), of(node.result))
    case 'some':
    case 'every':
      return quantified(node.kind === 'some', steps(node.over, of), of(node.satisfies))
    case 'function': {
      const parameters = node.parameters.map(({ name, type }): Parameter => {
        return { name, type: type && compileType(type, types) }
      })
      const body = of(node.body)
      return (scope) => userFunction(parameters, null, (own) => body(scope.with(own)))
    }
    case 'external':
      return () => new Null('functions of other languages are not called')
    case 'list': {
      const items = node.items.map(of)
      return (scope) => items.map((item) => item(scope))
    }
    case 'context':
      return context(node.entries, of)
    case 'interval': {
      const [low, high] = [of(node.low), of(node.high)]
      const { startIncluded, endIncluded } = node
      return (scope) => rangeOf(low(scope), high(scope), startIncluded, endIncluded)
    }
    case 'open-interval': {
      const end = of(node.of)
      return (scope) => openRange(node.op, end(scope))
    }
  }
}

export function parseTemporal(text: string): Value {
  const value = text.startsWith('P') || text.startsWith('-P') ? parseDuration(text) : null
  const moment = value ?? parseTime(text) ?? parseDateTime(text)
  if (!moment) return new Null(`no date, time or duration: ${text}`)
  return 'date' in moment && !text.includes('T') ? (moment.date as LocalDate) : moment
}

// Paths and filters

function pathOf(whole: Value, name: string): Value {
  if (isNull(whole)) return whole
  if (isList(whole)) return whole.map((item) => pathOf(item, name))
  if (whole instanceof Context) return whole.entries.get(name) ?? new Null(`no entry ${name}`)
  return property(whole, name)
}

function filter(list: Compiled, by: Compiled): Compiled {
  return (scope) => {
    const value = list(scope)
    const items = isList(value) ? value : isNull(value) ? [] : [value]
    const inside = (item: Value) => {
      const own = new Map<string, Value>([['item', item]])
      if (item instanceof Context) for (const [name, one] of item.entries) own.set(name, one)
      return scope.with(own)
    }
    if (items.length === 0) {
      return by(inside(new Null('empty list'))) instanceof Decimal ? new Null('no such item') : []
    }
    const first = by(inside(items[0]!))
    if (first instanceof Decimal) return itemAt(items, first)
    if (isNull(value)) return value
    return items.filter((item, nth) => (nth === 0 ? first : by(inside(item))) === true)
  }
}

/** The nth item, from the end where it is negative. */
export function itemAt(items: readonly Value[], position: Decimal): Value {
  const nth = position.toNumber()
  return items.at(nth > 0 ? nth - 1 : nth < 0 ? nth : items.length) ?? new Null('no such item')
}

// Logic

const boolean = (value: Value): boolean | null => (typeof value === 'boolean' ? value : null)

function connective(or: boolean, left: Compiled, right: Compiled): Compiled {
  return (scope) => {
    const a = boolean(left(scope))
    if (a === or) return or
    const b = boolean(right(scope))
    if (b === or) return or
    return truth(a === null || b === null ? null : !or, 'not known to be true or false')
  }
}

const both = (a: boolean | null, b: boolean | null): Value =>
  truth(a === false || b === false ? false : a === null || b === null ? null : true, 'no order')

type Test = (value: Value, scope: Scope) => boolean | null

/** Whether one test lets a value pass. */
function compileTest(node: Node, types: Types): Test {
  if (node.kind === 'open-interval') {
    const end = compile(node.of, types)
    return (value, scope) => holds(node.op, value, end(scope))
  }
  const expression = compile(node, types)
  return (value, scope) => {
    const test = expression(scope)
    return node.kind === 'interval' && isNull(test) ? null : passes(test, value)
  }
}

function passes(test: Value, value: Value): boolean | null {
  if (test instanceof Range) return isNull(value) ? null : within(value, test)
  if (isList(test) && !isList(value)) {
    const found = test.map((one) => (one instanceof Range ? within(value, one) : equal(value, one)))
    return found.includes(true)
  }
  if (isList(test) && isList(value)) {
    return equal(value, test) === true || test.some((one) => equal(value, one) === true)
  }
  return equal(value, test)
}

function anyOf(tests: readonly Test[], value: Value, scope: Scope): Value {
  let unsure = false
  for (const test of tests) {
    const passed = test(value, scope)
    if (passed === true) return true
    unsure ||= passed === null
  }
  return unsure ? new Null('no order between these') : false
}

const usesTested = (node: Node): boolean =>
  JSON.stringify(node).includes('"kind":"name","name":"?"')

/** Whether a cell lets the tested value pass: null where that cannot be told. */
export function compileTests(tests: Tests, types: Types = () => undefined): Test {
  if (tests.kind === 'any') return () => true
  const each = tests.tests.map((node): Test => {
    if (node.kind === 'open-interval') return compileTest(node, types)
    const expression = compile(node, types)
    const explicit = usesTested(node)
    return (value, scope) => {
      const found = expression(scope)
      if (explicit) return boolean(found) ?? passes(found, value)
      return passes(found, value)
    }
  })
  return (value, scope) => {
    const inside = scope.with(new Map([[TESTED, value]]))
    const passed = boolean(anyOf(each, value, inside))
    return tests.negated && passed !== null ? !passed : passed
  }
}

const steps = (over: readonly Iteration[], of: (node: Node) => Compiled): Steps[] =>
  over.map(({ name, over: items, to }) => ({ name, items: of(items), to: to && of(to) }))

// Contexts and ranges

function context(entries: readonly Entry[], of: (node: Node) => Compiled): Compiled {
  const each = entries.map(({ name, value }) => ({ name, value: of(value) }))
  const names = new Set(entries.map(({ name }) => name))
  if (names.size < entries.length) return () => new Null('a name stands twice')
  return (scope) => {
    const own = new Map<string, Value>()
    const inside = scope.with(own)
    for (const { name, value } of each) own.set(name, value(inside))
    return new Context(own)
  }
}

/** An interval whose ends can be compared and stand in order, or null. */
export function rangeOf(
  low: Value,
  high: Value,
  startIncluded: boolean,
  endIncluded: boolean,
): Value {
  const ordered = holds('<=', low, high)
  if (ordered !== true) return new Null('the ends of the range stand in no order')
  return new Range(low, high, startIncluded, endIncluded)
}

export function openRange(op: string, end: Value): Value {
  if (isNull(end)) return end
  if (op === '=') return new Range(end, end, true, true, true)
  if (op === '<' || op === '<=') return new Range(null, end, false, op === '<=')
  if (op === '>' || op === '>=') return new Range(end, null, op === '>=', false)
  return new Null('no range')
}
