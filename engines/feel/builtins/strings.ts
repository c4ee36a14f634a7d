// Functions on text; positions count characters, not halves of them.
import { printed } from '../print.ts'
import { type Decimal, isList, isNull, Null, number, type Value } from '../values.ts'
import { pattern, replacementOf } from './patterns.ts'
import { builtin, overload } from './signature.ts'

function substring(text: string, start: Decimal, length: Decimal | undefined): Value {
  const characters = [...text]
  const at = start.trunc().toNumber()
  if (at === 0 || Math.abs(at) > characters.length) return new Null('no such position')
  const from = at > 0 ? at - 1 : characters.length + at
  if (length === undefined) return characters.slice(from).join('')
  const count = length.trunc().toNumber()
  if (count < 1) return new Null('the length is not positive')
  return characters.slice(from, from + count).join('')
}

function before(text: string, match: string): string {
  const at = text.indexOf(match)
  return at < 0 ? '' : text.slice(0, at)
}

function after(text: string, match: string): string {
  const at = text.indexOf(match)
  return at < 0 ? '' : text.slice(at + match.length)
}

const flagsOf = (flags: Value | undefined): string => (typeof flags === 'string' ? flags : '')

function matches(input: string, source: string, flags: Value | undefined): Value {
  const found = pattern(source, flagsOf(flags))
  return found ? found.test(input) : new Null('no pattern')
}

function replace(
  input: string,
  source: string,
  replacement: string,
  flags: Value | undefined,
): Value {
  const found = pattern(source, flagsOf(flags), 'g')
  if (!found || found.test('')) return new Null('no pattern, or one that matches nothing')
  return input.replace(found, replacementOf(replacement, flagsOf(flags)))
}

function split(text: string, delimiter: string): Value {
  const found = pattern(delimiter, '')
  return found ? text.split(found) : new Null('no pattern')
}

function join(list: readonly Value[], delimiter: Value | undefined): Value {
  const texts = list.filter((item) => !isNull(item))
  if (!texts.every((item) => typeof item === 'string')) return new Null('not all are text')
  return texts.join(typeof delimiter === 'string' ? delimiter : '')
}

export const stringFunctions = [
  builtin(
    'substring',
    overload('string: string, start position: number, [length: number]', substring),
  ),
  builtin(
    'string length',
    overload('string: string', (text: string) => number([...text].length)),
  ),
  builtin(
    'upper case',
    overload('string: string', (text: string) => text.toUpperCase()),
  ),
  builtin(
    'lower case',
    overload('string: string', (text: string) => text.toLowerCase()),
  ),
  builtin('substring before', overload('string: string, match: string', before)),
  builtin('substring after', overload('string: string, match: string', after)),
  builtin(
    'contains',
    overload('string: string, match: string', (text: string, match: string) =>
      text.includes(match),
    ),
  ),
  builtin(
    'starts with',
    overload('string: string, match: string', (text: string, match: string) =>
      text.startsWith(match),
    ),
  ),
  builtin(
    'ends with',
    overload('string: string, match: string', (text: string, match: string) =>
      text.endsWith(match),
    ),
  ),
  builtin('matches', overload('input: string, pattern: string, [flags: string?]', matches)),
  builtin(
    'replace',
    overload('input: string, pattern: string, replacement: string, [flags: string?]', replace),
  ),
  builtin('split', overload('string: string, delimiter: string', split)),
  builtin('string join', overload('list: list, [delimiter: string?]', join)),
  builtin(
    'string',
    overload('from: any', (from: Value) => (isNull(from) ? from : printed(isOne(from)))),
  ),
]

const isOne = (value: Value): Value => (isList(value) ? [...value] : value)
