// What every part of the editor shares: the draft, the version in force beside it, and how texts are shown.
import { createContext, useContext } from 'react'
import type {
  NodeDefinition,
  ParameterDefinition,
  RuleSetDefinition,
} from '#engines/rules/definitions.ts'
import type { Review } from '#engines/rules/review.ts'
import type { Text } from '../text/text.ts'
import { valueOn } from './dated.ts'
import type { DraftText } from './draft-text.ts'
import { type Reading, sayDated } from './reading.ts'
import type { Edit } from './use-draft.ts'

export interface Editing {
  /** As it is entered, and with what is being typed. */
  text: DraftText
  seen: DraftText
  base: RuleSetDefinition | null
  reading: Reading
  /** Values of parameters on the first day, in the draft and in force. */
  values: ReadonlyMap<string, Values>
  review: Review | null
  view: 'words' | 'symbols'
  readOnly: boolean
  change: (edit: Edit) => void
  type: (edit: Edit) => void
  leave: () => void
}

export interface Values {
  now: Text | null
  old: Text | null
}

const Shared = createContext<Editing | null>(null)
export const EditingOf = Shared.Provider

export function useEditing(): Editing {
  return useContext(Shared)!
}

const saidOn = (node: NodeDefinition | undefined, day: string): Text | null => {
  if (node?.kind !== 'parameter') return null
  const found = valueOn(node.values, day)
  return found ? sayDated(found.value, node).says : null
}

/** The same map as before where nothing in it changed, so that no cell is drawn again. */
export function valuesOf(
  definition: RuleSetDefinition,
  base: RuleSetDefinition | null,
  day: string,
): Map<string, Values> {
  const parameters = definition.nodes.filter(
    (node): node is ParameterDefinition => node.kind === 'parameter',
  )
  return new Map(
    parameters.map((node) => {
      const old = base?.nodes.find(({ name }) => name === node.name)
      return [node.name, { now: saidOn(node, day), old: saidOn(old, day) }] as const
    }),
  )
}

/** What is wrong with a node as a whole, or within it at a place. */
export function faultsAt(review: Review | null, ...place: readonly string[]): Text[] {
  return (review?.faults ?? [])
    .filter((fault) => place.every((one, nth) => fault.place[nth] === one))
    .map(({ says }) => says)
}
