// A draft under the hands of an official: undo and redo, what is being typed, and saving by itself.
import { useMutation } from '@tanstack/react-query'
import { useCallback, useEffect, useReducer, useRef, useState } from 'react'
import { api } from '../api/client.ts'
import { type ApiProblem, asProblem } from '../api/problem.ts'
import { bodyOf, type DraftText, textOf } from './draft-text.ts'
import type { Draft } from './rulebook.ts'
import { begun, changed, type History, redone, undone } from './undo.ts'

/** How long the draft rests before it is saved. */
const REST_MS = 800

interface State {
  history: History<DraftText>
  /** What is being typed and not yet entered. */
  typing: DraftText | null
}

export type Edit = (text: DraftText) => DraftText

type Act = { kind: 'change' | 'type'; edit: Edit } | { kind: 'undo' | 'redo' | 'leave' }

function next({ history, typing }: State, act: Act): State {
  switch (act.kind) {
    case 'type':
      return { history, typing: act.edit(history.now) }
    case 'change': {
      const now = act.edit(history.now)
      return now === history.now
        ? { history, typing: null }
        : { history: changed(history, now), typing: null }
    }
    case 'leave':
      return typing === null ? { history, typing } : { history, typing: null }
    default:
      return { history: act.kind === 'undo' ? undone(history) : redone(history), typing: null }
  }
}

export type Saving = 'saved' | 'waiting' | 'saving' | 'conflict' | 'failed'

export interface Writing {
  /** As it is entered. */
  text: DraftText
  /** With what is being typed. */
  seen: DraftText
  change: (edit: Edit) => void
  type: (edit: Edit) => void
  leave: () => void
  undo: (() => void) | null
  redo: (() => void) | null
  saving: Saving
  problem: ApiProblem | null
  /** Saves what is not saved yet. @returns the revision that is stored @throws ApiProblem */
  save: () => Promise<number>
}

/** Saves one state after the other, never two at once. */
function useSaving(draft: Draft, text: DraftText, first: DraftText) {
  const revision = useRef(draft.revision)
  const stored = useRef(first)
  const latest = useRef(text)
  latest.current = text
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const { mutateAsync, isPending } = useMutation({
    mutationFn: async (sent: DraftText) => {
      const { revision: saved } = await api.put<{ revision: number }>(
        `/api/rules/drafts/${draft.id}`,
        bodyOf(sent),
        { ifMatch: String(revision.current) },
      )
      revision.current = saved
      stored.current = sent
    },
  })
  const running = useRef<Promise<void> | null>(null)
  const save = useCallback(async (): Promise<number> => {
    while (running.current) await running.current.catch(() => {})
    if (stored.current !== latest.current) {
      running.current = mutateAsync(latest.current)
      try {
        await running.current
        setProblem(null)
      } catch (error) {
        setProblem(asProblem(error))
        throw error
      } finally {
        running.current = null
      }
    }
    return revision.current
  }, [mutateAsync])
  const dirty = stored.current !== text
  const lost = problem?.code === 'request.version'
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change begins the rest anew
  useEffect(() => {
    if (!dirty || lost || draft.state !== 'open') return
    // A state that is refused is tried again with the next change.
    const timer = setTimeout(() => void save().catch(() => {}), REST_MS)
    return () => clearTimeout(timer)
  }, [text, dirty, lost, draft.state, save])
  return { dirty, lost, isPending, problem, save }
}

export function useDraft(draft: Draft, tomorrow: string): Writing {
  const [first] = useState(() => textOf(draft, tomorrow))
  const [{ history, typing }, act] = useReducer(next, { history: begun(first), typing: null })
  const text = history.now
  const { dirty, lost, isPending, problem, save } = useSaving(draft, text, first)
  const change = useCallback((edit: Edit) => act({ kind: 'change', edit }), [])
  const type = useCallback((edit: Edit) => act({ kind: 'type', edit }), [])
  const leave = useCallback(() => act({ kind: 'leave' }), [])
  const saving: Saving = lost
    ? 'conflict'
    : isPending
      ? 'saving'
      : dirty
        ? problem
          ? 'failed'
          : 'waiting'
        : 'saved'
  return {
    text,
    seen: typing ?? text,
    change,
    type,
    leave,
    undo: history.past.length > 0 ? () => act({ kind: 'undo' }) : null,
    redo: history.future.length > 0 ? () => act({ kind: 'redo' }) : null,
    saving,
    problem: dirty || lost ? problem : null,
    save,
  }
}
