// Functions on contexts, and the negation of truth.
import { Context, isNull, Null, type Value } from '../values.ts'
import { builtin, overload } from './signature.ts'

type List = readonly Value[]

function getValue(whole: Context, key: string | List): Value {
  if (typeof key === 'string') return whole.entries.get(key) ?? new Null(`no entry ${key}`)
  let found: Value = whole
  for (const name of key) {
    if (!(found instanceof Context) || typeof name !== 'string') return new Null('no such entry')
    found = found.entries.get(name) ?? new Null(`no entry ${name}`)
  }
  return key.length === 0 ? new Null('no key') : found
}

const entriesOf = (whole: Context): Value =>
  [...whole.entries].map(
    ([key, value]) =>
      new Context([
        ['key', key],
        ['value', value],
      ]),
  )

function put(whole: Context, keys: List, value: Value): Value {
  const [first, ...rest] = keys
  if (typeof first !== 'string') return new Null('no key')
  if (rest.length === 0) return new Context([...whole.entries, [first, value]])
  const inner = whole.entries.get(first) ?? new Context([])
  if (!(inner instanceof Context)) return new Null('no context there')
  const changed = put(inner, rest, value)
  return isNull(changed) ? changed : new Context([...whole.entries, [first, changed]])
}

function fromEntries(entries: List): Value {
  const own = new Map<string, Value>()
  for (const entry of entries) {
    const key = entry instanceof Context ? entry.entries.get('key') : undefined
    const value = entry instanceof Context ? entry.entries.get('value') : undefined
    if (typeof key !== 'string' || value === undefined) return new Null('no key and value')
    if (own.has(key)) return new Null('a key stands twice')
    own.set(key, value)
  }
  return new Context(own)
}

function merged(contexts: List): Value {
  const own = new Map<string, Value>()
  for (const one of contexts) {
    if (!(one instanceof Context)) return new Null('not all are contexts')
    for (const [name, value] of one.entries) own.set(name, value)
  }
  return new Context(own)
}

const not = (value: Value): Value =>
  typeof value === 'boolean' ? !value : new Null('neither true nor false')

export const contextFunctions = [
  builtin(
    'get value',
    overload('m: context, key: string', getValue),
    overload('m: context, keys: list', getValue),
  ),
  builtin('get entries', overload('m: context', entriesOf)),
  builtin(
    'context put',
    overload(
      'context: context, key: string, value: any',
      (whole: Context, key: string, value: Value) => put(whole, [key], value),
    ),
    overload('context: context, keys: list, value: any', put),
  ),
  builtin('context', overload('entries: list', fromEntries)),
  builtin('context merge', overload('contexts: list', merged)),
  builtin('not', overload('negand: any', not)),
]
