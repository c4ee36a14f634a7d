// Questions of the rule editor to the server, and the types of what comes back.
import { queryOptions } from '@tanstack/react-query'
import type { Recipe } from '#engines/population/people.ts'
import type { CaseDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import type { Impact } from '#engines/rules/impact.ts'
import type {
  DecisionList,
  DraftList,
  DraftView,
  SetList,
  SetView,
  VersionView,
} from '#services/rulebook/contract.ts'
import { api } from '../api/client.ts'
import type { Text } from '../text/text.ts'

export type Draft = Omit<DraftView, 'definition' | 'cases' | 'base' | 'impact'> & {
  definition: RuleSetDefinition
  cases: CaseDefinition[]
  base: (NonNullable<DraftView['base']> & { definition: RuleSetDefinition }) | null
  impact: Impact | null
}
export type DraftHead = DraftList['items'][number]
export type SetHead = SetList['items'][number]
export type VersionHead = SetView['versions'][number]
export type DecisionHead = DecisionList['items'][number]
/** Outcomes of a decision, by name. */
export type Outcomes = Record<string, { value: Text }>

export const setsQuery = queryOptions({
  queryKey: ['rules', 'sets'],
  queryFn: ({ signal }) => api.get<SetList>('/api/rules', undefined, signal),
})

export const draftsQuery = queryOptions({
  queryKey: ['rules', 'drafts'],
  queryFn: ({ signal }) => api.get<DraftList>('/api/rules/drafts', undefined, signal),
})

export const draftQuery = (id: string) =>
  queryOptions({
    queryKey: ['rules', 'draft', id],
    queryFn: ({ signal }) => api.get<Draft>(`/api/rules/drafts/${id}`, undefined, signal),
    // What is being edited is not replaced behind the editor's back.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })

export const recipeQuery = queryOptions({
  queryKey: ['rules', 'population'],
  queryFn: ({ signal }) => api.get<Recipe>('/api/rules/population', undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
})

export const setQuery = (set: string) =>
  queryOptions({
    queryKey: ['rules', 'set', set],
    queryFn: ({ signal }) => api.get<SetView>(`/api/rules/${set}`, undefined, signal),
  })

export const versionQuery = (set: string, number: number) =>
  queryOptions({
    queryKey: ['rules', 'version', set, number],
    queryFn: ({ signal }) =>
      api.get<VersionView>(`/api/rules/${set}/versions/${number}`, undefined, signal),
    staleTime: 0,
  })

const DAY_MS = 86_400_000
export const dayAfter = (day: string): string =>
  new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10)
