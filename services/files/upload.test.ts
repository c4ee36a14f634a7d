// Uploads over HTTP: what is taken in, what is refused, and that a refusal leaves nothing behind.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { numberEntries, readEntries } from '#platform/journal.ts'
import type { FileView } from './contract.ts'
import { bed, call, KB, nothingLeft, pdf, put } from './test-bed.ts'

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
