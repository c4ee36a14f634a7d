// The life of a rule: drafted, reviewed, passed by another, in force on its day, withdrawn, decided again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { system } from '#platform/context.ts'
import { numberEntries, readEntries } from '#platform/journal.ts'
import { type Bed, bed, company, withParameter } from './test-bed.ts'

const VOUCHER = 'compute-voucher'
const claim = {
  主体类型: '企业',
  企业规模: '微型',
  成立日期: '2026-03-18',
  省内登记: true,
  用于租用智能算力: true,
  同一法定代表人或控制人: false,
  股权关系: '已查明',
  持股比例: 0,
  发票已使用: false,
  发票金额: 10000,
  本年度已申领: 0,
}

const today = (it: Bed) =>
  new Date(it.world.clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10)
const later = (it: Bed, days: number) =>
  new Date(Date.parse(today(it)) + days * 86_400_000).toISOString().slice(0, 10)

async function openDraft(it: Bed, set = VOUCHER): Promise<string> {
  const { status, body } = await it.ask('writer', 'POST', `/${set}/drafts`)
  assert.equal(status, 201)
  return body.id
}

/** A draft that raises the ratio of start-ups, handed in. */
async function handIn(it: Bed, value = '60', from = later(it, 1)): Promise<string> {
  const id = await openDraft(it)
  const { body: draft } = await it.ask('writer', 'GET', `/drafts/${id}`)
  const saved = await it.ask(
    'writer',
    'PUT',
    `/drafts/${id}`,
    {
      definition: withParameter(draft.definition, '初创比例', from, value),
      // A case of a later day has to be written anew; those of earlier days stay as they are.
      cases: draft.cases.filter((one: { on: string }) => one.on < from),
      validFrom: from,
      reason: '提高对初创企业的支持',
    },
    1,
  )
  assert.deepEqual([saved.status, saved.body], [200, { revision: 2 }])
  const submitted = await it.ask('writer', 'POST', `/drafts/${id}/submission`, undefined, 2)
  assert.equal(submitted.status, 200, JSON.stringify(submitted.body))
  return id
}

test('a change is handed in with its impact, passed by another, and in force from its day on', async (t) => {
  const it = await bed(t)
  const amount = async (on?: string) => {
    const { body } = await it.ask('visitor', 'POST', `/${VOUCHER}/check`, {
      facts: claim,
      ...(on ? { on } : {}),
    })
    return body
  }
  const before = await amount()
  assert.equal(
    before.outcomes.find((one: { name: string }) => one.name === '最高补贴').plain,
    '5000',
  )
  const id = await handIn(it)
  const { body: draft } = await it.ask('reader', 'GET', `/drafts/${id}`)
  assert.equal(draft.state, 'submitted')
  assert.equal(draft.impact.size, 500)
  assert.ok(draft.impact.gain > 0 && draft.impact.lose === 0, JSON.stringify(draft.impact))
  assert.ok(draft.impact.budget.after > draft.impact.budget.before)

  const own = await it.ask('writer', 'POST', `/drafts/${id}/publication`, undefined, 3)
  assert.deepEqual([own.status, own.body.code], [409, 'rules.own-draft'])
  const passed = await it.ask('reader', 'POST', `/drafts/${id}/publication`, undefined, 3)
  assert.equal(passed.status, 200, JSON.stringify(passed.body))
  assert.deepEqual(
    it.told.map(({ kind }) => kind),
    ['rulebook.draft-published'],
  )

  const same = await amount()
  assert.deepEqual(same.receipt, before.receipt, 'nothing changes before its day')
  it.world.clock.advance(86_400_000)
  const after = await amount()
  assert.equal(
    after.outcomes.find((one: { name: string }) => one.name === '最高补贴').plain,
    '6000',
  )
  assert.equal(after.version.number, 2)
  for (const one of [before, after]) {
    const { body } = await it.ask('visitor', 'POST', '/receipts/replay', {
      receipt: one.receipt,
      facts: claim,
    })
    assert.deepEqual(body.same, { engine: true, rules: true, facts: true, outcomes: true })
  }
  const { body: other } = await it.ask('visitor', 'POST', '/receipts/replay', {
    receipt: before.receipt,
    facts: { ...claim, 发票金额: 20000 },
  })
  assert.deepEqual([other.same.facts, other.same.outcomes], [false, false])
  const { body: version } = await it.ask('visitor', 'GET', `/${VOUCHER}/versions/2`)
  assert.deepEqual(
    version.changes.map(({ place, after: now }: { place: string[]; after: string }) => [
      place.join(' '),
      now,
    ]),
    [
      [`初创比例 2026-01-01 止于`, later(it, 0)],
      [`初创比例 ${later(it, 0)}`, '60'],
    ],
  )
})

test('what stands in the way of a draft is told, and nothing is lost', async (t) => {
  const it = await bed(t)
  const id = await openDraft(it)
  const { body: draft } = await it.ask('writer', 'GET', `/drafts/${id}`)
  let revision = 1
  const save = async (change: (copy: typeof draft.definition) => void, more: object = {}) => {
    const definition = structuredClone(draft.definition)
    change(definition)
    const body = { definition, cases: draft.cases, validFrom: later(it, 1), reason: '试', ...more }
    const saved = await it.ask('writer', 'PUT', `/drafts/${id}`, body, revision)
    assert.equal(saved.status, 200, JSON.stringify(saved.body))
    revision = saved.body.revision
    const { body: found } = await it.ask(
      'writer',
      'POST',
      `/drafts/${id}/submission`,
      undefined,
      revision,
    )
    return found
  }
  const table = (copy: typeof draft.definition) =>
    copy.nodes.find(
      (one: { name: string; kind: string }) => one.kind === 'table' && one.name === '补贴比例',
    )
  const codes = async (...some: Parameters<typeof save>) => (await save(...some)).code
  assert.equal(await codes(() => {}), 'rules.nothing-changed')
  const other = (copy: typeof draft.definition) => {
    copy.title.en = 'Another title'
  }
  assert.equal(await codes(other, { validFrom: null }), 'rules.day-needed')
  assert.equal(await codes(other, { validFrom: today(it) }), 'rules.day-past')
  assert.equal(await codes(other, { reason: ' ' }), 'rules.reason-needed')
  assert.equal(await codes((copy) => void table(copy).rows.pop()), 'rules.gap')
  assert.equal(
    await codes((copy) => void table(copy).rows.push({ ...table(copy).rows[0], id: '再来一行' })),
    'rules.overlap',
  )
  const text = await save((copy) => {
    table(copy).rows[0].gives = ['一般比例 + 3 元']
  })
  assert.deepEqual(
    [text.code, text.params.place],
    ['rules.refused', '补贴比例 › 高校和科研机构 › 补贴比例'],
  )
  const cited = await save((copy) => {
    table(copy).rows[0].cite = [{ source: '条例第七条第四款', certainty: 'memory' }]
  })
  assert.match(cited.detail.zh, /没有这一条款：条例第七条第四款/)
  const script = await save((copy) => {
    table(copy).rows[0].when[0] = '<script>alert(1)</script>'
  })
  assert.equal(script.code, 'rules.refused')
  const red = await save((copy) => {
    table(copy).rows[0].gives = ['0%']
  })
  assert.equal(red.code, 'rules.cases-red')
  const stale = await it.ask(
    'writer',
    'PUT',
    `/drafts/${id}`,
    { definition: draft.definition, cases: [], validFrom: null, reason: '' },
    1,
  )
  assert.equal(stale.body.code, 'request.version')
  const { body: still } = await it.ask('writer', 'GET', `/drafts/${id}`)
  assert.deepEqual([still.state, still.revision], ['open', revision])
  const county = await it.ask('county', 'GET', `/drafts/${id}`)
  assert.equal(county.status, 403, 'rules are the province’s')
  const owner = await it.ask('owner', 'GET', `/drafts/${id}`)
  assert.equal(owner.status, 403)
})

test('a draft that was begun before another was published would undo it, and is refused', async (t) => {
  const it = await bed(t)
  const first = await handIn(it, '55')
  const second = await handIn(it, '65')
  assert.equal(
    (await it.ask('reader', 'POST', `/drafts/${first}/publication`, undefined, 3)).status,
    200,
  )
  const late = await it.ask('reader', 'POST', `/drafts/${second}/publication`, undefined, 3)
  assert.deepEqual([late.status, late.body.code], [409, 'rules.base-moved'])
  const back = await it.ask(
    'reader',
    'POST',
    `/drafts/${second}/return`,
    { remark: '请重新起草' },
    3,
  )
  assert.equal(back.body.revision, 4)
  const { body } = await it.ask('writer', 'GET', `/drafts/${second}`)
  assert.deepEqual([body.state, body.remark], ['open', '请重新起草'])
})

test('decisions keep their version; withdrawn, each is a task until it is decided again', async (t) => {
  const it = await bed(t)
  const id = await handIn(it)
  await it.ask('reader', 'POST', `/drafts/${id}/publication`, undefined, 3)
  const decide = () =>
    it.world.transact(system('test'), (ctx) =>
      it.rules.decide(ctx, {
        set: VOUCHER,
        facts: claim,
        on: today(it),
        subjectId: company,
        purpose: 'test.claim',
      }),
    )
  const old = await decide()
  it.world.clock.advance(86_400_000)
  const made = await decide()
  assert.deepEqual([old.version.number, made.version.number], [1, 2])
  assert.notEqual(old.receipt.outcomes, made.receipt.outcomes)

  const own = await it.ask('writer', 'POST', `/${VOUCHER}/versions/2/withdrawal`, {
    reason: '比例写错',
  })
  assert.equal(own.body.code, 'rules.own-version')
  const gone = await it.ask('reader', 'POST', `/${VOUCHER}/versions/2/withdrawal`, {
    reason: '比例写错',
  })
  assert.deepEqual([gone.status, gone.body], [200, { decisions: 1 }])
  const last = await it.ask('reader', 'POST', `/${VOUCHER}/versions/1/withdrawal`, { reason: '试' })
  assert.equal(last.body.code, 'rules.last-version')
  assert.equal((await decide()).version.number, 1, 'its predecessor is in force again')

  const { body: tasks } = await it.ask('writer', 'GET', '/redo')
  assert.deepEqual(
    tasks.items.map((one: { id: string }) => one.id),
    [made.id],
  )
  const again = await it.ask('writer', 'POST', `/decisions/${made.id}/redo`)
  assert.equal(again.body.before.最高补贴.plain, '6000')
  assert.equal(again.body.after.最高补贴.plain, '5000')
  assert.equal((await it.ask('writer', 'GET', '/redo')).body.items.length, 0)
  const twice = await it.ask('writer', 'POST', `/decisions/${made.id}/redo`)
  assert.equal(twice.body.code, 'rules.decided-again')

  const { body: seen } = await it.ask('owner', 'GET', `/decisions/${made.id}`)
  assert.deepEqual([seen.redoneBy, seen.withdrawal, seen.version], [again.body.id, '比例写错', 2])
  assert.ok(seen.why.flat().some(({ name }: { name: string }) => name === '初创比例'))
  assert.equal((await it.ask('stranger', 'GET', `/decisions/${made.id}`)).status, 404)
  assert.equal((await it.ask('auditor', 'GET', `/decisions/${made.id}`)).status, 200)
  const { body: listed } = await it.ask('owner', 'GET', '/decisions')
  assert.equal(listed.items.length, 4)

  await numberEntries(it.world.db)
  const facts = await readEntries(it.world.db, { after: 0n, before: 10_000n, limit: 1_000 })
  const kinds = facts.map(({ kind }) => kind).filter((kind) => !kind.endsWith('published'))
  assert.deepEqual(kinds, [
    'rulebook.drafted',
    'rulebook.submitted',
    'rulebook.decided',
    'rulebook.decided',
    'rulebook.withdrawn',
    'rulebook.decided',
    'rulebook.decided',
    'rulebook.decided-again',
  ])
})

test('the database refuses to edit what is published, and to change a decision', async (t) => {
  const it = await bed(t)
  const { id } = await it.world.transact(system('test'), (ctx) =>
    it.rules.decide(ctx, {
      set: VOUCHER,
      facts: claim,
      on: today(it),
      subjectId: company,
      purpose: 'test',
    }),
  )
  const refused = (statement: string) =>
    assert.rejects(
      it.world.transact(system('test'), ({ tx }) => sql.raw(statement).execute(tx)),
      /never edited|permission denied/,
    )
  await refused(`update rulebook.version set reason = 'x'`)
  await refused(`update rulebook.version set definition = '{}'`)
  await refused(`delete from rulebook.version`)
  await refused(`update rulebook.decision set outcomes = '{}' where id = '${id}'`)
  await refused(`delete from rulebook.decision`)
})

test('what cannot be read is refused by name, and asked for in the cheapest order', async (t) => {
  const it = await bed(t)
  const check = (facts: object, on?: string) =>
    it.ask('visitor', 'POST', '/data-export/check', { facts, ...(on ? { on } : {}) })
  const wrong = await check({ 重要数据: '有' })
  assert.deepEqual([wrong.status, wrong.body.code], [400, 'rules.refused'])
  assert.equal((await check({ 没有这个: 1 })).body.code, 'rules.refused')
  const none = await it.ask('visitor', 'POST', '/no-such-set/check', { facts: {} })
  assert.deepEqual([none.status, none.body.code], [404, 'rules.not-in-force'])
  const extra = await it.ask('visitor', 'POST', '/data-export/check', {
    facts: {},
    subject: company,
  })
  assert.equal(extra.status, 400)
  const empty = await check({})
  assert.ok(empty.body.next.facts.length > 0)
  const costs = empty.body.next.facts.map(({ cost }: { cost: number }) => cost)
  assert.ok(costs.every((cost: number) => cost <= 2))
})

test('loading the law twice adds nothing; a set changed here is not overwritten', async (t) => {
  const it = await bed(t)
  const count = async () => {
    const { rows } = await sql<{ n: bigint }>`select count(*) as n from rulebook.version`.execute(
      it.world.db,
    )
    return Number(rows[0]!.n)
  }
  const first = await count()
  await it.rules.prepare()
  assert.equal(await count(), first)
  const { body } = await it.ask('visitor', 'GET', '')
  assert.equal(body.items.length, first)
  assert.ok(
    body.items.every(({ version }: { version: { number: number } }) => version.number === 1),
  )
})

test('a set goes out as DMN and comes back as a draft; what cannot be read is refused with its place', async (t) => {
  const it = await bed(t)
  const reply = await it.app.inject({ url: `/api/rules/${VOUCHER}/dmn` })
  assert.equal(reply.headers['content-type'], 'application/xml')
  const xml = reply.body
  const back = await it.ask('writer', 'POST', '/drafts/dmn', { xml })
  assert.deepEqual([back.status, back.body.notes], [201, []])
  const { body: draft } = await it.ask('writer', 'GET', `/drafts/${back.body.id}`)
  assert.deepEqual(draft.definition, draft.base.definition)
  const changed = xml.replaceAll(`id="${VOUCHER}"`, 'id="voucher-of-ours"')
  const other = await it.ask('writer', 'POST', '/drafts/dmn', { xml: changed })
  assert.equal(other.status, 201, JSON.stringify(other.body))
  const bomb = await it.ask('writer', 'POST', '/drafts/dmn', {
    xml: '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
  })
  assert.deepEqual([bomb.status, bomb.body.code], [400, 'rules.refused'])
  assert.equal((await it.ask('owner', 'POST', '/drafts/dmn', { xml })).status, 403)
})
