// Organisations over HTTP: registering, reading, changing, shareholders; all kinds of bad input.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { completeCreditCode } from '#engines/credit-code/credit-code.ts'
import { relation } from '#engines/shareholding/related.ts'
import { visitor } from '#platform/context.ts'
import { loadDemoWorld } from './demo-world.ts'
import { demoId, ownership } from './index.ts'
import { act, bed, found, organisation } from './test-bed.ts'

const real = '91440300708461136T'
const code = (n: number): string => completeCreditCode(`914401060000B${String(n).padStart(3, '0')}`)

test('an organisation is registered by its code, and whoever did so owns it', async (t) => {
  const it = await bed(t)
  const lin = await it.person('lin')
  const made = await lin.post('/api/subjects', organisation(' 9144 0300-7084 61136t '))
  assert.equal(made.status, 201, JSON.stringify(made.body))
  assert.equal(made.body.creditCode, real)
  assert.equal(made.body.own, null, 'not acted for yet')
  await act(lin, made.body.id)
  const { body, headers } = await lin.get(`/api/subjects/${made.body.id}`)
  assert.equal(headers.etag, '"1"')
  assert.equal(body.own.legalRepresentative.name, '张三')
  assert.deepEqual(body.own.roles, ['owner'])
  const session = (await lin.get('/api/session')).body
  assert.deepEqual(session.grants, [{ role: 'owner', subjectId: made.body.id, area: null }])
  await it.journal()
})

test('a wrong credit code is told which digit is wrong and what it would have to be', async (t) => {
  const it = await bed(t)
  const lin = await it.person('lin')
  const refused = async (creditCode: string) => {
    const { status, body } = await lin.post('/api/subjects', organisation(creditCode))
    assert.equal(status, 400)
    return body
  }
  const last = await refused('91440300708461136U')
  assert.equal(last.code, 'identity.credit-code')
  assert.deepEqual([last.params.position, last.params.found, last.params.expected], [18, 'U', 'T'])
  assert.match(last.detail.zh, /第 18 位应为“T”，现为“U”/)
  const inner = await refused('91440300708461137T')
  assert.deepEqual([inner.params.position, inner.params.expected], [17, '6'])
  const letter = await refused('9144030070846113OT')
  assert.deepEqual([letter.code, letter.params.position], ['identity.credit-code-character', 17])
  assert.equal((await refused('9144030070846113')).code, 'identity.credit-code-length')
})

test('what cannot be is refused: area, class, date, fields that nobody asked for', async (t) => {
  const it = await bed(t)
  const lin = await it.person('lin')
  const post = async (more: object, creditCode = real) => {
    const { status, body } = await lin.post('/api/subjects', organisation(creditCode, more))
    assert.equal(status, 400, JSON.stringify(body))
    return body.code
  }
  assert.equal(await post({ area: '110000' }), 'identity.area-unknown')
  assert.equal(await post({ area: '44' }), 'request.invalid')
  assert.equal(await post({ class: 'individual-business' }), 'identity.class-mismatch')
  assert.equal(await post({ class: 'government' }), 'identity.class-mismatch')
  assert.equal(await post({}, completeCreditCode('924401060000B001')), 'identity.class-mismatch')
  assert.equal(await post({ foundedOn: '2026-11-24' }), 'identity.date-future')
  assert.equal(await post({ foundedOn: '2026-02-30' }), 'request.invalid')
  assert.equal(await post({ isVerified: true }), 'request.invalid')
  assert.equal(await post({ legalRepresentative: { person: '张三', admin: 1 } }), 'request.invalid')
  assert.equal(await post({ name: ' ' }), 'request.invalid')
  assert.equal(await post({ name: '长'.repeat(201) }), 'request.invalid')
  assert.equal(await post({ name: 'a\ud800b' }), 'request.text')
  assert.equal(await post({ name: 'a\0b' }), 'request.text')
  const huge = await lin.post('/api/subjects', organisation(real, { name: 'x'.repeat(1_048_577) }))
  assert.equal(huge.status, 413)
  assert.equal((await lin.get('/api/session')).body.subjects.length, 1, 'nothing was registered')
})

test('SQL and HTML in every text field are stored and shown as text', async (t) => {
  const it = await bed(t)
  const lin = await it.person('lin', "Robert'); drop table identity.subject;--")
  const nasty = `<img src=x onerror=alert(1)>'";--\\ %s $1 {{x}} \u202e`
  const id = await found(lin, real, { name: nasty, legalRepresentative: { person: nasty } })
  const view = (await lin.get(`/api/subjects/${id}`)).body
  assert.deepEqual([view.name, view.own.legalRepresentative.name], [nasty, nasty])
  const key = await lin.post(`/api/subjects/${id}/api-keys`, {
    name: nasty,
    scopes: ['ledger:read'],
    expiresAt: '2027-01-01T00:00:00Z',
  })
  assert.equal(key.body.name, nasty)
  const members = (await lin.get(`/api/subjects/${id}/members`)).body.items
  assert.equal(members[0].name, "Robert'); drop table identity.subject;--")
  const renamed = await lin.get('/api/people/me')
  const changed = await lin.patch('/api/people/me', { name: nasty }, renamed.body.version)
  assert.equal(changed.body.name, nasty)
  assert.match(String(changed.headers['content-type']), /^application\/json/)
})

test('an organisation is registered once, also by two at the same moment', async (t) => {
  const it = await bed(t)
  const people = await Promise.all(['a11', 'b11', 'c11', 'd11'].map((login) => it.person(login)))
  const tries = await Promise.all(
    people.map((one) => one.post('/api/subjects', organisation(code(1)))),
  )
  assert.deepEqual(tries.map(({ status }) => status).sort(), [201, 409, 409, 409])
  const refused = tries.find(({ status }) => status === 409)!
  assert.equal(refused.body.code, 'identity.organisation-there')
})

test('others see public fields only; what is private is not found', async (t) => {
  const it = await bed(t)
  const [lin, chen] = [await it.person('lin'), await it.person('chen')]
  const id = await found(lin, code(1))
  const own = await found(chen, code(2))
  const seen = (await chen.get(`/api/subjects/${id}`)).body
  assert.equal(seen.own, null)
  assert.equal(seen.creditCode, code(1))
  for (const part of ['members', 'shareholders', 'mandates', 'api-keys', 'invitations']) {
    assert.equal((await chen.get(`/api/subjects/${id}/${part}`)).status, 404, part)
    assert.equal((await lin.get(`/api/subjects/${own}/${part}`)).status, 404, part)
  }
  const writes = await Promise.all([
    chen.patch(`/api/subjects/${id}`, { name: '改名' }, 1),
    chen.put(`/api/subjects/${id}/shareholders`, { from: '2026-01-05', holders: [] }, 1),
    chen.post(`/api/subjects/${id}/invitations`, { roles: ['owner'] }),
    chen.delete(`/api/subjects/${id}/members/${lin.id}`),
  ])
  for (const { status, body } of writes) assert.equal(status, 404, JSON.stringify(body))
  assert.equal((await chen.get(`/api/subjects/${lin.id}`)).status, 404, 'people are not public')
  const visited = (await it.browser().get(`/api/subjects/${id}`)).body
  assert.deepEqual([visited.creditCode, visited.own], [code(1), null])
  const unknown = '01890000-0000-7000-8000-000000000001'
  assert.equal((await chen.get(`/api/subjects/${unknown}`)).status, 404)
  assert.equal((await chen.get('/api/subjects/1')).status, 400)
})

test('a change needs the version that it is based on', async (t) => {
  const it = await bed(t)
  const lin = await it.person('lin')
  const id = await found(lin, code(1))
  const path = `/api/subjects/${id}`
  const blind = await lin.send(path, { method: 'PATCH', body: { name: '新名' } })
  assert.equal(blind.status, 428)
  const first = await lin.patch(path, { name: '新名', area: '440305', size: null }, 1)
  assert.equal(first.status, 200, JSON.stringify(first.body))
  assert.deepEqual(
    [first.body.name, first.body.area, first.body.size, first.body.version],
    ['新名', '440305', null, 2],
  )
  assert.equal((await lin.patch(path, { name: '旧版' }, 1)).status, 412)
  const self = await lin.patch(path, { controller: { subjectId: id } }, 2)
  assert.equal(self.body.code, 'identity.party-self')
  const raced = await Promise.all(['甲', '乙', '丙'].map((name) => lin.patch(path, { name }, 2)))
  assert.deepEqual(raced.map(({ status }) => status).sort(), [200, 412, 412])
})

test('one natural person is recognised across organisations by their number alone', async (t) => {
  const it = await bed(t)
  const lin = await it.person('lin')
  const number = '11010519491231002X'
  const representative = (person: string, residentNumber: string) => ({
    legalRepresentative: { person, residentNumber },
  })
  const ids: string[] = []
  for (const n of [1, 2]) ids.push(await found(lin, code(n), representative('李四', number)))
  ids.push(await found(lin, code(3), { legalRepresentative: { person: '李四' } }))
  const graph = await it.world.read(visitor, (ctx) => ownership(ctx, ids))
  const [first, second, third] = ids.map((id) => graph.organisations.find((one) => one.id === id))
  assert.equal(first!.representative, second!.representative)
  assert.notEqual(first!.representative, third!.representative, 'a name alone proves nothing')
  const post = async (more: object) => {
    await act(lin, lin.id)
    return (await lin.post('/api/subjects', organisation(code(4), more))).body.code
  }
  assert.equal(await post(representative('王五', number)), 'identity.party-mismatch')
  assert.equal(await post(representative('李四', '110105194912310021')), 'identity.resident-number')
  const dump = (await it.journal()).map(({ text }) => text).join()
  assert.doesNotMatch(dump, /李四|11010519491231002/)
})

test('shareholders are dated, add up to the whole at most, and past ones are kept', async (t) => {
  const it = await bed(t)
  const lin = await it.person('lin')
  const parent = await found(lin, code(1))
  const id = await found(lin, code(2))
  const path = `/api/subjects/${id}/shareholders`
  const share = (holder: object, basisPoints: number) => ({ holder, basisPoints })
  const put = (from: string, holders: object[], version: number) =>
    lin.put(path, { from, holders }, version)
  const over = [share({ creditCode: code(1) }, 6000), share({ person: '王五' }, 4001)]
  assert.equal((await put('2026-01-05', over, 1)).body.code, 'identity.shares-sum')
  const twice = [share({ creditCode: code(1) }, 1), share({ subjectId: parent }, 1)]
  assert.equal((await put('2026-01-05', twice, 1)).body.code, 'identity.shares-twice')
  const self = [share({ subjectId: id }, 10)]
  assert.equal((await put('2026-01-05', self, 1)).body.code, 'identity.party-self')
  const none = [share({ creditCode: code(9) }, 10)]
  assert.equal((await put('2026-01-05', none, 1)).body.code, 'identity.party-unknown')
  const future = [share({ creditCode: code(1) }, 10)]
  assert.equal((await put('2026-11-24', future, 1)).body.code, 'identity.date-future')
  for (const bad of [0, -5, 10_001, 1.5]) {
    assert.equal((await put('2026-01-05', [share({ person: '王' }, bad)], 1)).status, 400)
  }
  const first = await put('2026-01-05', [share({ creditCode: code(1) }, 10_000)], 1)
  assert.equal(first.status, 200, JSON.stringify(first.body))
  const second = await put('2026-06-01', [share({ creditCode: code(1) }, 5100)], 2)
  assert.deepEqual(
    second.body.items.map((one: { basisPoints: number; from: string; to: string | null }) => [
      one.basisPoints,
      one.from,
      one.to,
    ]),
    [
      [5100, '2026-06-01', null],
      [10_000, '2026-01-05', '2026-06-01'],
    ],
  )
  assert.equal((await put('2026-06-01', [], 2)).status, 412)
})

test('the demo chain is found: three levels from a cluster operator to a small firm', async (t) => {
  const it = await bed(t, { demo: true })
  await loadDemoWorld(it.world)
  const pairs = [
    ['taozhi', 'yunling', 'related'],
    ['liyu', 'yunling', 'unrelated'],
    ['chaoxi', 'yangcheng', 'unrelated'],
    ['chaoxi', 'guangming', 'undecided'],
  ] as const
  for (const [one, other, expected] of pairs) {
    const [a, b] = [demoId(one), demoId(other)]
    const graph = await it.world.read(visitor, (ctx) => ownership(ctx, [a, b]))
    assert.equal(relation(graph, a, b, 2500).verdict, expected, `${one} and ${other}`)
  }
  const graph = await it.world.read(visitor, (ctx) => ownership(ctx, [demoId('taozhi')]))
  const chain = ['taozhi', 'chanye', 'touzi', 'yunling'].map(demoId)
  assert.deepEqual(graph.organisations.map(({ id }) => id).sort(), [...chain].sort())
  const verdict = relation(graph, chain[0]!, chain[3]!, 2500)
  assert.ok(verdict.verdict === 'related' && verdict.ground === 'shareholding')
})

test('ownership is as of today: what was sold does not count any more', async (t) => {
  const it = await bed(t)
  const lin = await it.person('lin')
  const parent = await found(lin, code(1))
  const id = await found(lin, code(2))
  const path = `/api/subjects/${id}/shareholders`
  const holders = [{ holder: { subjectId: parent }, basisPoints: 10_000 }]
  await lin.put(path, { from: '2026-01-05', holders }, 1)
  const holdings = async () =>
    (await it.world.read(visitor, (ctx) => ownership(ctx, [id]))).holdings.length
  assert.equal(await holdings(), 1)
  await lin.put(path, { from: '2026-11-23', holders: [] }, 2)
  assert.equal(await holdings(), 0)
})
