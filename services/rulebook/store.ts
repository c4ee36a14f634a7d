// The rulebook's tables as TypeScript sees them.
import type { CaseDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import type { Receipt } from '#engines/rules/receipt.ts'
import type { Ctx, JsonObject } from '#platform/context.ts'
import { tables } from '#platform/database.ts'

export interface VersionRow {
  id: string
  set_id: string
  number: number
  definition: RuleSetDefinition
  cases: CaseDefinition[]
  rules_hash: string
  valid_from: string
  published_at: Date
  origin: 'law' | 'draft'
  base: string | null
  author: string | null
  reader: string | null
  reason: string
  impact: JsonObject | null
  withdrawn_at: Date | null
  withdrawn_by: string | null
  withdrawal: string | null
}

export type DraftState = 'open' | 'submitted' | 'published' | 'dropped'

export interface DraftRow {
  id: string
  set_id: string
  base: string | null
  revision: number
  state: DraftState
  definition: RuleSetDefinition
  cases: CaseDefinition[]
  valid_from: string | null
  reason: string
  office: string
  author: string
  impact: JsonObject | null
  remark: string | null
  version: string | null
  changed_at: Date
}

export interface DecisionRow {
  id: string
  set_id: string
  version: string
  subject: string
  purpose: string
  on_date: string
  facts: JsonObject
  outcomes: JsonObject
  receipt: Receipt
  made_at: Date
  redo_since: Date | null
  redone_by: string | null
}

export type StandingState = 'entitled' | 'nearly' | 'open' | 'not'

export interface StandingRow {
  subject: string
  set_id: string
  version: string
  on_date: string
  state: StandingState
  detail: JsonObject
  computed_at: Date
}

export interface CensusRow {
  set_id: string
  version: string
  on_date: string
  population: string
  counts: JsonObject
  computed_at: Date
}

export interface RulebookTables {
  'rulebook.version': VersionRow
  'rulebook.draft': DraftRow
  'rulebook.decision': DecisionRow
  'rulebook.standing': StandingRow
  'rulebook.census': CensusRow
}

export const store = ({ tx }: Pick<Ctx, 'tx'>) => tables<RulebookTables>(tx)

/** A value as a jsonb column takes it. */
export const json = <T>(value: T): T => JSON.stringify(value) as T
