// kill -9 at random moments under load: nothing acknowledged is lost, nothing is done twice.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { openOwnDatabase } from '#platform/data-folder.ts'
import { parseSettings } from '#platform/settings.ts'
import { Platform } from './platform-to-kill.ts'

const KILLS = 20
const WORKERS = 6
/** A request that hangs longer is a fault of its own. */
const PATIENCE_MS = 20_000

/** Claims one yuan again and again; what was answered is kept, what was not is sent again. */
class Claims {
  readonly platform: Platform
  readonly acknowledged = new Map<string, string>()
  readonly unsure = new Set<string>()
  #cookie = ''
  #next = 0
  #stopped = false
  #abandoned = false
  retried = 0
  constructor(platform: Platform) {
    this.platform = platform
  }

  async enter(): Promise<void> {
    this.#cookie = await this.platform.enter('founder')
  }

  async #send(key: string): Promise<void> {
    this.unsure.add(key)
    const reply = await fetch(`${this.platform.origin}/api/vouchers`, {
      method: 'POST',
      headers: {
        cookie: this.#cookie,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ scheme: 'guangdong.compute', amount: '1.00' }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const body = (await reply.json()) as { entryId: string; code?: string }
    if (reply.status >= 500) throw new Error(body.code)
    assert.ok(reply.status < 300, JSON.stringify(body))
    this.acknowledged.set(key, body.entryId)
    this.unsure.delete(key)
  }

  async #until(key: string): Promise<void> {
    for (;;) {
      try {
        return await this.#send(key)
      } catch (error) {
        if (error instanceof assert.AssertionError || this.#abandoned) throw error
        this.retried++
        await wait(50)
      }
    }
  }

  async work(): Promise<void> {
    const one = async () => {
      while (!this.#stopped) await this.#until(`claim-${String(this.#next++).padStart(6, '0')}`)
    }
    await Promise.all(Array.from({ length: WORKERS }, one))
  }

  stop(): void {
    this.#stopped = true
  }

  /** The test failed: nothing is sent again. */
  abandon(): void {
    this.#stopped = true
    this.#abandoned = true
  }
}

/** Every claim that the database holds, in the ledger and in the journal. */
async function storedClaims(data: string): Promise<{ entries: string[]; facts: string[] }> {
  const database = await openOwnDatabase(parseSettings({ KAPOK_DATA: data }))
  const client = new pg.Client(database.admin as pg.ClientConfig)
  try {
    await client.connect()
    const ids = async (query: string) =>
      (await client.query<{ id: string }>(query)).rows.map(({ id }) => id).sort()
    return {
      entries: await ids(`select id from ledger.entry where kind = 'voucher-claimed'`),
      facts: await ids(`select payload ->> 'entry' as id from journal.entry
        where kind = 'ledger.voucher-claimed'`),
    }
  } finally {
    await client.end()
    await database.close()
  }
}

test(`kill -9 of server and database at ${KILLS} random moments: nothing lost, nothing doubled`, {
  timeout: 300_000,
}, async (t) => {
  const platform = new Platform()
  t.after(async () => {
    await platform.stop().catch(() => {})
    rmSync(platform.data, { recursive: true, force: true })
  })
  await platform.start()
  const claims = new Claims(platform)
  await claims.enter()
  const working = claims.work()
  working.catch(() => {})
  t.after(() => claims.abandon())
  for (let kill = 0; kill < KILLS; kill++) {
    await wait(100 + Math.random() * 900)
    const victim = (['server', 'postmaster', 'backend'] as const)[kill % 3]!
    if (victim === 'server') {
      await platform.killServer()
      await platform.start()
    } else {
      await platform.killDatabase(victim)
    }
  }
  // Whatever was under way is answered in the end, under the same key.
  claims.stop()
  await working
  assert.equal(claims.unsure.size, 0)
  assert.match(platform.run('check'), /✓/, 'while running')
  await platform.stop()
  assert.match(platform.run('check'), /✓/, 'after the stop')
  const { entries, facts } = await storedClaims(platform.data)
  const answered = [...claims.acknowledged.values()].sort()
  assert.equal(new Set(answered).size, answered.length, 'each key has its own entry')
  assert.deepEqual(entries, answered, 'what was answered is stored, once, and nothing else')
  assert.deepEqual(facts, answered, 'and so are its facts')
  assert.ok(claims.retried > 0, 'some requests were cut off')
  t.diagnostic(`${entries.length} claims, ${claims.retried} retries, ${platform.starts} starts`)
})
