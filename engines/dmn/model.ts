// A decision model as plain data, the way DMN 1.5 names its parts.

export interface Variable {
  name: string
  typeRef: string | null
}

export interface ItemDefinition {
  name: string
  typeRef: string | null
  collection: boolean
  components: readonly ItemDefinition[]
  /** Unary tests that narrow it. */
  allowed: string | null
  /** What a collection as a whole must pass. */
  constraint: string | null
  function: { parameters: readonly Variable[]; result: string | null } | null
}

export type HitPolicy =
  | 'UNIQUE'
  | 'ANY'
  | 'PRIORITY'
  | 'FIRST'
  | 'RULE ORDER'
  | 'OUTPUT ORDER'
  | 'COLLECT'
export type Aggregation = 'SUM' | 'MIN' | 'MAX' | 'COUNT'

export interface Table {
  kind: 'table'
  typeRef: string | null
  hitPolicy: HitPolicy
  aggregation: Aggregation | null
  inputs: readonly { text: string; typeRef: string | null; values: string | null }[]
  outputs: readonly {
    name: string | null
    typeRef: string | null
    values: string | null
    byDefault: string | null
  }[]
  rules: readonly { tests: readonly string[]; results: readonly string[] }[]
}

export type Logic =
  | { kind: 'literal'; text: string; typeRef: string | null }
  | {
      kind: 'context'
      typeRef: string | null
      entries: readonly { variable: Variable | null; logic: Logic }[]
    }
  | { kind: 'list'; typeRef: string | null; items: readonly Logic[] }
  | {
      kind: 'relation'
      typeRef: string | null
      columns: readonly string[]
      rows: readonly (readonly Logic[])[]
    }
  | {
      kind: 'invocation'
      typeRef: string | null
      of: Logic
      bindings: readonly { name: string; logic: Logic | null }[]
    }
  | {
      kind: 'function'
      typeRef: string | null
      language: 'FEEL' | 'other'
      parameters: readonly Variable[]
      body: Logic | null
    }
  | { kind: 'conditional'; typeRef: string | null; test: Logic; met: Logic; otherwise: Logic }
  | { kind: 'for'; typeRef: string | null; name: string; over: Logic; result: Logic }
  | {
      kind: 'some' | 'every'
      typeRef: string | null
      name: string
      over: Logic
      satisfies: Logic
    }
  | { kind: 'filter'; typeRef: string | null; of: Logic; match: Logic }
  | Table

/** Ids of what something needs, each with the namespace of another model where it lies there. */
export interface Reference {
  namespace: string | null
  id: string
}

export interface Decision {
  id: string
  variable: Variable
  inputs: readonly Reference[]
  decisions: readonly Reference[]
  knowledge: readonly Reference[]
  logic: Logic | null
}

export interface KnowledgeModel {
  id: string
  variable: Variable
  knowledge: readonly Reference[]
  logic: Extract<Logic, { kind: 'function' }> | null
}

export interface DecisionService {
  id: string
  variable: Variable
  outputs: readonly Reference[]
  encapsulated: readonly Reference[]
  inputDecisions: readonly Reference[]
  inputData: readonly Reference[]
}

export interface Model {
  namespace: string
  name: string
  imports: readonly { name: string; namespace: string }[]
  items: readonly ItemDefinition[]
  inputs: readonly { id: string; variable: Variable }[]
  decisions: readonly Decision[]
  knowledge: readonly KnowledgeModel[]
  services: readonly DecisionService[]
}
