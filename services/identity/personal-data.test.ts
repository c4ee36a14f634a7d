// Personal data over HTTP: export of everything, erasure that leaves ids, reasons against it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { completeCreditCode } from '#engines/credit-code/credit-code.ts'
import type { IdentityPorts } from './index.ts'
import { act, bed, found, goodPassword } from './test-bed.ts'

const code = (n: number) => completeCreditCode(`914401060000B00${n}`)

test('the export holds what every service keeps, and no secret', async (t) => {
  const ports: IdentityPorts = {
    personalData: [
      { name: 'files', export: async (_ctx, id) => [{ owner: id }], erase: async () => {} },
    ],
  }
  const it = await bed(t, { ports })
  const lin = it.browser()
  await lin.post('/api/people', { login: 'lin', name: '林知远', password: goodPassword })
  const me = (await lin.get('/api/people/me')).body
  await lin.patch('/api/people/me', { email: 'lin@example.com' }, me.version)
  const id = await found(lin, code(1), { legalRepresentative: { subjectId: me.id } })
  const key = await lin.post(`/api/subjects/${id}/api-keys`, {
    name: '对账',
    scopes: ['ledger:read'],
    expiresAt: '2027-01-01T00:00:00Z',
  })
  const { body, headers } = await lin.get('/api/people/me/export')
  assert.match(String(headers['content-disposition']), /^attachment/)
  assert.equal(body.personId, me.id)
  assert.deepEqual(body.services.files, [{ owner: me.id }])
  const held = body.services.identity
  assert.deepEqual(
    [held.account.name, held.account.login, held.account.email],
    ['林知远', 'lin', 'lin@example.com'],
  )
  assert.deepEqual(held.memberships[0].roles, ['owner'])
  assert.deepEqual(held.representativeOf, ['示例有限公司'])
  assert.equal(held.apiKeys[0].name, '对账')
  assert.ok(held.sessions.length === 1 && held.passwordChangedAt)
  const text = JSON.stringify(body)
  for (const secret of [key.body.key, lin.cookies.kapok_session!, 'scrypt', 'hash']) {
    assert.equal(text.includes(secret), false, secret)
  }
  assert.equal((await it.journal()).at(-1)!.kind, 'identity.personal-data-exported')
})

/** Every text of every table of the database, but for the migrations. */
async function dump(db: Parameters<ReturnType<typeof sql>['execute']>[0]): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname in ('identity', 'journal', 'platform')`.execute(db)
  const texts: string[] = []
  for (const { name } of rows) {
    const found = await sql<{ text: string }>`
      select coalesce(string_agg(t::text, ' '), '') as text from ${sql.raw(name)} t`.execute(db)
    texts.push(found.rows[0]!.text)
  }
  return texts.join(' ')
}

test('erasure leaves ids and takes every value, in every service', async (t) => {
  const erased: string[] = []
  const ports: IdentityPorts = {
    personalData: [
      {
        name: 'notices',
        export: async () => null,
        erase: async (_ctx, id) => {
          erased.push(id)
        },
      },
    ],
  }
  const it = await bed(t, { ports })
  const lin = it.browser()
  await lin.post('/api/people', { login: 'lin.zy', name: '林知远', password: goodPassword })
  const me = (await lin.get('/api/people/me')).body
  await lin.send('/api/people/me', {
    method: 'PATCH',
    body: { email: 'lin@example.com' },
    headers: { 'if-match': `"${me.version}"`, 'idempotency-key': 'a-key-of-lin' },
  })
  const id = await found(lin, code(1), { legalRepresentative: { subjectId: me.id } })
  await lin.post(`/api/subjects/${id}/api-keys`, {
    name: '林知远的密钥',
    scopes: ['ledger:read'],
    expiresAt: '2027-01-01T00:00:00Z',
  })
  await lin.send('/api/people/me', { headers: { 'user-agent': 'LinBrowser' } })
  await it.browser().post('/api/session', { login: 'lin.zy', password: 'wrong-wrong-wrong-9' })
  const wrong = await lin.post('/api/people/me/erasure', { confirm: '别人' })
  assert.equal(wrong.body.code, 'identity.erasure-unconfirmed')
  assert.deepEqual((await lin.get('/api/people/me/erasure')).body.reasons, [])
  assert.equal((await lin.post('/api/people/me/erasure', { confirm: '林知远' })).status, 204)
  assert.deepEqual(erased, [me.id])
  assert.equal(lin.cookies.kapok_session, undefined)
  const left = await dump(it.world.db)
  assert.ok(left.includes(me.id), 'the id remains')
  assert.doesNotMatch(left, /lin\.zy|林知远|lin@example|scrypt|LinBrowser/)
  const signIn = { login: 'lin.zy', password: goodPassword }
  assert.equal((await it.browser().post('/api/session', signIn)).status, 401)
  const again = await it.browser().post('/api/people', { ...signIn, name: '另一位' })
  assert.equal(again.status, 201, 'the login is free again')
  await it.journal()
})

test('erasure waits while duties stand, and says which', async (t) => {
  const owed = new Set<string>()
  const ports: IdentityPorts = {
    obligations: async (_ctx, subjectId) =>
      owed.has(subjectId) ? [{ zh: '有未结清的冻结款', en: 'Holds are open' }] : [],
  }
  const it = await bed(t, { ports })
  const [lin, chen] = [await it.person('lin', '林'), await it.person('chen', '陈')]
  const id = await found(lin, code(1))
  const invited = await lin.post(`/api/subjects/${id}/invitations`, { roles: ['member'] })
  await chen.post('/api/invitations', { code: invited.body.code })
  owed.add(id)
  const erase = () => lin.post('/api/people/me/erasure', { confirm: '林' })
  const refused = await erase()
  assert.deepEqual([refused.status, refused.body.code], [409, 'identity.erasure-refused'])
  const reasons = refused.body.params.reasons.map(({ zh }: { zh: string }) => zh)
  assert.deepEqual(reasons, [
    '您是“示例有限公司”唯一的负责人，请先指定另一名负责人',
    '示例有限公司：有未结清的冻结款',
  ])
  assert.deepEqual((await lin.get('/api/people/me/erasure')).body.reasons.length, 2)
  assert.equal((await lin.get('/api/people/me')).status, 200, 'nothing was erased')
  await lin.patch(`/api/subjects/${id}/members/${chen.id}`, { roles: ['owner'] }, 1)
  assert.equal((await erase()).status, 204)
})

test('who holds an office is not erased before it ends', async (t) => {
  const it = await bed(t)
  const lin = await it.person('lin', '林')
  await it.office(lin.id, 'auditor')
  const refused = await lin.post('/api/people/me/erasure', { confirm: '林' })
  assert.match(refused.body.params.reasons[0].zh, /平台角色/)
})

test('fellow members’ readings show in the access log with the organisation’s name', async (t) => {
  const it = await bed(t)
  const [lin, chen] = [await it.person('lin'), await it.person('chen')]
  const id = await found(lin, code(1))
  const invited = await lin.post(`/api/subjects/${id}/invitations`, { roles: ['member'] })
  await chen.post('/api/invitations', { code: invited.body.code })
  for (let n = 0; n < 3; n++) await lin.get(`/api/subjects/${id}/members`)
  await act(chen, id)
  const { items } = (await chen.get('/api/people/me/access-log')).body
  assert.equal(items.length, 1)
  assert.deepEqual([items[0].purpose.zh, items[0].reads], ['查看单位成员', 3])
  assert.equal(items[0].reader.zh, '示例有限公司')
  assert.deepEqual((await lin.get('/api/people/me/access-log')).body.items, [])
})
