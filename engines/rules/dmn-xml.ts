// DMN as XML to write: elements made, escaped and laid out; the namespaces, ours among them.
import { RuleError } from './rule-error.ts'

export const MODEL = 'https://www.omg.org/spec/DMN/20230324/MODEL/'
export const FEEL = 'https://www.omg.org/spec/DMN/20230324/FEEL/'
/** What DMN has no place for stands in elements of this namespace. */
export const KAPOK = 'urn:kapok:rule-set:1'

export interface Made {
  name: string
  attributes: Readonly<Record<string, string>>
  /** Elements, or the text that is all it holds. */
  inside: readonly Made[] | string
}

type Attributes = Readonly<Record<string, string | null>>

/** An element; attributes and children that are null are left out. */
export function make(
  name: string,
  attributes: Attributes = {},
  inside: readonly (Made | null)[] | string = [],
): Made {
  const given = Object.entries(attributes).filter((one): one is [string, string] => one[1] !== null)
  return {
    name,
    attributes: Object.fromEntries(given),
    inside: typeof inside === 'string' ? inside : inside.filter((one) => one !== null),
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Characters that no XML 1.0 document may hold, however they are written. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NEVER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/u

function escaped(text: string): string {
  if (NEVER.test(text)) {
    const shown = JSON.stringify(text)
    throw new RuleError(
      'syntax',
      `XML 里不能有这样的字符：${shown}，请先删去`,
      `XML has no such characters: ${shown}; remove them first`,
    )
  }
  // A bare carriage return would be read as a line feed.
  return text.replaceAll(/[&<>]/g, (one) => ESCAPES[one]!).replaceAll('\r', '&#13;')
}

const attribute = (text: string): string =>
  escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')

function lines({ name, attributes, inside }: Made, indent: string): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(value)}"`)
  const open = `${indent}<${name}${given.join('')}`
  if (inside.length === 0) return `${open}/>\n`
  if (typeof inside === 'string') return `${open}>${escaped(inside)}</${name}>\n`
  const children = inside.map((one) => lines(one, `${indent}  `))
  return `${open}>\n${children.join('')}${indent}</${name}>\n`
}

/** A document of this root. @throws RuleError of what XML cannot hold */
export const rendered = (root: Made): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${lines(root, '')}`

/** The element that holds elements of other namespaces; null where there is none. */
export function extension(...inside: readonly (Made | null)[]): Made | null {
  const made = make('extensionElements', {}, inside)
  return made.inside.length === 0 ? null : made
}
