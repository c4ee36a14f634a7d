// Built-in functions by what they are called with: `substring(string: string, start position: number)`.
import { builtInType, coerce } from '../types.ts'
import { type FeelType, Fn, isList, isNull, Null, type Value } from '../values.ts'

interface Wanted {
  name: string
  type: FeelType | null
  /** May be left out. */
  optional: boolean
  /** May be null, which the function looks at itself. */
  nullable: boolean
}

interface Overload {
  wanted: readonly Wanted[]
  /** The last one takes all that follow, as a list. */
  variadic: boolean
  run: (...args: never[]) => Value | null
}

/**
 * One way to call a function. A type in the text that ends in `?` may be null; a parameter in square
 * brackets may be left out; `...` takes all the rest as one list.
 */
export function overload(text: string, run: (...args: never[]) => Value | null): Overload {
  const parts = text === '' ? [] : text.split(/,\s*/)
  const variadic = parts.at(-1)?.startsWith('...') ?? false
  const wanted = parts.map((part): Wanted => {
    const [, open, name, type, nullable] = /^(\[|\.\.\.)?([^:]+): ([^?\]]+)(\?)?\]?$/.exec(part)!
    return {
      name: name!,
      type: type === 'any' ? null : builtInType(type!)!,
      optional: open === '[',
      nullable: nullable === '?' || type === 'any',
    }
  })
  return { wanted, variadic, run }
}

const missing = Symbol('missing')

/** The arguments as the overload takes them, or null where they do not fit. */
function fitted(
  { wanted, variadic }: Overload,
  args: readonly (Value | typeof missing)[],
): readonly (Value | undefined)[] | null {
  const fixed = variadic ? wanted.length - 1 : wanted.length
  if (!variadic && args.length > fixed) return null
  const rest = variadic ? args.slice(fixed) : []
  const given = [...args.slice(0, fixed), ...(variadic ? [rest as Value[]] : [])]
  const values: (Value | undefined)[] = []
  for (const [nth, { type, optional, nullable }] of wanted.entries()) {
    const value = given[nth]
    if (value === undefined || value === missing) {
      if (!optional) return null
      values.push(undefined)
      continue
    }
    const one = value as Value
    if (isNull(one)) {
      if (!nullable) return null
      values.push(one)
      continue
    }
    const fit = variadic && nth === fixed ? one : coerce(one, type)
    if (isNull(fit)) return null
    values.push(fit)
  }
  return values
}

/** A function that takes the first overload that its arguments fit. */
export function builtin(name: string, ...overloads: readonly Overload[]): [string, Fn] {
  const tryAll = (
    argsFor: (one: Overload) => readonly (Value | typeof missing)[] | null,
  ): Value => {
    for (const one of overloads) {
      const args = argsFor(one)
      const fit = args && fitted(one, args)
      if (!fit) continue
      const found = (one.run as (...all: unknown[]) => Value | null)(...fit)
      if (found !== null) return found
    }
    return new Null(`${name} does not take these`)
  }
  const fn = new Fn(
    null,
    null,
    (args) => tryAll(() => args),
    (named) =>
      tryAll(({ wanted, variadic }) => {
        const known = new Set(wanted.map((one) => one.name))
        if ([...named.keys()].some((key) => !known.has(key))) return null
        const args = wanted.map((one) => named.get(one.name) ?? missing)
        const last = args.at(-1)
        // A list under the name of the rest stands for all of them.
        if (variadic && last !== missing && last !== undefined) {
          return [...args.slice(0, -1), ...(isList(last as Value) ? (last as Value[]) : [last])]
        }
        return args
      }),
  )
  return [name, fn]
}
