// Texts to trees. Names may hold spaces and signs: where one begins, the longest known one is taken.
import type { Comparison, Entry, Iteration, Node, Tests, TypeNode } from './ast.ts'
import { FeelError } from './error.ts'
import type { Names } from './names.ts'
import { Reader } from './reader.ts'

const COMPARISONS: readonly string[] = ['=', '!=', '<', '<=', '>', '>=']
const MOST_DEEP = 200
/** A text of honest length needs far fewer; one made to be read again and again ends here. */
const MOST_READ = 5_000

class Parser extends Reader {
  private read = 0

  // Expressions, the loosest first

  expression(): Node {
    return this.special() ?? this.disjunction()
  }

  private special(): Node | null {
    if (this.names.begins(this.tokens, this.at) > 1) return null
    if (this.is('if')) return this.conditional()
    if (this.is('for')) return this.iteration()
    if (this.is('some')) return this.quantified('some')
    if (this.is('every')) return this.quantified('every')
    return this.is('function') && this.is('(', 1) ? this.definition() : null
  }

  private conditional(): Node {
    this.expect('if')
    const test = this.expression()
    this.expect('then')
    const then = this.expression()
    this.expect('else')
    return { kind: 'if', test, then, otherwise: this.expression() }
  }

  private iterations(ranges: boolean): Iteration[] {
    const over: Iteration[] = []
    do {
      const name = this.declared('in')
      this.expect('in')
      const first = this.expression()
      const to = ranges && this.take('..') ? this.expression() : null
      over.push({ name, over: first, to })
    } while (this.take(','))
    return over
  }

  private iteration(): Node {
    this.expect('for')
    this.names.add('partial')
    const over = this.iterations(true)
    this.expect('return')
    return { kind: 'for', over, result: this.expression() }
  }

  private quantified(kind: 'some' | 'every'): Node {
    this.expect(kind)
    const over = this.iterations(false)
    this.expect('satisfies')
    return { kind, over, satisfies: this.expression() }
  }

  private definition(): Node {
    this.expect('function')
    this.expect('(')
    const parameters: { name: string; type: TypeNode | null }[] = []
    while (!this.take(')')) {
      if (parameters.length > 0) this.expect(',')
      const name = this.declared(':', ',', ')')
      parameters.push({ name, type: this.take(':') ? this.type() : null })
    }
    if (!this.take('external')) return { kind: 'function', parameters, body: this.expression() }
    this.expression()
    return { kind: 'external' }
  }

  private disjunction(): Node {
    let left = this.conjunction()
    while (this.take('or')) left = { kind: 'or', left, right: this.conjunction() }
    return left
  }

  private conjunction(): Node {
    let left = this.comparison()
    while (this.take('and')) left = { kind: 'and', left, right: this.comparison() }
    return left
  }

  private comparison(): Node {
    let left = this.additive()
    for (;;) {
      const op = this.token.kind === 'sign' ? this.token.text : ''
      if (COMPARISONS.includes(op)) {
        this.at++
        left = { kind: 'compare', op: op as Comparison, left, right: this.additive() }
      } else if (this.take('between')) {
        const low = this.additive()
        this.expect('and')
        left = { kind: 'between', of: left, low, high: this.additive() }
      } else if (this.take('in')) left = { kind: 'in', of: left, tests: this.tested() }
      else return left
    }
  }

  /** What stands right of `in`: one test, or several in parentheses. */
  private tested(): readonly Node[] {
    const several = this.attempt(() => {
      this.expect('(')
      const tests = this.tests()
      this.expect(')')
      const goesOn = ['..', '+', '-', '*', '/', '**', '.', '[', '('].some((sign) => this.is(sign))
      if (goesOn) this.fail()
      return tests
    })
    return several ?? [this.test(() => this.additive())]
  }

  tests(): Node[] {
    const tests = [this.test()]
    while (this.take(',')) tests.push(this.test())
    return tests
  }

  private test(otherwise: () => Node = () => this.expression()): Node {
    const op = this.token.kind === 'sign' ? this.token.text : ''
    if (!COMPARISONS.includes(op)) return otherwise()
    this.at++
    return { kind: 'open-interval', op: op as Comparison, of: this.additive() }
  }

  private additive(): Node {
    let left = this.multiplicative()
    for (;;) {
      const op = this.is('+') ? '+' : this.is('-') ? '-' : null
      if (!op) return left
      this.at++
      left = { kind: 'arithmetic', op, left, right: this.multiplicative() }
    }
  }

  private multiplicative(): Node {
    let left = this.power()
    for (;;) {
      const op = this.is('*') ? '*' : this.is('/') ? '/' : null
      if (!op) return left
      this.at++
      left = { kind: 'arithmetic', op, left, right: this.power() }
    }
  }

  private power(): Node {
    let left = this.signed()
    while (this.take('**')) left = { kind: 'arithmetic', op: '**', left, right: this.signed() }
    return left
  }

  private signed(): Node {
    let signs = 0
    while (this.take('-')) signs++
    let node = this.typed()
    for (; signs > 0; signs--) node = { kind: 'negate', of: node }
    return node
  }

  private typed(): Node {
    let node = this.postfix()
    while (this.is('instance') && this.is('of', 1)) {
      this.at += 2
      node = { kind: 'instance-of', of: node, type: this.type() }
    }
    return node
  }

  private postfix(): Node {
    let node = this.primary()
    for (;;) {
      if (this.take('.')) node = { kind: 'path', of: node, name: this.name() }
      else if (this.take('(')) node = this.call(node)
      else if (this.is('[')) {
        // It may as well close an interval, whose end this is.
        const by = this.attempt(() => this.filtered())
        if (by === null) return node
        node = { kind: 'filter', of: node, by }
      } else return node
    }
  }

  private filtered(): Node {
    this.expect('[')
    const by = this.expression()
    this.expect(']')
    return by
  }

  private call(of: Node): Node {
    if (this.take(')')) return { kind: 'call', of, args: [] }
    const named = this.attempt(() => {
      const args: Entry[] = []
      do {
        const name = this.declared(':')
        this.expect(':')
        args.push({ name, value: this.expression() })
      } while (this.take(','))
      this.expect(')')
      return args
    })
    if (named) return { kind: 'call-named', of, args: named }
    const args = [this.expression()]
    while (this.take(',')) args.push(this.expression())
    this.expect(')')
    return { kind: 'call', of, args }
  }

  private primary(): Node {
    if (++this.depth > MOST_DEEP || ++this.read > MOST_READ) {
      throw new FeelError('too-deep', this.token.at)
    }
    const node = this.simple()
    this.depth--
    return node
  }

  private simple(): Node {
    const { kind, text } = this.token
    if (kind === 'number' || kind === 'string') {
      this.at++
      const unit = this.token
      if (kind === 'string' || !this.units.has(unit.text) || unit.kind === 'string') {
        return { kind, text }
      }
      this.at++
      return { kind: 'quantity', text, unit: unit.text }
    }
    if (kind === 'sign') return this.bracketed()
    if (kind === 'end') this.fail()
    if (this.names.begins(this.tokens, this.at) <= 1) {
      if (this.take('true')) return { kind: 'boolean', value: true }
      if (this.take('false')) return { kind: 'boolean', value: false }
      if (this.take('null')) return { kind: 'null' }
    }
    return { kind: 'name', name: this.name() }
  }

  private bracketed(): Node {
    if (this.take('@')) {
      const { kind, text } = this.token
      if (kind !== 'string') this.fail()
      this.at++
      return { kind: 'at', text }
    }
    if (this.take('{')) return this.context()
    if (this.take(']')) return this.interval(this.additive(), false)
    const included = this.is('[')
    if (!included) this.expect('(')
    else this.at++
    if (included && this.take(']')) return { kind: 'list', items: [] }
    const first = this.test()
    if (this.is('..')) return this.interval(first, included)
    if (!included) {
      this.expect(')')
      return first
    }
    const items = [first]
    while (this.take(',')) items.push(this.test())
    this.expect(']')
    return { kind: 'list', items }
  }

  /** What follows the lower end. */
  private interval(low: Node, startIncluded: boolean): Node {
    this.expect('..')
    const high = this.additive()
    const endIncluded = this.is(']')
    if (!endIncluded && !this.is(')') && !this.is('[')) this.fail()
    this.at++
    return { kind: 'interval', low, high, startIncluded, endIncluded }
  }

  private context(): Node {
    const entries: Entry[] = []
    while (!this.take('}')) {
      if (entries.length > 0) this.expect(',')
      const { kind, text } = this.token
      const quoted = kind === 'string'
      if (quoted) {
        this.at++
        this.names.add(text)
      }
      const name = quoted ? text : this.declared(':')
      this.expect(':')
      entries.push({ name, value: this.expression() })
    }
    return { kind: 'context', entries }
  }
}

/** @param units what may stand behind a number @throws FeelError with the place */
export function parseExpression(text: string, names: Names, units?: ReadonlySet<string>): Node {
  const parser = new Parser(text, names, units)
  const node = parser.expression()
  parser.end()
  return node
}

/** The text of a cell: '-', tests, or not(tests). @throws FeelError with the place */
export function parseTests(text: string, names: Names, units?: ReadonlySet<string>): Tests {
  if (text.trim() === '-' || text.trim() === '') return { kind: 'any' }
  const inner = /^\s*not\s*\(([\s\S]*)\)\s*$/.exec(text)
  if (inner) {
    try {
      return { kind: 'tests', tests: testsOf(inner[1]!, names, units), negated: true }
    } catch (error) {
      if (!(error instanceof FeelError)) throw error
    }
  }
  return { kind: 'tests', tests: testsOf(text, names, units), negated: false }
}

function testsOf(text: string, names: Names, units?: ReadonlySet<string>): Node[] {
  const parser = new Parser(text, names, units)
  const tests = parser.tests()
  parser.end()
  return tests
}
