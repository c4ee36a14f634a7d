// The law over HTTP: use comes from the journal, dates from the world's clock, bad input is refused.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { numberEntries } from '#platform/journal.ts'
import { testWorld } from '#platform/test-world.ts'
import {
  articleReply,
  authoritiesReply,
  lawView,
  parametersReply,
  regionsReply,
} from './contract.ts'
import { regulation } from './index.ts'
import { keepUses, readUses } from './store.ts'

const ledger = { name: 'ledger', serves: [{ duty: '7.3.4', facts: ['ledger.captured'] }] }

async function open(t: TestContext) {
  const world = await testWorld(t)
  const { routes, jobs } = regulation(world, [ledger]).service
  const app = await buildServer(world, { routes, authenticate: async () => visitor })
  t.after(() => app.close())
  const get = async (url: string) => {
    const answer = await app.inject({ method: 'GET', url })
    return { status: answer.statusCode, body: answer.json() }
  }
  const append = (...kinds: string[]) =>
    world.transact(visitor, async (ctx) => {
      for (const kind of kinds) await ctx.append({ kind, version: 1, subjectId: null, payload: {} })
    })
  const served = async () => {
    const { body } = await get('/api/law/articles/7')
    return articleReply.parse(body).paragraphs[2]!.duties[3]!.served!
  }
  return { world, get, append, served, keep: () => jobs![0]!.run() }
}

test('use is counted from the journal as it grows, once each, other kinds aside', async (t) => {
  const { world, append, served } = await open(t)
  assert.deepEqual([(await served()).count, (await served()).lastAt], [0, null])
  await append('ledger.captured', 'ledger.held', 'ledger.captured')
  assert.equal((await served()).count, 0, 'not numbered yet, so not yet in the journal’s order')
  await numberEntries(world.db)
  assert.equal((await served()).count, 2)
  assert.equal((await served()).lastAt, world.clock.now().toISOString())
  world.clock.advance(60_000)
  await append('ledger.captured')
  await numberEntries(world.db)
  const after = await served()
  assert.equal(after.count, 3)
  assert.equal(after.lastAt, world.clock.now().toISOString())
  await append('identity.signed-in')
  await numberEntries(world.db)
  assert.equal((await served()).count, 3)
})

test('keeping the count changes nothing that is shown, however often and by however many', async (t) => {
  const { world, append, served, keep } = await open(t)
  await keep()
  assert.equal((await served()).count, 0)
  for (const expected of [2, 4, 6]) {
    await append('ledger.captured', 'ledger.captured')
    await numberEntries(world.db)
    world.clock.advance(1_000)
    const before = await served()
    assert.equal(before.count, expected)
    await Promise.all([keep(), keep(), keep(), keep()])
    assert.deepEqual(await served(), before)
  }
})

test('a kind declared later is counted from its first entry', async (t) => {
  const { world, append } = await open(t)
  await append('ledger.held', 'ledger.captured')
  await numberEntries(world.db)
  await world.transact(visitor, ({ tx }) => keepUses(tx, ['ledger.captured']))
  await append('ledger.held', 'ledger.captured')
  await numberEntries(world.db)
  const uses = await world.read(visitor, ({ tx }) =>
    readUses(tx, ['ledger.captured', 'ledger.held', 'ledger.released']),
  )
  assert.deepEqual(
    ['ledger.captured', 'ledger.held', 'ledger.released'].map((kind) => uses.get(kind)?.count),
    [2, 2, undefined],
  )
})

test('the whole law answers by its contract, with 34 articles and what is served', async (t) => {
  const { get } = await open(t)
  const { status, body } = await get('/api/law')
  assert.equal(status, 200)
  const law = lawView.parse(body)
  assert.equal(law.chapters.flatMap(({ articles }) => articles).length, 34)
  assert.equal(law.status, 'draft')
  assert.deepEqual([law.totals.served, law.totals.used], [1, 0])
  assert.deepEqual((await get('/api/law/totals')).body, law.totals)
})

test('one article comes with its chapter; a wrong number gets a clear refusal', async (t) => {
  const { get } = await open(t)
  const { body } = await get('/api/law/articles/34')
  assert.equal(articleReply.parse(body).chapter.chapter, 8)
  const missing = await get('/api/law/articles/35')
  assert.deepEqual([missing.status, missing.body.code], [404, 'request.not-found'])
  for (const wrong of ['0', '-1', '1.5', 'seven', '7;drop table x']) {
    const refused = await get(`/api/law/articles/${encodeURIComponent(wrong)}`)
    assert.deepEqual([refused.status, refused.body.code], [400, 'request.invalid'], wrong)
  }
  assert.equal((await get('/api/law/articles/7?detail=1')).status, 400)
})

test('parameters show the value of the day asked for, today by the world’s clock', async (t) => {
  const { world, get } = await open(t)
  const pool = async (query: string) => {
    const { body } = await get(`/api/law/parameters${query}`)
    const { on, documents } = parametersReply.parse(body)
    const all = documents.flatMap(({ parameters }) => parameters)
    const found = all.find(({ id }) => id === 'voucher.shenzhen.compute.pool')!
    return [on, found.current?.value ?? null, found.values[0]!.certainty]
  }
  assert.deepEqual(await pool(''), ['2026-11-23', '500000000', 'secondary'])
  assert.deepEqual(await pool('?on=2024-12-17'), ['2024-12-17', null, 'secondary'])
  assert.deepEqual(await pool('?on=2024-12-18'), ['2024-12-18', '500000000', 'secondary'])
  world.clock.advance(25 * 86_400_000)
  assert.deepEqual(await pool(''), ['2026-12-18', null, 'secondary'])
  for (const wrong of ['2026-02-30', '2026', 'today', '']) {
    const refused = await get(`/api/law/parameters?on=${wrong}`)
    assert.deepEqual([refused.status, refused.body.code], [400, 'request.invalid'], wrong)
  }
})

test('authorities and regions answer by their contracts', async (t) => {
  const { get } = await open(t)
  const { authorities } = authoritiesReply.parse((await get('/api/law/authorities')).body)
  const lead = authorities.find(({ id }) => id === 'dept-development-reform')!
  assert.ok(lead.competences.some(({ duties }) => duties.includes('4.1.1')))
  const { cities } = regionsReply.parse((await get('/api/regions')).body)
  assert.equal(cities.length, 21)
  assert.equal(cities.flatMap(({ counties }) => counties).length, 122)
})
