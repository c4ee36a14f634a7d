// A draft while it is written: rules, scenarios, first day, reason; and the changes of each.
import type {
  CaseDefinition,
  NodeDefinition,
  RuleSetDefinition,
} from '#engines/rules/definitions.ts'
import { movedTo } from './dated.ts'
import type { Draft } from './rulebook.ts'

export interface DraftText {
  definition: RuleSetDefinition
  cases: readonly CaseDefinition[]
  /** The first day in force. */
  from: string
  reason: string
}

/** @param tomorrow the earliest first day, taken where none was chosen */
export const textOf = (
  { definition, cases, validFrom, reason }: Draft,
  tomorrow: string,
): DraftText => ({ definition, cases, from: validFrom ?? tomorrow, reason })

export const withNode = (text: DraftText, node: NodeDefinition): DraftText => ({
  ...text,
  definition: {
    ...text.definition,
    nodes: text.definition.nodes.map((one) => (one.name === node.name ? node : one)),
  },
})

/** Another first day: values of parameters that the draft put in begin then too. */
export function fromDay(text: DraftText, base: RuleSetDefinition | null, day: string): DraftText {
  const nodes = text.definition.nodes.map((node) => {
    if (node.kind !== 'parameter') return node
    const old = base?.nodes.find(({ name }) => name === node.name)
    return movedTo(node, old?.kind === 'parameter' ? old : undefined, text.from, day)
  })
  return { ...text, from: day, definition: { ...text.definition, nodes } }
}

export const nodeOf = (definition: RuleSetDefinition | null, name: string) =>
  definition?.nodes.find((one) => one.name === name)

/** What is sent to be kept. */
export const bodyOf = ({ definition, cases, from, reason }: DraftText) => ({
  definition,
  cases,
  validFrom: from,
  reason,
})
