// What was told so far, kept in this browser's history: each answer is a step that "back" takes back.
import { useLocation } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { RuleSetDefinition } from '#engines/rules/definitions.ts'
import { type Answer, entriesOf, fitting, type Situation, situationIn } from './situation.ts'

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** Of the page that it belongs to, and of no other. */
    situation?: Situation
  }
}

export interface Told {
  situation: Situation
  /** Whether somebody answered here, and did not just arrive. */
  begun: boolean
}

const NOTHING: Readonly<Record<string, Answer>> = {}

/**
 * From the history of this page; whoever arrives has what the address carries.
 * @param held what is known of them without asking
 */
export function useTold(definition: RuleSetDefinition, held = NOTHING): Told {
  const { state, search, hash } = useLocation()
  const { situation } = state
  return useMemo(() => {
    if (situation) return { situation: fitting(definition, situation), begun: true }
    const query = Object.entries(search as Record<string, unknown>).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    )
    const carried = situationIn(definition, [...query, ...entriesOf(hash)])
    const answers = { ...held, ...carried.answers }
    return { situation: fitting(definition, { ...carried, answers }), begun: false }
  }, [definition, held, situation, search, hash])
}
