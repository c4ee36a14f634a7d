// Characters to tokens: names of any script, exact numbers, texts, and the signs of the language.
import { FeelError } from './error.ts'

export interface Token {
  kind: 'name' | 'number' | 'string' | 'sign' | 'end'
  text: string
  /** Where it begins in the text. */
  at: number
}

const START =
  '?A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}'
const NAME = new RegExp(`[${START}][${START}0-9\u00B7\u0300-\u036F\u203F-\u2040]*`, 'uy')
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y
const SIGN = /\*\*|<=|>=|!=|->|\.\.|[-+*/=<>()[\]{},:.@'%]/y
const SPACE = /(?:[\s\u0085\u180E\u200B\uFEFF]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '"': '"',
  "'": "'",
  '\\': '\\',
}

/** The text between two quotation marks, and where it ends. */
function readString(text: string, at: number): { value: string; end: number } {
  let value = ''
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i]!
    if (char === '"') return { value, end: i + 1 }
    if (char !== '\\') {
      value += char
      continue
    }
    const next = text[++i] ?? ''
    const digits = next === 'u' ? 4 : next === 'U' ? 6 : 0
    const hex = text.slice(i + 1, i + 1 + digits)
    if (digits > 0 && /^[0-9a-fA-F]+$/.test(hex) && hex.length === digits) {
      value += String.fromCodePoint(Number.parseInt(hex, 16))
      i += digits
    } else value += ESCAPES[next] ?? `\\${next}`
  }
  throw new FeelError('unclosed-string', at)
}

/** All tokens, the end last. @throws FeelError at what is no token */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0] ?? null
  }
  while (at < text.length) {
    const space = match(SPACE)
    if (space) {
      at += space.length
      continue
    }
    if (text[at] === '"') {
      const { value, end } = readString(text, at)
      tokens.push({ kind: 'string', text: value, at })
      at = end
      continue
    }
    const name = match(NAME)
    const number = name ? null : match(NUMBER)
    const sign = name || number ? null : match(SIGN)
    const found = name ?? number ?? sign
    if (!found) throw new FeelError('unknown-character', at)
    tokens.push({ kind: name ? 'name' : number ? 'number' : 'sign', text: found, at })
    at += found.length
  }
  tokens.push({ kind: 'end', text: '', at })
  return tokens
}
