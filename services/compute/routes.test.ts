// Compute over HTTP: a key makes one job, strangers find nothing, and bad input gets one clear error.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Actor, visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { LiveJobs } from './live.ts'
import { useRoutes } from './routes.ts'
import { operatorRoutes } from './routes-operator.ts'
import {
  clusterOf,
  computeBed,
  danxia,
  founder,
  lab,
  MINUTE,
  nodeOf,
  operator,
  plainSpec,
  sme,
} from './test-bed.ts'
import { TestExecutor } from './test-executor.ts'

const auditor: Actor = {
  ...lab,
  grants: [{ role: 'auditor', subjectId: null, area: '440000' }],
}
const people: Record<string, Actor> = { founder, sme, operator, auditor }

async function bed(t: TestContext, machine = new TestExecutor()) {
  const it = await computeBed(t, machine)
  const live = new LiveJobs(it.parts)
  const app = await buildServer(it.world, {
    routes: [...useRoutes(it.parts, live), ...operatorRoutes(it.parts)],
    authenticate: async ({ headers }) => people[String(headers['x-who'])] ?? visitor,
  })
  t.after(() => app.close())
  type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  const ask = async (
    asker: string,
    line: string,
    body?: object,
    headers: Record<string, string> = {},
  ) => {
    const [method, path] = line.split(' ') as [Method, string]
    const answer = await app.inject({
      method,
      url: `/api/compute${path}`,
      headers: { 'x-who': asker, ...headers },
      ...(body ? { payload: body } : {}),
    })
    const json = answer.headers['content-type']?.toString().includes('json')
    return { status: answer.statusCode, body: json ? answer.json() : answer.body }
  }
  return { ...it, ask, app, live }
}

test('a submission repeated with its key is one job and one hold', async (t) => {
  const it = await bed(t)
  const quote = (await it.ask('founder', 'POST /quotes', plainSpec)).body
  const body = { quoteId: quote.id, option: danxia }
  const key = { 'idempotency-key': 'first-training-job' }
  const both = await Promise.all([
    it.ask('founder', 'POST /workloads', body, key),
    it.ask('founder', 'POST /workloads', body, key),
  ])
  assert.deepEqual(
    both.map(({ status }) => status),
    [201, 201],
  )
  assert.equal(both[0].body.id, both[1].body.id)
  const third = await it.ask('founder', 'POST /workloads', body, key)
  assert.equal(third.body.id, both[0].body.id)
  const { items } = (await it.ask('founder', 'GET /workloads')).body
  assert.equal(items.length, 1)
  assert.equal((await it.check()).live, 1)
  const other = { ...body, option: clusterOf('mingwan-910b') }
  assert.equal(
    (await it.ask('founder', 'POST /workloads', other, key)).body.code,
    'request.key-reused',
  )
})

test('from quote to document over HTTP; the owner, the operator and the auditor see what is theirs', async (t) => {
  const it = await bed(t)
  const quote = await it.ask('founder', 'POST /quotes', plainSpec)
  assert.equal(quote.status, 201)
  const made = await it.ask('founder', 'POST /workloads', {
    quoteId: quote.body.id,
    option: danxia,
  })
  const path = `/workloads/${made.body.id}`
  await it.step()
  it.pass(10 * MINUTE)
  it.machine.print((await it.tasks(made.body.id))[0]!, '第 1 轮\n')
  const running = (await it.ask('founder', `GET ${path}`)).body
  assert.deepEqual(
    [running.state, running.cost.soFar, running.mayCancel],
    ['running', '1.34', true],
  )
  assert.equal((await it.ask('founder', `GET ${path}/log`)).body.text, '第 1 轮\n')
  const theirs = (await it.ask('operator', `GET ${path}`)).body
  assert.deepEqual([theirs.mayCancel, theirs.mayPreempt], [false, true])
  assert.equal((await it.ask('operator', `GET ${path}/log`)).status, 404)
  assert.equal((await it.ask('auditor', `GET ${path}`)).status, 200)
  for (const line of [`GET ${path}`, `GET ${path}/log`, `GET ${path}/outputs`]) {
    assert.equal((await it.ask('sme', line)).status, 404, line)
    assert.equal((await it.ask('', line)).status, 401, line)
  }
  const act = { basis: 'owner' }
  assert.equal((await it.ask('sme', `POST ${path}/cancel`, act)).status, 404)
  assert.equal((await it.ask('sme', `POST ${path}/preempt`, act)).status, 403)
  const stale = await it.ask('founder', `POST ${path}/cancel`, act, { 'if-match': '"1"' })
  assert.equal(stale.status, 412)
  assert.equal((await it.ask('founder', `POST ${path}/cancel`, act)).status, 204)
  await it.step()
  assert.equal((await it.ask('founder', `POST ${path}/cancel`, act)).body.code, 'compute.over')
  const done = (await it.ask('founder', `GET ${path}`)).body
  assert.deepEqual([done.state, done.outcome, done.cost.soFar], ['settled', 'cancelled', '1.34'])
  for (const [asker, status] of [
    ['founder', 200],
    ['operator', 200],
    ['auditor', 200],
    ['sme', 404],
  ] as const) {
    assert.equal((await it.ask(asker, `GET /invoices/${done.invoice.id}`)).status, status, asker)
  }
  await it.check()
})

test('bad input gets one clear error, and nothing is stored', async (t) => {
  const it = await bed(t)
  const quote = async (spec: object) => (await it.ask('founder', 'POST /quotes', spec)).body.code
  assert.equal(await quote({ ...plainSpec, extra: 1 }), 'request.invalid')
  assert.equal(await quote({ ...plainSpec, gang: { count: 0, milli: 1_000 } }), 'request.invalid')
  assert.equal(await quote({ ...plainSpec, limitSeconds: 0.5 }), 'request.invalid')
  assert.equal(await quote({ ...plainSpec, environment: { lower: 'x' } }), 'request.invalid')
  assert.equal(await quote({ ...plainSpec, program: { bundled: '../etc' } }), 'request.invalid')
  assert.equal(await quote({ ...plainSpec, program: { bundled: 'none' } }), 'compute.program')
  const strange = { dataset: '01890000-0000-7000-8000-00000000cccc' }
  assert.equal(await quote({ ...plainSpec, program: strange }), 'compute.program')
  const input = (name: string) => ({ name, from: strange })
  assert.equal(await quote({ ...plainSpec, inputs: [input('data')] }), 'compute.input')
  const job = { name: 'model', from: { workload: strange.dataset } }
  assert.equal(await quote({ ...plainSpec, inputs: [job] }), 'compute.input')
  const nothing = await it.ask('founder', 'POST /workloads', {
    quoteId: strange.dataset,
    option: 'x',
  })
  assert.equal(nothing.status, 404)
  assert.equal((await it.check()).live, 0)
})

test('without isolation only ready-made programs run, and the refusal says what is missing', async (t) => {
  const isolation = { level: 'none', memory: 'watch', missing: ['root'] } as const
  const it = await bed(t, new TestExecutor({ isolation }))
  assert.equal((await it.ask('founder', 'POST /quotes', plainSpec)).status, 201)
  const own = { ...plainSpec, command: ['sh', '-c', 'id'] }
  const refused = await it.ask('founder', 'POST /quotes', own)
  assert.equal(refused.body.code, 'compute.isolation')
  assert.match(JSON.stringify(refused.body), /root/)
  const view = (await it.ask('', `GET /clusters/${clusterOf('danxia-910c')}`)).body
  assert.deepEqual(view.isolation, { level: 'none', missing: ['root'] })
})

test('the public sees sites, prices and free cards; whose the jobs are is not shown', async (t) => {
  const it = await bed(t)
  const id = await it.submit(founder, { gang: { count: 2, milli: 1_000 } })
  await it.step()
  const { items } = (await it.ask('', 'GET /sites')).body
  const flavors = items.flatMap((site: { clusters: { flavors: object[] }[] }) =>
    site.clusters.flatMap(({ flavors: all }) => all),
  )
  const flavor = flavors.find((one: { id: string }) => one.id === danxia)
  assert.deepEqual([flavor.cards, flavor.freeCards, flavor.price], [32, 30, '8.05'])
  const line = `GET /clusters/${clusterOf('danxia-910c')}`
  const open = (await it.ask('', line)).body
  const node = open.nodes.find((one: { id: string }) => one.id === nodeOf('sg-01'))
  assert.deepEqual(node.usedMilli.slice(0, 3), [1_000, 1_000, 0])
  assert.deepEqual(node.workloads, [null])
  assert.equal(open.mayOperate, false)
  const inside = (await it.ask('operator', line)).body
  assert.equal(inside.mayOperate, true)
  const queue = (await it.ask('founder', 'GET /queue')).body
  const quota = queue.quotas.find(
    (one: { clusterId: string }) => one.clusterId === clusterOf('danxia-910c'),
  )
  const { nominal, borrowing, usedCards, borrowedCards } = quota
  assert.deepEqual([nominal, borrowing, usedCards, borrowedCards], [0, 8, 2, 2])
  assert.equal(queue.running, 1)
  assert.equal((await it.job(id)).state, 'running')
})

test('lists page without a gap, and search takes a percent sign for what it is', async (t) => {
  const it = await bed(t)
  for (const name of ['甲 100%', '乙', '丙_1', '丁']) await it.submit(founder, { name })
  const seen: string[] = []
  for (let next: string | null = ''; next !== null; ) {
    const page: { items: { name: string }[]; next: string | null } = (
      await it.ask('founder', `GET /workloads?limit=3${next && `&cursor=${next}`}`)
    ).body
    seen.push(...page.items.map(({ name }) => name))
    next = page.next
  }
  assert.deepEqual(seen, ['丁', '丙_1', '乙', '甲 100%'])
  const found = async (q: string) =>
    (await it.ask('founder', `GET /workloads?q=${encodeURIComponent(q)}`)).body.items.map(
      ({ name }: { name: string }) => name,
    )
  assert.deepEqual(await found('%'), ['甲 100%'])
  assert.deepEqual(await found('_'), ['丙_1'])
  assert.deepEqual((await it.ask('founder', 'GET /workloads?state=over')).body.items, [])
  assert.equal((await it.ask('founder', 'GET /workloads?state=live')).body.items.length, 4)
  assert.equal((await it.ask('founder', 'GET /workloads?cursor=zz')).body.code, 'request.cursor')
  assert.deepEqual((await it.ask('sme', 'GET /workloads')).body.items, [])
})

test('an open page is told at once what it shows, and again when that changes', async (t) => {
  const it = await bed(t)
  const id = await it.submit(founder)
  const origin = await it.app.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => it.live.close())
  const open = (who: string, accept = 'text/event-stream') =>
    fetch(`${origin}/api/compute/workloads/${id}/events`, { headers: { 'x-who': who, accept } })
  assert.equal((await open('founder', 'text/html')).status, 406)
  assert.equal((await open('sme')).status, 404)
  const page = await open('founder')
  assert.match(page.headers.get('content-type')!, /^text\/event-stream/)
  const reader = page.body!.pipeThrough(new TextDecoderStream()).getReader()
  const next = async () => {
    const { value } = await reader.read()
    return JSON.parse(/^event: change\ndata: (.+)\n\n$/.exec(value!)![1]!)
  }
  assert.deepEqual(await next(), { version: 1, logSize: 0 })
  await it.step()
  const { version } = await it.job(id)
  assert.ok(version > 1)
  let seen = await next()
  while (seen.version < version) seen = await next()
  assert.deepEqual(seen, { version, logSize: 0 })
  it.machine.print((await it.tasks(id))[0]!, 'abc')
  assert.deepEqual(await next(), { version, logSize: 3 })
  it.live.close()
  assert.equal((await reader.read()).done, true)
})
