// A rule set as it is written: plain data, so that it can be stored, compared, published and dated.

export interface Text {
  zh: string
  en: string
}

/** Where a rule comes from, and how sure that is. */
export interface Citation {
  source: string
  certainty: 'official' | 'secondary' | 'memory' | 'example'
}

export type TypeDefinition =
  | { kind: 'boolean' }
  | { kind: 'date' }
  /** A unit by its name; '' is a plain number, '%' a share. */
  | { kind: 'number'; unit: string }
  | { kind: 'text'; values: readonly string[] | null }

/** Something about whom the rules are applied to. */
export interface FactDefinition {
  kind: 'fact'
  name: string
  type: TypeDefinition
  ask: Text
  /** What it takes to know it: 0 where the province holds it already. */
  cost: number
}

export interface DatedParameter {
  /** First day in force, and the first day no longer; null: until something else is. */
  from: string
  to: string | null
  value: string
  cite: Citation
}

export interface ParameterDefinition {
  kind: 'parameter'
  name: string
  type: TypeDefinition
  values: readonly DatedParameter[]
}

export interface FormulaDefinition {
  kind: 'formula'
  name: string
  type: TypeDefinition
  expression: string
  cite: readonly Citation[]
}

/** DMN: unique, any, first, priority; collect (as a list, summed, counted, least, most), rule order, output order. */
export type HitPolicy = 'U' | 'A' | 'F' | 'P' | 'C' | 'C+' | 'C#' | 'C<' | 'C>' | 'R' | 'O'

export interface RowDefinition {
  id: string
  /** A test for each input, '-' for any value. */
  when: readonly string[]
  /** An expression for each output. */
  gives: readonly string[]
  cite: readonly Citation[]
}

export interface TableDefinition {
  kind: 'table'
  name: string
  hit: HitPolicy
  /** Expressions. */
  inputs: readonly string[]
  /** Texts with `values` are ranked by them under P and O, the first highest. */
  outputs: readonly { name: string; type: TypeDefinition }[]
  rows: readonly RowDefinition[]
  /** What it comes to where no row applies; null: that is a gap, and a fault with its reason. */
  otherwise: readonly string[] | null
}

/** Reserved to a person: never guessed. */
export interface JudgementDefinition {
  kind: 'judgement'
  name: string
  type: TypeDefinition
  ask: Text
  /** Whose it is. */
  by: Text
  cite: readonly Citation[]
}

export type NodeDefinition =
  | FactDefinition
  | ParameterDefinition
  | FormulaDefinition
  | TableDefinition
  | JudgementDefinition

/** What a set grants: names of its outcomes. */
export interface Benefit {
  /** Whether somebody has it, yes or no. */
  entitled: string
  /** How much at most; null where it is no money. */
  amount: string | null
}

/** One case with what it has to come to, from an official text or question. */
export interface CaseDefinition {
  name: string
  on: string
  facts: Readonly<Record<string, unknown>>
  expect: Readonly<Record<string, unknown>>
  source: string
}

export interface RuleSetDefinition {
  id: string
  title: Text
  /** Left out where the set sorts or computes and grants nothing. */
  benefit?: Benefit | undefined
  nodes: readonly NodeDefinition[]
  /** What is asked of it, by name. */
  outcomes: readonly string[]
}
