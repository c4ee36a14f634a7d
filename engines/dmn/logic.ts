// Boxed expressions to closures: each becomes what its text, table or nesting says.
import { callNamed, userFunction } from '#engines/feel/calls.ts'
import { type Compiled, compile, itemAt, type Types } from '#engines/feel/compile.ts'
import { FeelError } from '#engines/feel/error.ts'
import { quantified, repeat } from '#engines/feel/iterate.ts'
import type { Names } from '#engines/feel/names.ts'
import { parseExpression } from '#engines/feel/parser.ts'
import { coerce } from '#engines/feel/types.ts'
import {
  Context,
  Decimal,
  type FeelType,
  isList,
  isNull,
  Null,
  type Value,
} from '#engines/feel/values.ts'
import type { Logic } from './model.ts'
import { compileTable } from './table.ts'

export interface Surroundings {
  names: Names
  types: Types
  /** A type by its reference; null where there is none, undefined where it is unknown. */
  typeOf(ref: string | null): FeelType | null | undefined
}

/** A text of the language; one that cannot be read is null with the place. */
export function compileText(text: string, { names, types }: Surroundings): Compiled {
  if (text.trim() === '') return () => new Null('nothing is written here')
  try {
    return compile(parseExpression(text, names), types)
  } catch (error) {
    if (!(error instanceof FeelError)) throw error
    const wrong = new Null(error.message)
    return () => wrong
  }
}

function typed(compiled: Compiled, ref: string | null, { typeOf }: Surroundings): Compiled {
  const type = typeOf(ref)
  if (type === undefined) return () => new Null(`no type ${ref}`)
  return type === null ? compiled : (scope) => coerce(compiled(scope), type)
}

export function compileLogic(logic: Logic, around: Surroundings): Compiled {
  return typed(untyped(logic, around), logic.typeRef, around)
}

function untyped(logic: Logic, around: Surroundings): Compiled {
  const of = (inner: Logic) => compileLogic(inner, around)
  switch (logic.kind) {
    case 'literal':
      return compileText(logic.text, around)
    case 'context':
      return boxedContext(logic, around)
    case 'list': {
      const items = logic.items.map(of)
      return (scope) => items.map((item) => item(scope))
    }
    case 'relation': {
      const rows = logic.rows.map((row) => row.map(of))
      return (scope) =>
        rows.map(
          (row) => new Context(logic.columns.map((name, nth) => [name, row[nth]!(scope)] as const)),
        )
    }
    case 'invocation':
      return invocation(logic, of)
    case 'function':
      return functionValue(logic, around)
    case 'table':
      return compileTable(logic, around)
    case 'conditional': {
      const [test, met, otherwise] = [of(logic.test), of(logic.met), of(logic.otherwise)]
      return (scope) => {
        const found = test(scope)
        if (found === true) return met(scope)
        return found === false || isNull(found)
          ? otherwise(scope)
          : new Null('neither true nor false')
      }
    }
    case 'for':
      return repeat([{ name: logic.name, items: of(logic.over), to: null }], of(logic.result))
    case 'some':
    case 'every':
      return quantified(
        logic.kind === 'some',
        [{ name: logic.name, items: of(logic.over), to: null }],
        of(logic.satisfies),
      )
    case 'filter':
      return boxedFilter(of(logic.of), of(logic.match))
  }
}

type Boxed<K extends Logic['kind']> = Extract<Logic, { kind: K }>

function boxedContext(logic: Boxed<'context'>, around: Surroundings): Compiled {
  const entries = logic.entries.map(({ variable, logic: inner }) => {
    const value = compileLogic(inner, around)
    return {
      name: variable?.name ?? null,
      value: variable ? typed(value, variable.typeRef, around) : value,
    }
  })
  return (scope) => {
    const own = new Map<string, Value>()
    const inside = scope.with(own)
    for (const { name, value } of entries) {
      // An entry without a name is the result of the whole.
      if (name === null) return value(inside)
      own.set(name, value(inside))
    }
    return new Context(own)
  }
}

function invocation(logic: Boxed<'invocation'>, of: (inner: Logic) => Compiled): Compiled {
  const nothing: Compiled = () => new Null('nothing is bound')
  const given = logic.bindings.map(({ name, logic: inner }) => ({
    name,
    value: inner ? of(inner) : nothing,
  }))
  return callNamed(of(logic.of), given)
}

export function functionValue(logic: Boxed<'function'>, around: Surroundings): Compiled {
  const { language, body } = logic
  if (language === 'other' || !body) {
    return () => new Null('functions of other languages are not called')
  }
  const compiled = compileLogic(body, around)
  const parameters = logic.parameters.map(({ name, typeRef }) => ({
    name,
    type: around.typeOf(typeRef) ?? null,
  }))
  return (scope) => userFunction(parameters, null, (own) => compiled(scope.with(own)))
}

function boxedFilter(of: Compiled, match: Compiled): Compiled {
  return (scope) => {
    const value = of(scope)
    const items = isList(value) ? value : isNull(value) ? [] : [value]
    const inside = (item: Value) => {
      const own = new Map<string, Value>([['item', item]])
      if (item instanceof Context) for (const [name, one] of item.entries) own.set(name, one)
      return scope.with(own)
    }
    const first = items.length > 0 ? match(inside(items[0]!)) : null
    if (first instanceof Decimal) return itemAt(items, first)
    return items.filter((item) => match(inside(item)) === true)
  }
}
