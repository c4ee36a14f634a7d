// What names mean where an expression is evaluated: the innermost meaning counts.
import type { Value } from './values.ts'

export class Scope {
  private readonly own: ReadonlyMap<string, Value>
  private readonly outer: Scope | null
  constructor(own: ReadonlyMap<string, Value>, outer: Scope | null = null) {
    this.own = own
    this.outer = outer
  }
  get(name: string): Value | undefined {
    return this.own.get(name) ?? this.outer?.get(name)
  }
  with(own: ReadonlyMap<string, Value>): Scope {
    return new Scope(own, this)
  }
}
