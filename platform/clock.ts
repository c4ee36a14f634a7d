// The world's time: the machine's clock, moved forward by a stored offset in the demo world only.
import type { Kysely } from 'kysely'
import { tables } from './database.ts'

export interface Clock {
  now(): Date
  /** Milliseconds by which the demo world runs ahead; 0 in a real one. */
  readonly offset: number
  /** Reads the stored offset again: another process may have moved the demo clock. */
  load(db: Kysely<unknown>): Promise<void>
}

interface ClockTables {
  'platform.clock': { singleton: boolean; offset_ms: bigint }
}

/** A clock that reads the machine's time plus the offset stored in the database. */
export class StoredClock implements Clock {
  offset = 0
  now(): Date {
    return new Date(Date.now() + this.offset)
  }
  async load(db: Kysely<unknown>): Promise<void> {
    const row = await tables<ClockTables>(db)
      .selectFrom('platform.clock')
      .select('offset_ms')
      .executeTakeFirst()
    this.offset = Number(row?.offset_ms ?? 0n)
  }
}

/** A clock for tests: stands still until it is moved. */
export class FixedClock implements Clock {
  offset = 0
  #now: number
  constructor(now: Date) {
    this.#now = now.getTime()
  }
  now(): Date {
    return new Date(this.#now)
  }
  advance(milliseconds: number): void {
    this.#now += milliseconds
  }
  async load(): Promise<void> {}
}
