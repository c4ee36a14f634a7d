// The live count: each page hears of its reader's notices, also after a cut; streams are bounded.
import assert from 'node:assert/strict'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import pg from 'pg'
import { act, type Bed, bed, company, id, tell } from './test-bed.ts'

/** Opens a live stream; `next` resolves with the next unread count. */
async function listen(it: Bed, who: string) {
  const { port } = it.app.server.address() as AddressInfo
  const headers = { accept: 'text/event-stream', 'x-who': who }
  const response = await new Promise<IncomingMessage>((done) => {
    get({ port, path: '/api/notices/live', headers }, done).on('error', () => {})
  })
  response.on('error', () => {})
  const counts: number[] = []
  let waiting: ((n: number) => void) | null = null
  response.setEncoding('utf8').on('data', (text: string) => {
    for (const [, n] of text.matchAll(/data: \{"unread":(\d+)\}/g)) {
      if (waiting) waiting(Number(n))
      else counts.push(Number(n))
      waiting = null
    }
  })
  return {
    response,
    next: () =>
      counts.length > 0
        ? Promise.resolve(counts.shift()!)
        : new Promise<number>((done) => {
            waiting = done
          }),
    ended: new Promise<void>((done) => response.once('close', done)),
  }
}

test('an open page hears of each notice of its reader, and of no other', {
  timeout: 20_000,
}, async (t) => {
  const it = await bed(t)
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  const page = await listen(it, 'ann')
  assert.equal(page.response.headers['content-type'], 'text/event-stream; charset=utf-8')
  assert.equal(page.response.headers['x-content-type-options'], 'nosniff')
  assert.equal(await page.next(), 0)
  await tell(it, { person: id(2) })
  await tell(it, { person: id(1) })
  assert.equal(await page.next(), 1)
  await tell(it, { subject: company })
  assert.equal(await page.next(), 2)
  await act(it, 'ann', 'POST', '/read', { all: true })
  assert.equal(await page.next(), 0)
  await it.service.close()
  await page.ended
})

test('the listening connection is cut: counts come again', { timeout: 20_000 }, async (t) => {
  const it = await bed(t)
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  const page = await listen(it, 'ann')
  assert.equal(await page.next(), 0)
  const client = new pg.Client(it.world.connection as pg.ClientConfig)
  await client.connect()
  await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'kapok-notices' and datname = current_database()`)
  await client.end()
  await tell(it, { person: id(1) })
  assert.equal(await page.next(), 1)
})

test('streams are bounded, and only a stream is given here', { timeout: 20_000 }, async (t) => {
  const it = await bed(t)
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  const plain = await it.app.inject({ url: '/api/notices/live', headers: { 'x-who': 'ann' } })
  assert.equal(plain.statusCode, 406)
  const pages = await Promise.all(Array.from({ length: 6 }, () => listen(it, 'ann')))
  for (const page of pages) assert.equal(page.response.statusCode, 200)
  assert.equal((await listen(it, 'ann')).response.statusCode, 503)
  pages[0]!.response.destroy()
  await pages[0]!.ended
  let again = await listen(it, 'ann')
  while (again.response.statusCode === 503) again = await listen(it, 'ann')
  assert.equal(await again.next(), 0)
})
