// The demo clock: what counts as a step, that it never goes back, and that only a demo has one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { StoredClock } from '#platform/clock.ts'
import { Problem } from '#platform/errors.ts'
import { testWorld } from '#platform/test-world.ts'
import { moveClock, parseStep } from './clock.ts'

test('a step is forward, whole and bounded', () => {
  assert.equal(parseStep('+1d'), 86_400_000)
  assert.equal(parseStep('+12h'), 43_200_000)
  assert.equal(parseStep('+30m'), 1_800_000)
  for (const wrong of ['', '1d', '-1d', '+0d', '+1.5d', '+1w', '+99999d', '+1d ', '+٣d']) {
    assert.throws(
      () => parseStep(wrong),
      (error: unknown) => error instanceof Problem && error.code === 'clock.backwards',
      wrong,
    )
  }
})

test('moving is stored, journalled, and seen by a clock that loads again', async (t) => {
  const world = await testWorld(t, { demo: true })
  const clock = new StoredClock()
  await moveClock(world, 86_400_000)
  await moveClock(world, 3_600_000)
  await clock.load(world.db)
  assert.equal(clock.offset, 90_000_000)
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from journal.entry where kind = 'platform.clock-moved'`.execute(
    world.db,
  )
  assert.equal(rows[0]!.n, 2)
})

test('a real world has no clock to move', async (t) => {
  const world = await testWorld(t)
  await assert.rejects(
    moveClock(world, 1),
    (error: unknown) => (error as Problem).code === 'clock.not-demo',
  )
})

test('the database itself refuses to set the clock back', async (t) => {
  const world = await testWorld(t, { demo: true })
  await moveClock(world, 86_400_000)
  await assert.rejects(sql`update platform.clock set offset_ms = 0`.execute(world.db), /back/)
  await assert.rejects(sql`update platform.clock set offset_ms = offset_ms - 1`.execute(world.db))
})
