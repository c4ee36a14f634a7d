// Who sees which part of the tree over HTTP, and who may change it.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Actor, visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { actorOf } from '../ledger/test-vouchers.ts'
import { queueRoutes } from './routes-queues.ts'
import { clusterOf, computeBed, danxia, founder, lab, operator, sme } from './test-bed.ts'

const official = (area: string): Actor => ({
  ...lab,
  subjectId: null,
  grants: [{ role: 'official', subjectId: null, area }],
})
const otherOperator: Actor = (() => {
  const owner = actorOf('yangcheng')
  return { ...owner, grants: [...owner.grants, { ...owner.grants[0]!, role: 'operator' as const }] }
})()
const people: Record<string, Actor> = {
  founder,
  sme,
  lab,
  operator,
  otherOperator,
  auditor: { ...lab, grants: [{ role: 'auditor', subjectId: null, area: '440000' }] },
  province: official('440000'),
  shenzhen: official('440300'),
  nobody: { ...founder, subjectId: null, personId: crypto.randomUUID(), grants: [] },
}

async function bed(t: TestContext) {
  const it = await computeBed(t)
  const app = await buildServer(it.world, {
    routes: queueRoutes,
    authenticate: async ({ headers }) => people[String(headers['x-who'])] ?? visitor,
  })
  t.after(() => app.close())
  const ask = async (who: string, line: string, body?: object, ifMatch?: string) => {
    const [method, path] = line.split(' ') as ['GET' | 'PUT', string]
    const answer = await app.inject({
      method,
      url: `/api/compute/clusters/${clusterOf('danxia-910c')}${path}`,
      headers: { 'x-who': who, ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }) },
      ...(body ? { payload: body } : {}),
    })
    const json = answer.headers['content-type']?.toString().includes('json')
    return { status: answer.statusCode, body: json ? answer.json() : answer.body }
  }
  return { ...it, ask }
}

/** Three organisations of two cities, and what they do. */
async function lively(t: TestContext) {
  const it = await bed(t)
  await it.agree(founder, { nominal: 4, borrowing: 8, lending: 2 })
  await it.agree(sme, { borrowing: 32 })
  const cards = (count: number) => ({ gang: { count, milli: 1_000 } })
  await it.submit(founder, cards(1), danxia)
  await it.submit(sme, cards(29), danxia)
  await it.step()
  // What is reserved for the founder is free, one card more is not.
  await it.submit(lab, cards(2), danxia)
  return it
}

test('the figures of the tree: nominal, used, borrowed, lent and waiting at each level', async (t) => {
  const it = await lively(t)
  const { body } = await it.ask('operator', 'GET /cohorts')
  assert.deepEqual(
    [body.cards, body.used, body.reservedIdle, body.mayOperate, body.whole],
    [32, 30, 1, true, true],
  )
  type Row = Record<string, never>
  const figures = ({ nominal, used, borrowed, lent, waiting, waitingCards }: Row) => [
    nominal,
    used,
    borrowed,
    lent,
    waiting,
    waitingCards,
  ]
  assert.deepEqual(
    body.cohorts.map((row: Row) => [row.area, row.queues, ...figures(row)]),
    [
      ['440000', 3, 4, 30, 26, 0, 1, 2],
      ['440100', 2, 4, 1, 0, 1, 1, 2],
      ['440300', 1, 0, 29, 29, 0, 0, 0],
    ],
  )
  const queues = (await it.ask('operator', 'GET /queues?cohort=440100')).body.items
  assert.deepEqual(queues.map(figures), [
    [4, 1, 0, 1, 0, 0],
    [0, 0, 0, 0, 1, 2],
  ])
})

test('who sees what: one’s own branch, one’s area, or all of it', async (t) => {
  const it = await lively(t)
  const seen = async (who: string) => {
    const cohorts = await it.ask(who, 'GET /cohorts')
    const queues = await it.ask(who, 'GET /queues')
    const areas = cohorts.body.cohorts.map(({ area }: { area: string }) => area)
    return [areas.join(' '), queues.body.items.length, cohorts.body.mayOperate]
  }
  const all = '440000 440100 440300'
  assert.deepEqual(await seen('founder'), ['440000 440100', 1, false])
  assert.deepEqual(await seen('sme'), ['440000 440300', 1, false])
  assert.deepEqual(await seen('nobody'), ['440000', 0, false])
  assert.deepEqual(await seen('operator'), [all, 3, true])
  assert.deepEqual(await seen('otherOperator'), ['440000', 0, false])
  assert.deepEqual(await seen('auditor'), [all, 3, false])
  assert.deepEqual(await seen('province'), [all, 3, false])
  assert.deepEqual(await seen('shenzhen'), ['440000 440300', 1, false])
  assert.deepEqual((await it.ask('founder', 'GET /queues?cohort=440300')).body.items, [])
  for (const path of ['/cohorts', '/queues']) {
    assert.equal((await it.ask('', `GET ${path}`)).status, 401)
  }
  assert.equal((await it.ask('founder', 'GET /queues?cursor=zz')).body.code, 'request.cursor')
  const first = (await it.ask('operator', 'GET /queues?limit=2')).body
  const rest = (await it.ask('operator', `GET /queues?limit=2&cursor=${first.next}`)).body
  assert.deepEqual([first.items.length, rest.items.length, rest.next], [2, 1, null])
})

test('only the operator of the cluster changes a quota, on the version that was read', async (t) => {
  const it = await bed(t)
  const line = `PUT /quotas/${founder.subjectId}`
  const terms = { nominal: 4, borrowing: null, lending: 1 }
  for (const [who, status] of [
    ['', 401],
    ['founder', 403],
    ['province', 403],
    ['auditor', 403],
    ['otherOperator', 404],
  ] as const) {
    assert.equal((await it.ask(who, line, terms, '0')).status, status, who)
    const city = await it.ask(who, 'PUT /cohorts/440100/quota', terms, '0')
    assert.equal(city.status, status, who)
  }
  assert.equal((await it.ask('operator', line, terms)).status, 428)
  assert.equal((await it.ask('operator', line, terms, '7')).status, 412)
  assert.equal((await it.ask('operator', line, terms, '0')).status, 204)
  assert.equal((await it.ask('operator', line, terms, '0')).status, 412)
  const bad = async (body: object) => (await it.ask('operator', line, body, '2')).body
  assert.equal((await bad({ ...terms, nominal: -1 })).code, 'request.invalid')
  assert.equal((await bad({ ...terms, borrowing: -1 })).code, 'request.invalid')
  assert.equal((await bad({ ...terms, nominal: null })).code, 'request.invalid')
  assert.equal((await bad({ ...terms, extra: 1 })).code, 'request.invalid')
  const large = await bad({ ...terms, nominal: 33 })
  assert.deepEqual([large.code, large.params.largest], ['compute.quota-nominal', 32])
  assert.match(large.title, /32/)
  const city = { nominal: 6, borrowing: 4, lending: 0 }
  assert.equal((await it.ask('operator', 'PUT /cohorts/440100/quota', city, '0')).status, 204)
  const { cohorts } = (await it.ask('operator', 'GET /cohorts')).body
  const guangzhou = cohorts.find(({ area }: { area: string }) => area === '440100')
  const { nominal, borrowing, lending, nominalAgreed, version } = guangzhou
  assert.deepEqual([nominal, borrowing, lending, nominalAgreed, version], [6, 4, 0, true, 1])
  await it.check()
})
