// Days published for simulations: what ran and ended is there, nobody is named, few stay hidden.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publishedDay } from '#engines/replay/open-day.ts'
import { dateInChina } from '#law/schema.ts'
import { visitor } from '#platform/context.ts'
import { listOpenDays, readOpenDay } from './days.ts'
import {
  computeBed,
  danxia,
  founder,
  lab,
  MINUTE,
  mingwan,
  refusal,
  SECOND,
  sme,
} from './test-bed.ts'

test('a day is published once enough organisations ran something: times, sizes, no names', async (t) => {
  const bed = await computeBed(t)
  const date = dateInChina(bed.world.clock.now())
  const list = () => bed.at(visitor, listOpenDays)
  const read = () => bed.at(visitor, (ctx) => readOpenDay(ctx, date))
  const end = async (id: string) => {
    for (const task of await bed.tasks(id)) bed.machine.end(task)
  }
  const first = await bed.submit(founder, { name: '机密项目' }, danxia)
  bed.pass(MINUTE)
  const second = await bed.submit(sme, { gang: { count: 2, milli: 1_000 } }, danxia)
  await bed.step()
  bed.pass(10 * MINUTE)
  await end(first)
  await end(second)
  await bed.step()
  assert.deepEqual(await list(), { leastOrganisations: 3, items: [] })
  assert.equal(await refusal(read()), 'request.not-found')

  const third = await bed.submit(lab, {}, mingwan)
  await bed.step()
  bed.pass(5 * MINUTE)
  assert.equal(await refusal(read()), 'request.not-found', 'the third has not ended yet')
  bed.pass(5 * MINUTE + SECOND)
  await end(third)
  await bed.step()
  const running = await bed.submit(founder, {}, danxia)
  await bed.step()
  assert.equal((await bed.job(running)).state, 'running')

  assert.deepEqual((await list()).items, [{ date, jobs: 3, organisations: 3 }])
  const day = await read()
  assert.equal(day.leftOut, 1)
  assert.deepEqual(
    day.jobs.map(({ user, tasks, milli, waited, ran, limit }) => {
      return [user, tasks, milli, waited, ran, limit]
    }),
    [
      [1, 1, 1_000, 60, 600, 3_600],
      [2, 2, 1_000, 0, 600, 3_600],
      [3, 1, 1_000, 0, 601, 3_600],
    ],
  )
  assert.equal(day.jobs[1]!.at - day.jobs[0]!.at, 60)
  assert.deepEqual(
    day.jobs.map(({ flavor }) => day.flavors[flavor]!.nodes),
    [
      [8, 8, 8, 8],
      [8, 8, 8, 8],
      [8, 8],
    ],
  )
  const words = JSON.stringify(day)
  for (const hidden of ['机密项目', founder.subjectId!, sme.subjectId!, 'W2026']) {
    assert.ok(!words.includes(hidden), hidden)
  }

  const { tasks, machine } = publishedDay(day)
  assert.equal(tasks.length, 3)
  assert.equal(
    machine.nodes.reduce((sum, { cards }) => sum + cards, 0),
    day.flavors.flatMap(({ nodes }) => nodes).reduce((sum, cards) => sum + cards, 0),
  )
})
