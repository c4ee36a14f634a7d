// The store of bytes on disk: whole or not at all, below its folder and nowhere else.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import type { BlobStore } from '#services/files/ports.ts'
import { diskFiles } from './disk-files.ts'

const id = '01890000-0000-7000-8000-0000000000ab'

function open(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'kapok-files-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const files = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  return { folder, store: diskFiles(folder), files }
}

async function listed(store: BlobStore): Promise<string[]> {
  const ids: string[] = []
  for await (const blob of store.list()) ids.push(blob.id)
  return ids
}

async function* chunks(...parts: (string | Error)[]) {
  for (const part of parts) {
    if (part instanceof Error) throw part
    yield Buffer.from(part)
  }
}

test('what is written can be read, by this user alone, and replaced', async (t) => {
  const { folder, store, files } = open(t)
  await store.write(id, chunks('one ', 'two'))
  assert.equal(String(await buffer((await store.read(id))!)), 'one two')
  assert.deepEqual(files(), [`ab/${id}`])
  assert.equal(statSync(join(folder, 'ab', id)).mode & 0o077, 0)
  await store.write(id, chunks('three'))
  assert.equal(String(await buffer((await store.read(id))!)), 'three')
})

test('an error of the source leaves nothing, and what was there before', async (t) => {
  const { store, files } = open(t)
  await assert.rejects(store.write(id, chunks('half', new Error('broke off'))), /broke off/)
  assert.deepEqual(files(), [])
  await store.write(id, chunks('whole'))
  await assert.rejects(store.write(id, chunks('half', new Error('broke off'))), /broke off/)
  assert.equal(String(await buffer((await store.read(id))!)), 'whole')
})

test('only ids of ours become paths', async (t) => {
  const { store } = open(t)
  for (const bad of ['../../etc/passwd', `${id}/..`, id.toUpperCase(), '', `${id}\n`]) {
    await assert.rejects(store.write(bad, chunks('x')), /not an id/, JSON.stringify(bad))
    await assert.rejects(store.read(bad), /not an id/)
    await assert.rejects(store.remove(bad), /not an id/)
  }
})

test('what is absent reads as null and may be removed', async (t) => {
  const { store } = open(t)
  assert.equal(await store.read(id), null)
  await store.remove(id)
  assert.deepEqual(await listed(store), [])
  assert.equal(await store.sweep(new Date()), 0)
})

test('the list names stored files only; the sweep takes old leftovers only', async (t) => {
  const { folder, store, files } = open(t)
  await store.write(id, chunks('x'))
  const [old, young] = [join(folder, 'unfinished/old'), join(folder, 'unfinished/young')]
  for (const path of [old, young]) writeFileSync(path, 'half')
  writeFileSync(join(folder, 'ab/not-a-uuid'), 'x')
  utimesSync(old, new Date(0), new Date(0))
  assert.deepEqual(await listed(store), [id])
  assert.equal(await store.sweep(new Date(Date.now() - 60_000)), 1)
  assert.ok(files().includes('unfinished/young'))
  assert.ok(!files().includes('unfinished/old'))
})
