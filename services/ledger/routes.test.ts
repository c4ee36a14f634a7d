// The ledger over HTTP: a founder's voucher from claim to proof, statements, and every bad input.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { type Actor, visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { numberEntries } from '#platform/journal.ts'
import { journalRoutes } from '#platform/journal-routes.ts'
import { demoId, ownership } from '#services/identity/index.ts'
import { offerList } from './contract.ts'
import { ledger } from './index.ts'
import { transfer } from './move.ts'
import { fund, ledgerOf } from './test-ledger.ts'
import { actorOf, invoice, official, voucherBed, yuan } from './test-vouchers.ts'

const auditor: Actor = {
  ...actorOf('zheng'),
  grants: [{ role: 'auditor', subjectId: null, area: '440000' }],
}
const people: Record<string, Actor> = {
  liyu: actorOf('liyu'),
  yunling: actorOf('yunling'),
  chaoxi: actorOf('chaoxi'),
  official,
  auditor,
}

async function bed(t: TestContext) {
  const it = await voucherBed(t)
  const { service, personalData } = ledger(it.world, { ownership, rules: it.parts.rules })
  const app = await buildServer(it.world, {
    routes: [...service.routes, ...journalRoutes],
    authenticate: async ({ headers }) => people[String(headers['x-who'])] ?? visitor,
  })
  t.after(() => app.close())
  const ask = async (
    who: string,
    url: string,
    body?: object,
    headers: Record<string, string> = {},
  ) => {
    const method = body ? 'POST' : 'GET'
    const answer = await app.inject({
      method,
      url,
      headers: { 'x-who': who, ...headers },
      ...(body ? { payload: body } : {}),
    })
    const json = answer.headers['content-type']?.toString().includes('json')
    return { status: answer.statusCode, body: json ? answer.json() : answer.body }
  }
  return { ...it, ask, personalData }
}

test('claim, use, verify, pay over HTTP; the figure leads to the journal', async (t) => {
  const { ask, world, money } = await bed(t)
  await money('liyu', 5_000)
  const made = await ask('liyu', '/api/vouchers', { scheme: 'guangdong.compute', amount: '3000' })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const vouchers = (await ask('liyu', '/api/vouchers')).body.items
  assert.equal(vouchers.length, 1)
  assert.deepEqual(
    [vouchers[0].available, vouchers[0].ratio, vouchers[0].name.zh, vouchers[0].year],
    ['3000.00', 5_000, '广东省算力券', 2026],
  )
  const used = await ask('liyu', `/api/vouchers/${made.body.voucherId}/uses`, {
    payee: demoId('yunling'),
    amount: '500',
    cash: '500.00',
    contractAmount: '1000',
    expiresAt: '2027-01-31T00:00:00Z',
  })
  assert.equal(used.status, 201, JSON.stringify(used.body))
  const useId = used.body.entryId
  const [open] = (await ask('liyu', '/api/ledger/holds')).body.items
  assert.deepEqual([open.id, open.remaining, open.unit.zh], [useId, '1000.00', '元'])
  const work = (await ask('official', '/api/vouchers/office/uses?state=held')).body.items
  assert.deepEqual(
    [work[0].id, work[0].payer.name, work[0].relation],
    [useId, '广州荔语智能科技有限公司（示例）', 'unrelated'],
  )
  const verified = await ask('official', `/api/vouchers/uses/${useId}/verification`, {
    invoice: invoice(1),
    invoiceAmount: '1000',
  })
  assert.equal(verified.status, 200, JSON.stringify(verified.body))
  const paid = await ask('official', `/api/vouchers/uses/${useId}/payment`, {
    basis: 'scheme.2026',
  })
  assert.equal(paid.status, 200, JSON.stringify(paid.body))
  const [seen] = (await ask('yunling', '/api/vouchers/uses')).body.items
  assert.deepEqual([seen.state, seen.amount, seen.invoice], ['paid', '500.00', invoice(1)])

  await numberEntries(world.db)
  const entry = (await ask('liyu', `/api/ledger/entries/${verified.body.entryId}`)).body
  assert.equal(entry.kind, 'voucher-verified')
  assert.equal(entry.legs.length, 4)
  const theirs = entry.legs.filter(({ owner }: { owner: string }) => owner === demoId('yunling'))
  assert.ok(theirs.every((leg: { availableAfter: unknown }) => leg.availableAfter === null))
  assert.equal(typeof entry.position, 'number')
  const fact = await ask('liyu', `/api/journal/entries/${entry.position}`)
  assert.equal(fact.status, 200)
  assert.equal(JSON.stringify(fact.body).includes(entry.id), true)
})

test('statement: pages without a gap, a period, CSV, the balance of a moment', async (t) => {
  const { ask, world, money } = await bed(t)
  const account = await money('liyu', 100)
  const to = await money('chaoxi', 0.0001)
  const start = world.clock.now().getTime()
  const me = ledgerOf(world, actorOf('liyu'))
  for (let nth = 0; nth < 7; nth++) {
    world.clock.advance(60_000)
    await me((ctx) =>
      transfer(ctx, {
        payer: demoId('liyu'),
        from: account,
        to,
        amount: yuan(1),
        memo: 'test.move',
        key: `m-${nth}`,
      }),
    )
  }
  world.clock.advance(60_000)
  const seen: string[] = []
  let cursor = ''
  do {
    const { body } = await ask(
      'liyu',
      `/api/ledger/accounts/${account}/statement?limit=3${cursor && `&cursor=${cursor}`}`,
    )
    seen.push(...body.items.map(({ availableAfter }: { availableAfter: string }) => availableAfter))
    cursor = body.next ?? ''
  } while (cursor)
  assert.deepEqual(
    seen,
    [93, 94, 95, 96, 97, 98, 99, 100].map((n) => `${n}.00`),
  )
  const iso = (minutes: number) => new Date(start + minutes * 60_000).toISOString()
  const part = (
    await ask('liyu', `/api/ledger/accounts/${account}/statement?from=${iso(2)}&to=${iso(5)}`)
  ).body.items
  assert.deepEqual(
    part.map(({ availableAfter }: { availableAfter: string }) => availableAfter),
    ['96.00', '97.00', '98.00'],
  )
  const then = await ask('liyu', `/api/ledger/accounts/${account}/balance?at=${iso(2.5)}`)
  assert.deepEqual([then.body.available, then.body.version], ['98.00', '3'])
  const csv = (await ask('liyu', `/api/ledger/accounts/${account}/statement.csv`)).body as string
  const lines = csv.split('\r\n')
  assert.ok(csv.startsWith('\ufeff发生时间 Time,'))
  assert.equal(lines.length, 1 + 8 + 1)
  assert.match(lines[2]!, /,转账 transferred,-1\.00,0\.00,99\.00,0\.00,元 yuan,test\.move,/)
})

test('what is another’s is not found; auditors read, and change nothing', async (t) => {
  const { ask, money, claim, use } = await bed(t)
  const account = await money('liyu', 100)
  const { voucherId } = await claim('liyu', 1_000)
  const { entryId } = await use('liyu', voucherId)
  const paths = [
    `/api/ledger/accounts/${account}`,
    `/api/ledger/accounts/${account}/statement`,
    `/api/ledger/accounts/${account}/statement.csv`,
    `/api/ledger/accounts/${account}/balance?at=2026-11-23T00:00:00Z`,
    `/api/ledger/entries/${entryId}`,
  ]
  for (const path of paths) {
    assert.equal((await ask('chaoxi', path)).status, 404, path)
    assert.equal((await ask('visitor', path)).status, 401, path)
    assert.equal((await ask('liyu', path)).status, 200, path)
    assert.equal((await ask('auditor', path)).status, 200, path)
    const unknown = path.replace(account, randomUUID()).replace(entryId, randomUUID())
    assert.equal((await ask('liyu', unknown)).body.code, 'request.not-found', path)
  }
  const payee = demoId('yunling')
  const body = { payee, amount: '1', contractAmount: '2', expiresAt: '2027-01-31T00:00:00Z' }
  assert.equal((await ask('chaoxi', `/api/vouchers/${voucherId}/uses`, body)).status, 404)
  for (const who of ['chaoxi', 'yunling']) {
    assert.equal((await ask(who, `/api/vouchers/uses/${entryId}/release`, {})).status, 404)
  }
  const acts = ['payment', 'clawback', 'judgement']
  for (const act of acts) {
    const path = `/api/vouchers/uses/${entryId}/${act}`
    assert.equal((await ask('liyu', path, { basis: 'x' })).status, 403, act)
    assert.equal((await ask('auditor', path, { basis: 'x' })).status, 403, act)
  }
  assert.equal((await ask('liyu', '/api/ledger/deposits', { amount: '1' })).status, 403)
})

test('bad money, unknown fields, texts that would be code, reused keys', async (t) => {
  const { ask, claim, at } = await bed(t)
  const claimOf = (body: object, headers?: Record<string, string>) =>
    ask('liyu', '/api/vouchers', { scheme: 'guangdong.compute', amount: '1', ...body }, headers)
  for (const [amount, reason] of [
    ['-1', '不能为负数'],
    ['0', '须大于零'],
    ['0.00001', '小数位过多'],
    ['1e3', '不是十进制数'],
    ['1,000', '不是十进制数'],
    ['NaN', '不是十进制数'],
    ['99999999999999999999', '数额过大'],
    ["1'; drop table ledger.posting; --", '不是十进制数'],
  ]) {
    const { status, body } = await claimOf({ amount })
    assert.deepEqual([status, body.code, body.params.reason], [400, 'ledger.amount', reason])
  }
  for (const wrong of [
    { amount: 1 },
    { amount: null },
    { amount: '1'.repeat(1_000_000) },
    { extra: true },
    { scheme: 7 },
  ]) {
    assert.equal((await claimOf(wrong)).status, 400, JSON.stringify(wrong).slice(0, 60))
  }
  for (const scheme of ["' or 1=1 --", '<script>alert(1)</script>', '../../etc', '\u0000']) {
    const { status } = await claimOf({ scheme })
    assert.ok(status === 404 || status === 400, scheme)
  }
  const { voucherId } = await claim('liyu', 100)
  const spend = (more: object) =>
    ask('liyu', `/api/vouchers/${voucherId}/uses`, {
      payee: demoId('yunling'),
      amount: '10',
      contractAmount: '100',
      expiresAt: '2027-01-31T00:00:00Z',
      ...more,
    })
  assert.equal((await spend({ invoice: "1' or '1'='1" })).body.code, 'ledger.invoice')
  assert.equal((await spend({ expiresAt: 'tomorrow' })).status, 400)
  assert.equal((await spend({ payee: 'x' })).status, 400)
  assert.equal((await spend({ payee: randomUUID() })).status, 404)
  for (const cursor of ['x', 'W10', 'WyJ4Il0', `${'W10'.repeat(500)}`]) {
    const accounts = (await ask('liyu', '/api/ledger/accounts')).body.items
    const path = `/api/ledger/accounts/${accounts[0].id}/statement?cursor=${cursor}`
    assert.equal((await ask('liyu', path)).status, 400, cursor)
    assert.equal((await ask('liyu', `/api/ledger/holds?cursor=${cursor}`)).status, 400, cursor)
    assert.equal((await ask('liyu', `/api/vouchers/uses?cursor=${cursor}`)).status, 400, cursor)
  }

  const key = { 'idempotency-key': 'claim-0001' }
  const first = await claimOf({ amount: '5' }, key)
  const again = await claimOf({ amount: '5' }, key)
  assert.deepEqual(again.body, first.body)
  assert.equal((await claimOf({ amount: '6' }, key)).status, 422)
  assert.equal((await ask('liyu', '/api/vouchers')).body.items.length, 2)
  assert.deepEqual(await at.check(), [])
})

test('schemes are public: numbers with source and certainty, the rest of the pool', async (t) => {
  const { ask, claim } = await bed(t)
  await claim('liyu', 1_000)
  const { status, body } = await ask('visitor', '/api/vouchers/schemes')
  assert.equal(status, 200)
  const compute = body.items.find(({ id }: { id: string }) => id === 'guangdong.compute')
  assert.deepEqual(compute.pool, { year: 2026, amount: '1000000.00', left: '999000.00' })
  assert.deepEqual(
    compute.rules.map(({ value, certainty }: { value: string; certainty: string }) => [
      value,
      certainty,
    ]),
    [
      ['200000000', 'example'],
      ['365', 'example'],
      ['3000', 'example'],
      ['5000', 'example'],
      ['2000000', 'example'],
      ['36', 'example'],
      ['2500', 'example'],
      ['0.01', 'example'],
    ],
  )
  const shenzhen = body.items.find(({ id }: { id: string }) => id === 'shenzhen.compute')
  assert.equal(shenzhen.pool, null)
  assert.ok(
    shenzhen.rules.every(({ certainty }: { certainty: string }) => certainty === 'secondary'),
  )
})

test('a deposit by the office reaches a subject’s account or its own fund', async (t) => {
  const { ask } = await bed(t)
  const own = await ask('official', '/api/ledger/deposits', { amount: '10.5' })
  assert.equal(own.status, 201, JSON.stringify(own.body))
  await ask('official', '/api/ledger/deposits', { amount: '7', subjectId: demoId('chaoxi') })
  const nobody = { amount: '7', subjectId: randomUUID() }
  assert.equal((await ask('official', '/api/ledger/deposits', nobody)).status, 404)
  const [account] = (await ask('chaoxi', '/api/ledger/accounts')).body.items
  assert.deepEqual([account.available, account.kind], ['7.00', 'main'])
  const [fund] = (await ask('official', '/api/ledger/accounts')).body.items
  assert.equal(fund.available, '1000010.50')
})

test('a person’s export holds their accounts; erasure leaves the books whole', async (t) => {
  const { world, personalData, at } = await bed(t)
  const person = demoId('lin')
  const account = await fund(world, person, yuan(3))
  const told = JSON.stringify(await at((ctx) => personalData.export(ctx, person)))
  assert.ok(told.includes(account) && told.includes('"3.00"'))
  await at((ctx) => personalData.erase(ctx, person))
  assert.deepEqual(await at.check(), [])
})

test('offers say what could be claimed, why, and by which rule', async (t) => {
  const it = await bed(t)
  const offers = async (who: string) => {
    const { body } = await it.ask(who, '/api/vouchers/offers')
    return new Map(offerList.parse(body).items.map((one) => [one.scheme, one]))
  }
  const liyu = (await offers('liyu')).get('guangdong.compute')!
  assert.ok(liyu.outcome === 'open')
  assert.deepEqual([liyu.class, liyu.ratio, liyu.set], ['startup', 5_000, 'compute-voucher'])
  assert.match(
    liyu.reason.zh,
    /“初创中小微企业”一行：按合同额 50%，年度上限 2,000,000 元；尚未申领。/,
  )
  await it.claim('liyu', 300_000)
  const rest = (await offers('liyu')).get('guangdong.compute')!
  assert.ok(rest.outcome === 'open' && rest.claimed.startsWith('300000'))
  const large = (await offers('yunling')).get('guangdong.compute')!
  assert.deepEqual([large.outcome, /不予补贴/.test(large.reason.zh)], ['outside', true])
  const city = (await offers('liyu')).get('shenzhen.compute')!
  assert.equal(city.outcome, 'area')
  const missing = (await offers('chaoxi')).get('shenzhen.compute')!
  assert.deepEqual(
    [missing.outcome, missing.reason.zh],
    ['unknown', '还不能判断：缺少初创企业，补充后即可测算。'],
  )
})
