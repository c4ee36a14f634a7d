// A mirror of the claims in memory: the engine's calendar, brought up to date before each use.
import { sql } from 'kysely'
import { Calendar, OverlapError } from '#engines/intervals/calendar.ts'
import type { Claim, Mode } from '#engines/intervals/types.ts'
import type { Ctx } from '#platform/context.ts'
import { readUnits } from './store.ts'

/** Claims that ended longer ago are not needed to find what is free; dropped now and then. */
const KEEP_MS = 3_600_000
const CLEAR_EVERY_MS = 600_000

type Reader = Pick<Ctx, 'tx' | 'now'>

/** On every row: below which transaction all has been seen, unless the reader's own writes hide some. */
interface Seen {
  horizon: string
  hides: boolean
}

interface ResourceChange extends Seen {
  id: string | null
  mode: Mode
  units: number
  grain: number
  open_until: number
  version: number
}

interface ClaimChange extends Seen {
  id: number | null
  resource: string
  units: string | null
  amount: number | null
  starts: number | null
  ends: number | null
  version: number
}

/**
 * One row at least, with what this snapshot has seen: rows of transactions that were still running
 * then are at or above its xmin, and so are read again next time. What the reading transaction
 * wrote itself is left out, because it may still be rolled back; where it has changed a row, it
 * cannot see what others made of that row before.
 */
const seen = (table: 'claim' | 'resource') => sql`
  with s as materialized (
    select pg_snapshot_xmin(pg_current_snapshot()) as horizon, own.xid as own,
      exists (select from ${sql.id('capacity', table)} t
        where t.xid = own.xid and t.version > 1) as hides
    from (select coalesce(pg_current_xact_id_if_assigned(), '0') as xid) own)`

const resourceChanges = (horizon: string) => sql<ResourceChange>`${seen('resource')}
  select s.horizon::text, s.hides, r.id, r.mode, r.units::float8, r.grain::float8,
    r.open_until::float8, r.version::float8
  from s left join lateral (
    select * from capacity.resource where xid >= ${horizon}::xid8 and xid <> s.own) r on true`

const claimColumns = sql`s.horizon::text, s.hides, c.id::float8, c.resource,
  c.units::text, c.amount::float8, lower(c.period)::float8 as starts,
  upper(c.period)::float8 as ends, c.version`

const claimChanges = (horizon: string) => sql<ClaimChange>`${seen('claim')}
  select ${claimColumns} from s left join lateral (
    select * from capacity.claim where xid >= ${horizon}::xid8 and xid <> s.own) c on true`

const allClaims = (since: number) => sql<ClaimChange>`${seen('claim')}
  select ${claimColumns} from s left join lateral (
    select * from capacity.claim where not isempty(period) and upper(period) > ${since}
      and xid <> s.own) c on true`

/** One process's picture of all claims that are not yet over. */
export class Mirror {
  #calendar = new Calendar()
  /** Below it, everything of the claims was seen; null: nothing was read yet. */
  #horizon: string | null = null
  #resourceHorizon = '0'
  readonly #versions = new Map<number, number>()
  readonly #resourceVersions = new Map<string, number>()
  /** Claims that were over at the last clearing; at the next one their versions go. */
  #over = new Set<number>()
  #clearedAt = 0

  /** The calendar with everything that is committed as this reader's next statement sees it. */
  async refreshed(ctx: Reader): Promise<Calendar> {
    try {
      await this.#refresh(ctx)
    } catch (error) {
      if (!(error instanceof OverlapError)) throw error
      // The reader's own writes can hide what others wrote before; then all is read anew.
      this.#forgetAll()
      await this.#refresh(ctx)
    }
    return this.#calendar
  }

  async #refresh(ctx: Reader): Promise<void> {
    const since = ctx.now.getTime() - KEEP_MS
    const query = this.#horizon === null ? allClaims(since) : claimChanges(this.#horizon)
    const claims = (await query.execute(ctx.tx)).rows
    // Read after the claims, so that the resource of every claim is there.
    const resources = (await resourceChanges(this.#resourceHorizon).execute(ctx.tx)).rows
    this.#resourceHorizon = passed(this.#resourceHorizon, resources[0]!)
    for (const row of resources) this.#applyResource(row)
    const known = this.#horizon ?? '0'
    // An older snapshot than one already read has nothing new.
    if (BigInt(claims[0]!.horizon) < BigInt(known)) return
    this.#applyClaims(claims)
    const horizon = passed(known, claims[0]!)
    if (horizon !== '0') this.#horizon = horizon
    if (since - this.#clearedAt > CLEAR_EVERY_MS) this.#clear(since)
  }

  #applyResource(row: ResourceChange): void {
    if (row.id === null || (this.#resourceVersions.get(row.id) ?? 0) >= row.version) return
    this.#resourceVersions.set(row.id, row.version)
    const { id, mode, units, grain } = row
    this.#calendar.setResource({ id, mode, units, grain, openUntil: row.open_until })
  }

  /** First all former versions go, then the new ones come: in between nothing may seem taken twice. */
  #applyClaims(rows: readonly ClaimChange[]): void {
    const fresh: Claim[] = []
    for (const row of rows) {
      if (row.id === null || (this.#versions.get(row.id) ?? 0) >= row.version) continue
      this.#versions.set(row.id, row.version)
      this.#calendar.remove(row.id)
      if (row.starts === null || row.ends === null) continue
      const { id, resource, starts: from, ends: to } = row
      const taking = row.units === null ? { amount: row.amount! } : { units: readUnits(row.units) }
      fresh.push({ id, resource, from, to, ...taking })
    }
    for (const claim of fresh) this.#calendar.add(claim)
  }

  /** Drops what is over; its version stays for a round, because a slower reader may bring it again. */
  #clear(since: number): void {
    this.#clearedAt = since
    this.#calendar.forget(since)
    const over = new Set<number>()
    for (const id of this.#versions.keys()) {
      if (this.#calendar.claim(id)) continue
      if (this.#over.has(id)) this.#versions.delete(id)
      else over.add(id)
    }
    this.#over = over
  }

  #forgetAll(): void {
    this.#calendar = new Calendar()
    this.#horizon = null
    this.#resourceHorizon = '0'
    this.#versions.clear()
    this.#resourceVersions.clear()
  }
}

/** The next horizon: a reader that hides something from itself passes nothing. */
function passed(before: string, { horizon, hides }: Seen): string {
  return hides || BigInt(horizon) < BigInt(before) ? before : horizon
}
