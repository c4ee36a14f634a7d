// The in-box: who is told what, and marks of each reader.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import type { NoticeView } from './contract.ts'
import { render, templates } from './templates.ts'
import { act, ann, ask, bed, company, id, tell } from './test-bed.ts'

test('a person sees their own notices and those of the organisation they act for', async (t) => {
  const it = await bed(t)
  await tell(it, { person: id(1) }, '1.00')
  await tell(it, { subject: company }, '2.00')
  await tell(it, { person: id(2) }, '3.00')
  const { items, unread } = await ask(it, 'ann')
  assert.equal(unread, 2)
  assert.deepEqual(
    items.map((item: NoticeView) => [item.title.zh, item.title.en, item.toOrganisation]),
    [
      ['算力券已到账：2.00', 'Compute voucher has arrived: 2.00', true],
      ['算力券已到账：1.00', 'Compute voucher has arrived: 1.00', false],
    ],
  )
  assert.deepEqual((await ask(it, 'eve')).items, [])
  assert.equal((await it.app.inject('/api/notices')).statusCode, 401)
})

test('under a mandate only one’s own notices show', async (t) => {
  const it = await bed(t)
  await tell(it, { subject: company })
  await tell(it, { person: id(1) })
  const people = { ...ann, mandateId: id(50), scopes: ['notices:read'] }
  const app = await buildServer(it.world, {
    routes: it.service.service.routes,
    authenticate: async () => people,
  })
  t.after(() => app.close())
  assert.equal((await app.inject('/api/notices')).json().items.length, 1)
})

test('each reader has their own marks, and cannot mark for others', async (t) => {
  const it = await bed(t)
  const shared = await tell(it, { subject: company })
  const private_ = await tell(it, { person: id(2) })
  const read = await act(it, 'ann', 'POST', '/read', { ids: [shared, private_] })
  assert.deepEqual(read.json(), { unread: 0 })
  assert.deepEqual(await ask(it, 'ben', '/count'), { unread: 2 })
  assert.deepEqual((await act(it, 'ben', 'POST', '/read', { all: true })).json(), { unread: 0 })
  assert.deepEqual((await act(it, 'ben', 'POST', '/read', { all: true })).json(), { unread: 0 })
  await tell(it, { subject: company })
  assert.deepEqual(await ask(it, 'ben', '/count'), { unread: 1 })
  const unread = await ask(it, 'ben', '?unread=true')
  assert.equal(unread.items.length, 1)
  assert.equal((await ask(it, 'ben')).items.length, 3)
  for (const payload of [{}, { ids: [] }, { all: false }, { ids: ['x'] }, { all: true, more: 1 }]) {
    assert.equal((await act(it, 'ben', 'POST', '/read', payload)).statusCode, 400)
  }
})

test('the in-box pages to its end and counts to 100', async (t) => {
  const it = await bed(t, { mail: false })
  await it.world.transact(visitor, async (ctx) => {
    for (let n = 0; n < 105; n++) {
      await it.service.notify(ctx, {
        to: { person: id(1) },
        kind: 'identity.signed-in',
        params: { at: String(n) },
        link: '/account',
      })
    }
  })
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page = await ask(it, 'ann', `?limit=50${cursor ? `&cursor=${cursor}` : ''}`)
    seen.push(...page.items.map((item: NoticeView) => item.body.en.replace(/\D+/g, '')))
    assert.equal(page.unread, 100)
    cursor = page.next
  } while (cursor)
  assert.deepEqual(
    seen,
    Array.from({ length: 105 }, (_, n) => String(104 - n)),
  )
})

test('markup in a parameter stays text; a link leads into this site only', async (t) => {
  const it = await bed(t)
  await tell(it, { person: id(1) }, "<script>alert(1)</script>'; drop table notices.notice--")
  const { items } = await ask(it, 'ann')
  assert.match(items[0].title.zh, /<script>alert/)
  for (const link of ['//evil.example.org', 'https://evil.example.org', 'javascript:alert(1)']) {
    const telling = it.world.transact(visitor, (ctx) =>
      it.service.notify(ctx, {
        to: { person: id(1) },
        kind: 'identity.signed-in',
        params: { at: 'x' },
        link,
      }),
    )
    await assert.rejects(telling, /notice_link_check/, link)
  }
})

test('every text fills all its holes, in both languages', () => {
  for (const [kind, { title, body }] of Object.entries(templates)) {
    const names = [title.zh, title.en, body.zh, body.en].map((text) =>
      [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
    )
    const inZh = new Set([...names[0]!, ...names[2]!])
    const inEn = new Set([...names[1]!, ...names[3]!])
    assert.deepEqual([...inEn].sort(), [...inZh].sort(), kind)
    const full = render(kind, Object.fromEntries([...inZh].map((name) => [name, 'x'])))
    assert.doesNotMatch(JSON.stringify(full).replace(/"\w+":/g, ''), /\{\w+\}/, kind)
  }
  assert.equal(render('no.such-kind', {}).title.zh, 'no.such-kind')
})

test('a person’s notices can be exported and erased', async (t) => {
  const it = await bed(t)
  await tell(it, { person: id(1) })
  await tell(it, { subject: company })
  await act(it, 'ann', 'POST', '/read', { all: true })
  const { personalData } = it.service
  const held = await it.world.read(ann, (ctx) => personalData.export(ctx, id(1)))
  assert.equal((held as { kind: string }[])[0]!.kind, 'ledger.voucher-granted')
  await it.world.transact(ann, (ctx) => personalData.erase(ctx, id(1)))
  assert.deepEqual(await it.world.read(ann, (ctx) => personalData.export(ctx, id(1))), [])
  const { rows } = await sql`select person from notices.mail where person = ${id(1)}
    union all select reader from notices.reading where reader = ${id(1)}`.execute(it.world.db)
  assert.deepEqual(rows, [])
  assert.equal((await ask(it, 'ben')).items.length, 1, 'the organisation’s notice stays')
})
