// The rules as the server tells them, typed by the engine that both sides run.
import { queryOptions } from '@tanstack/react-query'
import type {
  CaseDefinition,
  Citation,
  FactDefinition,
  JudgementDefinition,
  RuleSetDefinition,
} from '#engines/rules/definitions.ts'
import type { Change } from '#engines/rules/diff.ts'
import type { Explained } from '#engines/rules/explain.ts'
import type { Impact } from '#engines/rules/impact.ts'
import type { Receipt } from '#engines/rules/receipt.ts'
import type { Standing } from '#engines/rules/standing.ts'
import type {
  CensusView,
  DecisionView,
  Entitlements,
  SetList,
  SetView,
  VersionView,
} from '#services/rulebook/contract.ts'
import { api } from '../api/client.ts'
import type { Text } from '../text/text.ts'

export type ListedSet = SetList['items'][number]
export type VersionHead = SetView['versions'][number]

export type ShownSet = Omit<SetView, 'definition' | 'cases'> & {
  definition: RuleSetDefinition
  cases: readonly CaseDefinition[]
}

export type ShownVersion = Omit<VersionView, 'definition' | 'cases' | 'changes' | 'impact'> & {
  definition: RuleSetDefinition
  cases: readonly CaseDefinition[]
  changes: readonly Change[]
  impact: Impact | null
}

export interface Counts {
  size: number
  entitled: number
  open: number
  amount: number | null
  unit: string | null
}
export type Census = Omit<CensusView, 'items'> & {
  items: (Omit<CensusView['items'][number], 'counts'> & { counts: Counts })[]
}

export type Entitlement = Omit<Entitlements['items'][number], 'standing'> & { standing: Standing }
export type OwnEntitlements = Omit<Entitlements, 'items'> & { items: Entitlement[] }

export type Decision = Omit<DecisionView, 'outcomes' | 'why'> & {
  /** `plain` is null where it could not be worked out. */
  outcomes: Record<string, { value: Text; plain: unknown }>
  /** Of each outcome: itself first. */
  why: [Explained, ...Explained[]][]
}

/** What POST /api/rules/receipts/replay answers. */
export interface Replayed {
  version: { id: string; number: number; validFrom: string }
  same: Record<'engine' | 'rules' | 'facts' | 'outcomes', boolean>
  receipt: Receipt
}

export const setsQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: ({ signal }) => api.get<SetList>('/api/rules', undefined, signal),
  staleTime: 60_000,
})

/** A set as it is in force on a day; today's without one. */
export const setQuery = (set: string, on?: string) =>
  queryOptions({
    queryKey: ['rules', 'set', set, on ?? null],
    queryFn: ({ signal }) =>
      api.get<ShownSet>(`/api/rules/${encodeURIComponent(set)}`, { on }, signal),
    staleTime: 60_000,
  })

export const versionQuery = (set: string, number: number) =>
  queryOptions({
    queryKey: ['rules', 'version', set, number],
    queryFn: ({ signal }) =>
      api.get<ShownVersion>(
        `/api/rules/${encodeURIComponent(set)}/versions/${number}`,
        undefined,
        signal,
      ),
    staleTime: 60_000,
  })

export const censusQuery = queryOptions({
  queryKey: ['rules', 'census'],
  queryFn: ({ signal }) => api.get<Census>('/api/rules/census', undefined, signal),
  staleTime: 60_000,
})

export const entitlementsQuery = (subject: string) =>
  queryOptions({
    queryKey: ['rules', 'entitlements', subject],
    queryFn: ({ signal }) => api.get<OwnEntitlements>('/api/rules/entitlements', undefined, signal),
  })

export const decisionQuery = (id: string) =>
  queryOptions({
    queryKey: ['rules', 'decision', id],
    queryFn: ({ signal }) =>
      api.get<Decision>(`/api/rules/decisions/${encodeURIComponent(id)}`, undefined, signal),
  })

const isFact = (node: RuleSetDefinition['nodes'][number]) => node.kind === 'fact'
const isJudgement = (node: RuleSetDefinition['nodes'][number]) => node.kind === 'judgement'

export const factsIn = ({ nodes }: RuleSetDefinition) => nodes.filter(isFact) as FactDefinition[]
export const judgementsIn = ({ nodes }: RuleSetDefinition) =>
  nodes.filter(isJudgement) as JudgementDefinition[]

/** Each source once, in the order in which it is first named. */
export function sourcesOf(cites: readonly Citation[]): Citation[] {
  return [...new Map(cites.map((one) => [one.source, one])).values()]
}
