// Capacity's tables as TypeScript sees them; they change through functions of the database only.
import type { Mode, Ranges } from '#engines/intervals/types.ts'
import type { Ctx } from '#platform/context.ts'
import { tables } from '#platform/database.ts'

export type HoldState = 'held' | 'committed' | 'released'
export type HoldKind = 'hold' | 'block'

export interface ResourceRow {
  id: string
  kind: string
  owner: string | null
  mode: Mode
  units: bigint
  grain: bigint
  public: boolean
  open_until: bigint
  changed_at: bigint
  version: bigint
}

export interface HoldRow {
  id: string
  service: string
  key: string
  holder: string
  subject: string | null
  kind: HoldKind
  state: HoldState
  expires_at: Date | null
  made_at: Date
  journal_id: bigint
}

export interface ClaimRow {
  id: bigint
  hold: string
  resource: string
  /** As PostgreSQL writes a multirange. */
  units: string | null
  amount: bigint | null
  period: string
  asked: string
  version: number
}

export interface CapacityTables {
  'capacity.resource': ResourceRow
  'capacity.hold': HoldRow
  'capacity.claim': ClaimRow
}

export const store = (ctx: Pick<Ctx, 'tx'>) => tables<CapacityTables>(ctx.tx)

/** Units as PostgreSQL writes a multirange: {[0,1000),[2000,3000)}. */
export function writeUnits(units: Ranges): string {
  return `{${units.map(([from, to]) => `[${from},${to})`).join(',')}}`
}

/** Reads what PostgreSQL wrote. */
export function readUnits(text: string): [number, number][] {
  if (text === '{}') return []
  return text
    .slice(2, -2)
    .split('),[')
    .map((range) => {
      const comma = range.indexOf(',')
      return [Number(range.slice(0, comma)), Number(range.slice(comma + 1))]
    })
}
