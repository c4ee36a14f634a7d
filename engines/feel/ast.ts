// What the parser makes of a text: expressions, tests of a cell, and types.

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='
export type Arithmetic = '+' | '-' | '*' | '/' | '**'

export interface Iteration {
  name: string
  /** A list or range, or the first of two ends. */
  over: Node
  to: Node | null
}

export interface Entry {
  name: string
  value: Node
}

export type TypeNode =
  | { kind: 'name'; name: string }
  | { kind: 'list' | 'range'; of: TypeNode }
  | { kind: 'context'; entries: readonly { name: string; type: TypeNode }[] }
  | { kind: 'function'; parameters: readonly TypeNode[]; result: TypeNode }

export type Node =
  | { kind: 'number' | 'string' | 'at'; text: string }
  /** A number with its unit, where units are known. */
  | { kind: 'quantity'; text: string; unit: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' }
  | { kind: 'name'; name: string }
  | { kind: 'path'; of: Node; name: string }
  | { kind: 'filter'; of: Node; by: Node }
  | { kind: 'call'; of: Node; args: readonly Node[] }
  | { kind: 'call-named'; of: Node; args: readonly Entry[] }
  | { kind: 'arithmetic'; op: Arithmetic; left: Node; right: Node }
  | { kind: 'negate'; of: Node }
  | { kind: 'compare'; op: Comparison; left: Node; right: Node }
  | { kind: 'and' | 'or'; left: Node; right: Node }
  | { kind: 'between'; of: Node; low: Node; high: Node }
  | { kind: 'in'; of: Node; tests: readonly Node[] }
  | { kind: 'instance-of'; of: Node; type: TypeNode }
  | { kind: 'if'; test: Node; then: Node; otherwise: Node }
  | { kind: 'for'; over: readonly Iteration[]; result: Node }
  | { kind: 'some' | 'every'; over: readonly Iteration[]; satisfies: Node }
  | { kind: 'function'; parameters: readonly { name: string; type: TypeNode | null }[]; body: Node }
  | { kind: 'external' }
  | { kind: 'list'; items: readonly Node[] }
  | { kind: 'context'; entries: readonly Entry[] }
  | { kind: 'interval'; low: Node; high: Node; startIncluded: boolean; endIncluded: boolean }
  /** `< 5`: what stands left of it is what is tested. */
  | { kind: 'open-interval'; op: Comparison; of: Node }

/** What a cell of a decision table holds. */
export type Tests = { kind: 'any' } | { kind: 'tests'; tests: readonly Node[]; negated: boolean }
