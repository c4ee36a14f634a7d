// The names that are known where a text stands; a name may hold spaces and signs.
import type { Token } from './lexer.ts'

const SIGNS = ['.', '/', '-', "'", '+', '*']
const RESERVED = [
  ...['if', 'then', 'else', 'for', 'in', 'return', 'some', 'every', 'satisfies', 'and', 'or'],
  ...['between', 'instance', 'of', 'external', 'true', 'false', 'null'],
]

/** However many spaces stand between words, and whether any stand beside a sign, does not count. */
const keyOf = (name: string): string =>
  name.replaceAll(/\s+/g, ' ').replaceAll(/ ?([-./'+*]) ?/g, '$1')

/** A token as the next part of a key. */
const part = (token: Token, before: Token | undefined): string =>
  before && before.kind !== 'sign' && token.kind !== 'sign' ? ` ${token.text}` : token.text

export class Names {
  static readonly reserved: ReadonlySet<string> = new Set(RESERVED)
  private readonly byText = new Map<string, string>()
  private longest = 1

  constructor(names: Iterable<string> = []) {
    for (const name of names) this.add(name)
  }

  /** A copy that may learn more without changing this one. */
  inside(): Names {
    const copy = new Names()
    for (const name of this.byText.values()) copy.add(name)
    return copy
  }

  add(name: string): string {
    const clean = name.trim().replaceAll(/\s+/g, ' ')
    const key = keyOf(clean)
    if (!this.byText.has(key)) this.byText.set(key, clean)
    const words = clean.split(/\s|(?<=[-./'+*])|(?=[-./'+*])/).length
    this.longest = Math.max(this.longest, words)
    return this.byText.get(key)!
  }

  static sign(text: string): boolean {
    return SIGNS.includes(text)
  }

  /** Tokens as a name: with a space between two words, as they stood. */
  static join(tokens: readonly Token[], from: number, count: number): string {
    let text = ''
    let end = -1
    for (const token of tokens.slice(from, from + count)) {
      if (end >= 0 && token.at > end) text += ' '
      text += token.text
      end = token.at + token.text.length
    }
    return text
  }

  /** How many tokens the longest known name takes that begins here; 0: none is known. */
  begins(tokens: readonly Token[], from: number): number {
    let text = ''
    let best = 0
    for (let count = 1; count <= this.longest && from + count < tokens.length + 1; count++) {
      const token = tokens[from + count - 1]!
      const fits = token.kind === 'name' || (count > 1 && token.kind === 'number')
      if (!fits && !(count > 1 && token.kind === 'sign' && SIGNS.includes(token.text))) break
      text += part(token, count > 1 ? tokens[from + count - 2] : undefined)
      if (this.byText.has(text)) best = count
    }
    return best
  }

  known(tokens: readonly Token[], from: number, count: number): string {
    const own = tokens.slice(from, from + count)
    return this.byText.get(own.map((token, nth) => part(token, own[nth - 1])).join(''))!
  }
}
