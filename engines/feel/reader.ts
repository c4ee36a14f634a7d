// Where the parser stands among the tokens: signs, names and types, which all texts are made of.
import type { TypeNode } from './ast.ts'
import { FeelError } from './error.ts'
import { type Token, tokensOf } from './lexer.ts'
import { Names } from './names.ts'

/** A place in the tokens, and what may be done from there. */
export class Reader {
  protected readonly tokens: readonly Token[]
  protected readonly names: Names
  /** What may stand behind a number. */
  protected readonly units: ReadonlySet<string>
  protected at = 0
  protected depth = 0

  constructor(text: string, names: Names, units: ReadonlySet<string> = new Set()) {
    this.tokens = tokensOf(text)
    this.units = units
    this.names = names.inside()
  }

  // What stands here

  protected get token(): Token {
    return this.tokens[this.at]!
  }

  protected is(text: string, ahead = 0): boolean {
    const token = this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]!
    return (token.kind === 'sign' || token.kind === 'name') && token.text === text
  }

  protected take(text: string): boolean {
    if (!this.is(text)) return false
    this.at++
    return true
  }

  protected expect(text: string): void {
    if (!this.take(text)) this.fail()
  }

  protected fail(): never {
    throw new FeelError('unexpected', this.token.at, this.token.text || 'end')
  }

  /** What `read` makes of it, or null with nothing read. */
  protected attempt<T>(read: () => T): T | null {
    const { at, depth } = this
    try {
      return read()
    } catch (error) {
      if (!(error instanceof FeelError) || error.code === 'too-deep') throw error
      this.at = at
      this.depth = depth
      return null
    }
  }

  end(): void {
    if (this.token.kind !== 'end') this.fail()
  }

  // Names and types

  /** The longest known name that begins here, or the one word that stands here. */
  protected name(): string {
    const words = this.names.begins(this.tokens, this.at)
    if (words > 0) {
      const name = this.names.known(this.tokens, this.at, words)
      this.at += words
      return name
    }
    const { kind, text } = this.token
    if (kind !== 'name' || Names.reserved.has(text)) this.fail()
    this.at++
    return text
  }

  /** A name that is made here: everything up to one of the words or signs; known from now on. */
  protected declared(...until: readonly string[]): string {
    const start = this.at
    while (!until.some((word) => this.is(word))) {
      const { kind, text } = this.token
      const fits = kind === 'name' || (this.at > start && (kind === 'number' || Names.sign(text)))
      if (!fits) this.fail()
      this.at++
    }
    if (this.at === start) this.fail()
    return this.names.add(Names.join(this.tokens, start, this.at - start))
  }

  protected type(): TypeNode {
    const { kind, text } = this.token
    if (kind !== 'name') this.fail()
    if ((text === 'list' || text === 'range') && this.is('<', 1)) {
      this.at += 2
      const of = this.type()
      this.expect('>')
      return { kind: text, of }
    }
    if (text === 'context' && this.is('<', 1)) return this.contextType()
    if (text === 'function' && this.is('<', 1)) return this.functionType()
    const words = this.names.begins(this.tokens, this.at)
    const start = this.at
    this.at += Math.max(1, words)
    while (this.is('.')) this.at += 2
    return { kind: 'name', name: Names.join(this.tokens, start, this.at - start) }
  }

  private contextType(): TypeNode {
    this.at += 2
    const entries: { name: string; type: TypeNode }[] = []
    while (!this.take('>')) {
      if (entries.length > 0) this.expect(',')
      const name = this.declared(':')
      this.expect(':')
      entries.push({ name, type: this.type() })
    }
    return { kind: 'context', entries }
  }

  private functionType(): TypeNode {
    this.at += 2
    const parameters: TypeNode[] = []
    while (!this.take('>')) {
      if (parameters.length > 0) this.expect(',')
      parameters.push(this.type())
    }
    this.expect('->')
    return { kind: 'function', parameters, result: this.type() }
  }
}
