// Calling functions, by position and by name; what does not fit is null.
import type { Compiled } from './compile.ts'
import { coerce } from './types.ts'
import { type FeelType, Fn, isNull, Null, type Parameter, type Value } from './values.ts'

export function call(callee: Compiled, args: readonly Compiled[]): Compiled {
  return (scope) => {
    const fn = callee(scope)
    if (!(fn instanceof Fn)) return isNull(fn) ? fn : new Null('no function')
    return fn.call(args.map((arg) => arg(scope)))
  }
}

export function callNamed(
  callee: Compiled,
  given: readonly { name: string; value: Compiled }[],
): Compiled {
  return (scope) => {
    const fn = callee(scope)
    if (!(fn instanceof Fn)) return isNull(fn) ? fn : new Null('no function')
    const named = new Map(given.map(({ name, value }) => [name, value(scope)]))
    if (fn.callNamed) return fn.callNamed(named)
    const { parameters } = fn
    if (!parameters || parameters.some(({ name }) => !named.has(name))) {
      return new Null('an argument is missing')
    }
    if (named.size > parameters.length) return new Null('an argument too many')
    return fn.call(parameters.map(({ name }) => named.get(name)!))
  }
}

/** A function whose arguments and result are made to fit their types, or are null. */
export function userFunction(
  parameters: readonly Parameter[],
  result: FeelType | null,
  body: (own: ReadonlyMap<string, Value>) => Value,
): Fn {
  return new Fn(parameters, result, (args) => {
    if (args.length !== parameters.length) return new Null('the number of arguments is wrong')
    const own = new Map<string, Value>()
    for (const [nth, { name, type }] of parameters.entries()) {
      const value = coerce(args[nth]!, type)
      if (isNull(value) && !isNull(args[nth]!)) return value
      own.set(name, value)
    }
    return coerce(body(own), result)
  })
}
