// What the newest state of a draft does, asked of a thread of its own; answers to older states are dropped.
import { useEffect, useRef, useState } from 'react'
import type { Recipe } from '#engines/population/people.ts'
import type { CaseDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import type { Impact } from '#engines/rules/impact.ts'
import type { Review } from '#engines/rules/review.ts'
import type { Answer, Look, Told } from './worker.ts'

export interface Live {
  /** null: nothing is counted yet, or nothing is granted. */
  impact: Impact | null
  /** Of counting, in the thread. */
  ms: number
  /** The state that the impact is of, and when the key was struck that led to it. */
  number: number
  struckAt: number
  /** Whether the rules can be read now; what is shown is of an earlier state where not. */
  readable: boolean
  review: Review | null
  broken: boolean
}

const NOTHING: Live = {
  impact: null,
  ms: 0,
  number: 0,
  struckAt: 0,
  readable: true,
  review: null,
  broken: false,
}

export interface Asked {
  definition: RuleSetDefinition
  cases: readonly CaseDefinition[]
  on: string
}

/** When the visitor last pressed or typed something, for the time from there to the figures. */
function useLastStroke() {
  const at = useRef(0)
  useEffect(() => {
    const note = (event: Event) => {
      at.current = event.timeStamp
    }
    const kinds = ['keydown', 'beforeinput', 'pointerdown', 'paste']
    for (const kind of kinds) globalThis.addEventListener(kind, note, true)
    return () => {
      for (const kind of kinds) globalThis.removeEventListener(kind, note, true)
    }
  }, [])
  return at
}

export function useLive(recipe: Recipe | null, base: RuleSetDefinition | null, asked: Asked): Live {
  const [live, setLive] = useState(NOTHING)
  const worker = useRef<Worker | null>(null)
  const newest = useRef({ number: 0, struckAt: 0 })
  const stroke = useLastStroke()
  const { definition, cases, on } = asked

  useEffect(() => {
    if (!recipe) return
    const mine = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    worker.current = mine
    mine.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      const { number, struckAt } = newest.current
      if (data.number !== number) return
      setLive((before) => {
        if (data.kind === 'unread') return { ...before, readable: false }
        if (data.kind === 'review') return { ...before, review: data.found }
        const { impact, ms } = data
        return { ...before, impact, ms, number, struckAt, readable: true }
      })
    })
    mine.addEventListener('error', () => setLive((before) => ({ ...before, broken: true })))
    mine.postMessage({ kind: 'begin', recipe, base } satisfies Told)
    return () => {
      mine.terminate()
      setLive(NOTHING)
    }
  }, [recipe, base])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new thread has to be asked again
  useEffect(() => {
    if (!worker.current) return
    const number = newest.current.number + 1
    newest.current = { number, struckAt: stroke.current }
    const look: Look = { number, definition, cases, on }
    worker.current.postMessage({ kind: 'look', look } satisfies Told)
  }, [definition, cases, on, recipe, base, stroke])

  return live
}
