// Files over HTTP: what is taken in, what is refused and leaves nothing behind, who sees what.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { diskFiles } from '#adapters/disk-files.ts'
import { type Actor, visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { numberEntries, readEntries } from '#platform/journal.ts'
import { type TestWorld, testWorld } from '#platform/test-world.ts'
import { forgetAbandoned, removeDeleted, removeOrphans } from './clean-up.ts'
import type { FileView } from './contract.ts'
import { type Files, files } from './index.ts'
import { type BlobStore, StorageFull } from './ports.ts'

const KB = 1024
const person = (n: number): Actor => ({
  ...visitor,
  kind: 'person',
  name: `person-${n}`,
  personId: `01890000-0000-7000-8000-00000000000${n}`,
  subjectId: `01890000-0000-7000-8000-0000000000a${n}`,
})
const ann = person(1)
const ben = person(2)
const pdf = (size = 2_000) => Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(size, 'x')])

interface Bed {
  world: TestWorld
  app: FastifyInstance
  service: Files
  blobs: BlobStore
  /** Paths below the folder of files. */
  onDisk(): string[]
  used(actor?: Actor): Promise<number>
  rows(): Promise<{ state: string }[]>
}

async function bed(
  t: TestContext,
  options: { file?: number; owner?: number; stallMs?: number; blobs?: BlobStore } = {},
): Promise<Bed> {
  const world = await testWorld(t)
  const folder = join(world.settings.KAPOK_DATA, 'files')
  const blobs = options.blobs ?? diskFiles(folder)
  const limits = () => ({ file: options.file ?? 64 * KB, owner: options.owner ?? 256 * KB })
  const service = files(world, { blobs, limits, stallMs: options.stallMs })
  const people: Record<string, Actor> = { ann, ben }
  const app = await buildServer(world, {
    routes: service.service.routes,
    authenticate: async ({ headers }) => people[String(headers['x-who'])] ?? visitor,
  })
  t.after(() => app.close())
  return {
    world,
    app,
    service,
    blobs,
    onDisk: () =>
      readdirSync(world.settings.KAPOK_DATA, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.parentPath.startsWith(folder))
        .map((entry) => entry.name),
    used: async (actor = ann) => {
      const { rows } = await sql<{ used: bigint }>`
        select used_bytes as used from files.quota where owner = ${actor.subjectId}`.execute(
        world.db,
      )
      return Number(rows[0]?.used ?? 0n)
    },
    rows: async () =>
      (await sql<{ state: string }>`select state from files.file`.execute(world.db)).rows,
  }
}

const put = (
  app: FastifyInstance,
  name: string,
  payload: Buffer | Readable | string,
  headers: Record<string, string> = {},
) =>
  app.inject({
    method: 'POST',
    url: `/api/files?${new URLSearchParams({ name, purpose: 'evidence' })}`,
    headers: { 'content-type': 'application/octet-stream', 'x-who': 'ann', ...headers },
    payload,
  })

const call = (
  app: FastifyInstance,
  method: 'GET' | 'DELETE' | 'PATCH',
  path: string,
  who = 'ann',
) => app.inject({ method, url: `/api/files${path}`, headers: { 'x-who': who } })

async function nothingLeft({ onDisk, used, rows }: Bed): Promise<void> {
  assert.deepEqual(onDisk(), [])
  assert.equal(await used(), 0)
  assert.deepEqual(await rows(), [])
}

test('a file goes in whole, comes out the same, and the journal holds its hash but not its name', async (t) => {
  const it = await bed(t)
  const sent = pdf()
  const answer = await put(it.app, '张三 合同.pdf', sent)
  assert.equal(answer.statusCode, 201, answer.body)
  const file = answer.json<FileView>()
  assert.equal(file.sha256, createHash('sha256').update(sent).digest('hex'))
  assert.equal(file.size, sent.length)
  assert.equal(file.mediaType, 'application/pdf')
  assert.equal(answer.headers.etag, '"1"')
  assert.deepEqual(it.onDisk(), [file.id])
  assert.equal(await it.used(), sent.length)

  const back = await call(it.app, 'GET', `/${file.id}/content`)
  assert.deepEqual(back.rawPayload, sent)
  assert.equal(back.headers['x-content-type-options'], 'nosniff')
  assert.equal(back.headers['content-type'], 'application/pdf')
  assert.equal(back.headers['content-security-policy'], "default-src 'none'; sandbox")
  assert.match(String(back.headers['content-disposition']), /^attachment; filename\*=UTF-8''/)

  await numberEntries(it.world.db)
  const [entry] = await readEntries(it.world.db, { limit: 10 })
  assert.equal(entry!.kind, 'files.stored')
  assert.equal(entry!.payload.sha256, file.sha256)
  assert.ok(!JSON.stringify(entry!.payload).includes('张三'))
})

test('every kind that is taken in passes, and nothing else under its name', async (t) => {
  const it = await bed(t, { owner: 10_000 * KB })
  const png = Buffer.from(
    '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489' +
      '0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082',
    'hex',
  )
  const good: [string, Buffer | string, string?][] = [
    ['a.png', png, 'image/png'],
    ['a.PDF', pdf(), 'application/pdf'],
    ['BM销量.txt', 'BM 开头的文字不是图片'],
    ['a.csv', '单位,金额\n示例,1.00\n', 'text/csv; charset=utf-8'],
    ['a.json', '{"文": [1, 2]}', 'application/json'],
    ['a.jsonl', '{"a":1}\n{"a":2}\n'],
    ['a.md', '# 题'],
    ['a.yaml', 'a: 1\n', 'application/yaml'],
    ['a.json', `[${'1,'.repeat(20_000)}1]`, 'application/json'],
  ]
  for (const [name, content, type = 'application/octet-stream'] of good) {
    const answer = await put(it.app, name, content, { 'content-type': type })
    assert.equal(answer.statusCode, 201, `${name}: ${answer.body}`)
  }
  const before = it.onDisk().length
  const bad: [string, Buffer | string, string, string?][] = [
    ['a.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'files.type'],
    ['a.html', '<script>alert(1)</script>', 'files.type'],
    ['a.exe', 'MZ', 'files.type'],
    ['pdf', pdf(), 'files.type'],
    ['a.constructor', 'x', 'files.type'],
    ['a.pdf', '<script>alert(1)</script>', 'files.mismatch'],
    ['a.pdf', png, 'files.mismatch'],
    ['a.png', pdf(), 'files.mismatch'],
    ['a.png', pdf(), 'files.mismatch', 'image/png'],
    ['a.png', png, 'files.mismatch', 'text/html'],
    [
      'a.docx',
      Buffer.from('504b0506000000000000000000000000000000000000', 'hex'),
      'files.mismatch',
    ],
    ['a.txt', Buffer.from([0xb0, 0xa1, 0xb0, 0xa2]), 'files.mismatch'],
    ['a.txt', Buffer.from('a\0b'), 'files.mismatch'],
    ['a.txt', Buffer.from('完整').subarray(0, 5), 'files.mismatch'],
    ['a.txt', pdf(), 'files.mismatch'],
    ['a.json', '{"a": ', 'files.mismatch'],
    ['a.json', '<html>', 'files.mismatch'],
    ['a.txt', '', 'files.empty'],
  ]
  for (const [name, content, code, type = 'application/octet-stream'] of bad) {
    const answer = await put(it.app, name, content, { 'content-type': type })
    assert.equal(answer.json().code, code, `${name} ${type}: ${answer.body}`)
  }
  assert.equal(it.onDisk().length, before)
  assert.equal((await it.rows()).length, before)
})

test('text in chunks that cut characters in two is still text', async (t) => {
  const it = await bed(t)
  const bytes = Buffer.from('广东省人工智能'.repeat(500))
  const chunks = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, n) =>
    bytes.subarray(n * 7, n * 7 + 7),
  )
  const answer = await put(it.app, 'a.txt', Readable.from(chunks))
  assert.equal(answer.statusCode, 201, answer.body)
  assert.equal(answer.json().size, bytes.length)
})

test('names that could mislead or escape are refused', async (t) => {
  const it = await bed(t)
  const names = [
    '../a.pdf',
    'a/b.pdf',
    'a\\b.pdf',
    'a\r\nb.pdf',
    'a\u202efdp.pdf',
    '',
    ' ',
    'x'.repeat(201),
  ]
  for (const name of names) {
    const answer = await put(it.app, name, pdf())
    assert.equal(answer.statusCode, 400, JSON.stringify(name))
  }
  const surrogate = await it.app.inject({
    method: 'POST',
    url: '/api/files?name=%ED%A0%80.pdf&purpose=evidence',
    headers: { 'x-who': 'ann' },
    payload: pdf(),
  })
  assert.ok(surrogate.statusCode < 500)
  const odd = await put(
    it.app,
    `"><img src=x onerror=alert(1)>'; drop table files.file--.pdf`,
    pdf(),
  )
  assert.equal(odd.statusCode, 201, odd.body)
})

/** Sends chunks for ever over a real connection; resolves with the answer and what was sent. */
async function sendEndlessly(
  app: FastifyInstance,
  headers: Record<string, string | number>,
  path = '/api/files?name=a.txt&purpose=evidence',
) {
  const { port } = app.server.address() as AddressInfo
  let sent = 0
  const answer = Promise.withResolvers<{ status: number; body: string }>()
  const closed = Promise.withResolvers<void>()
  const sending = request({ port, method: 'POST', path, headers }, (response) => {
    let body = ''
    response.setEncoding('utf8').on('data', (text) => {
      body += text
    })
    response.on('end', () => answer.resolve({ status: response.statusCode!, body }))
  })
  sending.on('error', answer.reject)
  sending.on('close', () => closed.resolve())
  const chunk = Buffer.alloc(64 * KB, 'a')
  const pump = () => {
    while (!sending.destroyed) {
      sent += chunk.length
      if (!sending.write(chunk)) {
        sending.once('drain', pump)
        return
      }
    }
  }
  pump()
  const got = await answer.promise
  await closed.promise
  return { ...got, sent }
}

test('an endless upload is cut off at the limit, answered, and its connection closed', async (t) => {
  const it = await bed(t, { file: 300 * KB, owner: 10_000 * KB })
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  const { status, body } = await sendEndlessly(it.app, { 'x-who': 'ann' })
  assert.equal(status, 413)
  assert.equal(JSON.parse(body).params.limit, '300 KiB')
  await nothingLeft(it)
})

test('ten gigabytes announced are refused before the first byte, whatever they claim to be', async (t) => {
  const it = await bed(t)
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  for (const type of ['text/plain', 'application/json', 'multipart/form-data; boundary=x']) {
    const headers = { 'content-length': 10 * 1024 ** 3, 'content-type': type, 'x-who': 'ann' }
    const { status } = await sendEndlessly(it.app, headers)
    assert.ok(status === 413 || status === 422, `${type}: ${status}`)
  }
  await nothingLeft(it)
})

test('who may not upload, or asks wrongly, is not listened to either', async (t) => {
  const it = await bed(t)
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  assert.equal((await sendEndlessly(it.app, {})).status, 401)
  assert.equal(
    (await sendEndlessly(it.app, { 'x-who': 'ann' }, '/api/files?name=a.txt')).status,
    400,
  )
  const crossSite = { 'x-who': 'ann', origin: 'https://evil.example.org' }
  assert.equal((await sendEndlessly(it.app, crossSite)).status, 403)
  await nothingLeft(it)
})

test('a client that goes away or falls silent leaves nothing', { timeout: 30_000 }, async (t) => {
  const it = await bed(t, { stallMs: 150 })
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = it.app.server.address() as AddressInfo
  const start = () => {
    const sending = request({
      port,
      method: 'POST',
      path: '/api/files?name=a.txt&purpose=evidence',
      headers: { 'x-who': 'ann', 'content-length': 5_000 },
    })
    sending.on('error', () => {})
    sending.write('some text')
    return sending
  }
  const status = await new Promise<number>((done) => {
    start().on('response', (response) => done(response.statusCode!))
  })
  assert.equal(status, 408)
  await nothingLeft(it)

  const leaving = start()
  while (it.onDisk().length === 0) await new Promise(setImmediate)
  leaving.destroy()
  while ((await it.rows()).length > 0) await new Promise(setImmediate)
  await nothingLeft(it)
})

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
