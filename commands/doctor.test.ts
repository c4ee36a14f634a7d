// ./kapok doctor: says what keeps the platform from starting, and only that fails it.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSettings } from '#platform/settings.ts'
import { examine } from './doctor.ts'

test('a machine that runs these tests can start; a busy port is named and keeps it from that', async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'kapok-doctor-'))
  t.after(() => rm(data, { recursive: true }))
  const busy = createServer()
  await new Promise<void>((done) => {
    busy.listen(0, '127.0.0.1', done)
  })
  t.after(() => busy.close())
  const { port } = busy.address() as { port: number }

  const free = await examine(parseSettings({ KAPOK_PORT: '0', KAPOK_DATA: data }))
  assert.deepEqual(
    free.filter(({ level }) => level === 'must'),
    [],
  )
  assert.ok(free.some(({ en }) => /Embedded postgres .*18\./.test(en)))

  const taken = await examine(parseSettings({ KAPOK_PORT: String(port), KAPOK_DATA: data }))
  const blocking = taken.filter(({ level }) => level === 'must')
  assert.equal(blocking.length, 1)
  assert.match(blocking[0]!.en, new RegExp(`Port ${port} is not free`))
  assert.match(blocking[0]!.zh, new RegExp(`端口 ${port} 不可用`))
})

test('it makes no data folder', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'kapok-doctor-'))
  t.after(() => rm(parent, { recursive: true }))
  const data = join(parent, 'deep/data')
  const findings = await examine(parseSettings({ KAPOK_PORT: '0', KAPOK_DATA: data }))
  assert.ok(findings.some(({ en }) => en === `Data folder ${data} is new`))
  await assert.rejects(rm(join(parent, 'deep')), { code: 'ENOENT' })
})
