// Files of an owner: room, rights, names, deletion, and the clean-up after a crash.
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { sql } from 'kysely'
import { diskFiles } from '#adapters/disk-files.ts'
import type { Actor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { testWorld } from '#platform/test-world.ts'
import { forgetAbandoned, removeDeleted, removeOrphans } from './clean-up.ts'
import type { FileView } from './contract.ts'
import { files } from './index.ts'
import { type BlobStore, StorageFull } from './ports.ts'
import { ann, bed, ben, call, KB, nothingLeft, pdf, put } from './test-bed.ts'

test('uploads at the same time never exceed the owner’s room', async (t) => {
  const it = await bed(t, { file: 60 * KB, owner: 100 * KB })
  const answers = await Promise.all(
    Array.from({ length: 4 }, (_, n) => put(it.app, `${n}.pdf`, pdf(30 * KB))),
  )
  const statuses = answers.map((answer) => answer.statusCode).sort()
  assert.deepEqual(statuses, [201, 201, 201, 409])
  assert.ok((await it.used()) <= 100 * KB)
  const other = await put(it.app, 'x.pdf', pdf(30 * KB), { 'x-who': 'ben' })
  assert.equal(other.statusCode, 201, 'another owner has room of their own')

  const file = answers.find((answer) => answer.statusCode === 201)!.json<FileView>()
  const deleted = await it.app.inject({
    method: 'DELETE',
    url: `/api/files/${file.id}`,
    headers: { 'x-who': 'ann', 'if-match': '"1"' },
  })
  assert.equal(deleted.statusCode, 204)
  assert.equal((await put(it.app, 'again.pdf', pdf(30 * KB))).statusCode, 201)
})

test('an upload of unknown length is cut at the owner’s room', async (t) => {
  const it = await bed(t, { file: 60 * KB, owner: 40 * KB })
  const chunks = Array.from({ length: 50 }, () => Buffer.alloc(KB, 'a'))
  const answer = await put(it.app, 'a.txt', Readable.from(chunks))
  assert.equal(answer.json().code, 'files.quota', answer.body)
  await nothingLeft(it)
})

test('the fifth upload of one owner at a time waits its turn', { timeout: 30_000 }, async (t) => {
  const it = await bed(t)
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>())
  const slow = gates.map(({ promise }, n) => {
    const bytes = async function* () {
      yield Buffer.from('begun')
      await promise
    }
    return put(it.app, `${n}.txt`, Readable.from(bytes()))
  })
  while ((await it.rows()).length < 4) await new Promise(setImmediate)
  const fifth = await put(it.app, '5.txt', 'five')
  assert.equal(fifth.json().code, 'platform.busy')
  for (const gate of gates) gate.resolve()
  for (const answer of await Promise.all(slow)) assert.equal(answer.statusCode, 201)
})

test('a repeated Idempotency-Key gives the first file, and refuses other bytes', async (t) => {
  const it = await bed(t)
  const key = { 'idempotency-key': 'upload-0001' }
  const first = await put(it.app, 'a.pdf', pdf(), key)
  const second = await put(it.app, 'a.pdf', pdf(), key)
  assert.deepEqual(second.json(), first.json())
  assert.equal(it.onDisk().length, 1)
  assert.equal(await it.used(), pdf().length)
  const other = await put(it.app, 'a.pdf', pdf(9), key)
  assert.equal(other.json().code, 'request.key-reused')
  assert.equal(it.onDisk().length, 1)
})

test('another organisation’s file is not found, for whatever one tries', async (t) => {
  const it = await bed(t)
  const file = (await put(it.app, 'a.pdf', pdf())).json<FileView>()
  for (const [method, path] of [
    ['GET', `/${file.id}`],
    ['GET', `/${file.id}/content`],
    ['DELETE', `/${file.id}`],
  ] as const) {
    const answer = await call(it.app, method, path, 'ben')
    assert.equal(answer.statusCode, 404, `${method} ${path}`)
  }
  assert.deepEqual((await call(it.app, 'GET', '', 'ben')).json().items, [])
  assert.equal((await call(it.app, 'GET', '', 'nobody')).statusCode, 401)
  await assert.rejects(
    it.world.transact(ben, (ctx) => it.service.use(ctx, file.id, 'cases.case:1')),
    { code: 'request.not-found' },
  )
})

test('the list pages to its end, newest first, with what is used', async (t) => {
  const it = await bed(t)
  for (let n = 0; n < 5; n++) await put(it.app, `${n}.txt`, `text ${n}`)
  const names: string[] = []
  let cursor: string | null = null
  do {
    const page = await call(it.app, 'GET', `?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
    const body = page.json<{ items: FileView[]; next: string | null; usage: { used: number } }>()
    names.push(...body.items.map((file) => file.name))
    cursor = body.next
    assert.equal(body.usage.used, 30)
  } while (cursor)
  assert.deepEqual(names, ['4.txt', '3.txt', '2.txt', '1.txt', '0.txt'])
  assert.equal((await call(it.app, 'GET', '?cursor=nonsense')).statusCode, 400)
})

test('renaming keeps to the content and to the version read', async (t) => {
  const it = await bed(t)
  const file = (await put(it.app, 'a.pdf', pdf())).json<FileView>()
  const rename = (name: string, version: string) =>
    it.app.inject({
      method: 'PATCH',
      url: `/api/files/${file.id}`,
      headers: { 'x-who': 'ann', 'if-match': version },
      payload: { name },
    })
  assert.equal((await rename('b.pdf', '"1"')).json().version, 2)
  assert.equal((await rename('c.pdf', '"1"')).statusCode, 412)
  assert.equal((await rename('c.txt', '"2"')).json().code, 'files.mismatch')
})

test('a file in use stays; deleted, it is gone at once and its bytes soon', async (t) => {
  const it = await bed(t)
  const file = (await put(it.app, '秘密.pdf', pdf())).json<FileView>()
  const remove = () =>
    it.app.inject({
      method: 'DELETE',
      url: `/api/files/${file.id}`,
      headers: { 'x-who': 'ann', 'if-match': '"1"' },
    })
  await it.world.transact(ann, (ctx) => it.service.use(ctx, file.id, 'cases.case:1'))
  assert.equal((await remove()).json().code, 'files.in-use')
  await it.world.transact(ann, (ctx) => it.service.release(ctx, file.id, 'cases.case:1'))
  assert.equal((await remove()).statusCode, 204)
  assert.equal((await call(it.app, 'GET', `/${file.id}/content`)).statusCode, 404)
  assert.equal((await remove()).statusCode, 404)
  assert.equal(await it.used(), 0)
  assert.equal(await removeDeleted(it.world, it.blobs), 1)
  assert.equal(await removeDeleted(it.world, it.blobs), 0)
  assert.deepEqual(it.onDisk(), [])
  const { rows } = await sql<{ name: string }>`select name from files.file`.execute(it.world.db)
  assert.deepEqual(rows, [{ name: '' }], 'the name is personal text and went with it')
})

test('a full disk is said so, and the reservation is given back', async (t) => {
  const full: BlobStore = {
    ...diskFiles('/nowhere'),
    write: async () => {
      throw new StorageFull()
    },
    remove: async () => {},
  }
  const it = await bed(t, { blobs: full })
  const answer = await put(it.app, 'a.pdf', pdf())
  assert.equal(answer.statusCode, 507)
  assert.equal(await it.used(), 0)
  assert.deepEqual(await it.rows(), [])
})

test('what a killed process left is cleaned up, and nothing else', async (t) => {
  const it = await bed(t)
  const kept = (await put(it.app, 'a.pdf', pdf())).json<FileView>()
  const left = '01890000-0000-7000-8000-0000000000ff'
  const active = '01890000-0000-7000-8000-0000000000fe'
  for (const id of [left, active]) {
    await sql`insert into files.file
      (id, owner, purpose, name, media_type, size_bytes, state, created_at)
      values (${id}, ${ann.subjectId}, 'evidence', 'x', 'text/plain', 1000, 'receiving',
        ${it.world.clock.now()})`.execute(it.world.db)
    await it.blobs.write(id, Readable.from([Buffer.from('half')]))
  }
  await sql`update files.quota set used_bytes = used_bytes + 2000`.execute(it.world.db)
  const orphan = '01890000-0000-7000-8000-0000000000fd'
  await it.blobs.write(orphan, Readable.from([Buffer.from('no row')]))

  assert.equal(await forgetAbandoned(it.world, it.blobs, new Set()), 0, 'not yet abandoned')
  assert.equal(await removeOrphans(it.world, it.blobs), 0, 'not yet an hour old')
  it.world.clock.advance(2 * 3_600_000)
  assert.equal(await forgetAbandoned(it.world, it.blobs, new Set([active])), 1)
  assert.equal(await it.used(), pdf().length + 1000)
  assert.equal(await removeOrphans(it.world, it.blobs, new Date(Date.now() + 2 * 3_600_000)), 1)
  assert.deepEqual(it.onDisk().sort(), [kept.id, active].sort())
})

test('a person’s own files can be exported and erased; what a matter relies on loses its name only', async (t) => {
  const it = await bed(t)
  const self: Actor = { ...ann, subjectId: ann.personId }
  const app = await buildServer(it.world, {
    routes: it.service.service.routes,
    authenticate: async () => self,
  })
  t.after(() => app.close())
  await put(it.app, '单位.pdf', pdf())
  await put(app, '简历 张三.pdf', pdf())
  const relied = (await put(app, '证据 张三.pdf', pdf())).json<FileView>()
  await it.world.transact(self, (ctx) => it.service.use(ctx, relied.id, 'cases.case:1'))
  const { personalData } = it.service
  const held = await it.world.read(self, (ctx) => personalData.export(ctx, self.personId!))
  assert.deepEqual(
    (held as { name: string }[]).map((file) => file.name),
    ['单位.pdf', '简历 张三.pdf', '证据 张三.pdf'],
  )
  await it.world.transact(self, (ctx) => personalData.erase(ctx, self.personId!))
  const { rows } = await sql<{ name: string }>`select name from files.file
    where state = 'stored' order by id`.execute(it.world.db)
  assert.deepEqual(rows, [{ name: '单位.pdf' }, { name: 'file.pdf' }])
})

test('law/parameters gives the limits when nothing else does', async (t) => {
  const world = await testWorld(t)
  const service = files(world, { blobs: diskFiles('/nowhere') })
  const app = await buildServer(world, {
    routes: service.service.routes,
    authenticate: async () => ann,
  })
  t.after(() => app.close())
  const { usage } = (await app.inject('/api/files')).json()
  assert.deepEqual(usage, { used: 0, limit: 1_073_741_824, largest: 104_857_600 })
})
