// The bed of the file service's tests: a world, two people, and a place for bytes.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { diskFiles } from '#adapters/disk-files.ts'
import { type Actor, visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { type TestWorld, testWorld } from '#platform/test-world.ts'
import { type Files, files } from './index.ts'
import type { BlobStore } from './ports.ts'

export const KB = 1024
export const person = (n: number): Actor => ({
  ...visitor,
  kind: 'person',
  name: `person-${n}`,
  personId: `01890000-0000-7000-8000-00000000000${n}`,
  subjectId: `01890000-0000-7000-8000-0000000000a${n}`,
})
export const ann = person(1)
export const ben = person(2)
export const pdf = (size = 2_000) =>
  Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(size, 'x')])

export interface Bed {
  world: TestWorld
  app: FastifyInstance
  service: Files
  blobs: BlobStore
  /** Paths below the folder of files. */
  onDisk(): string[]
  used(actor?: Actor): Promise<number>
  rows(): Promise<{ state: string }[]>
}

export async function bed(
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

export const put = (
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

export const call = (
  app: FastifyInstance,
  method: 'GET' | 'DELETE' | 'PATCH',
  path: string,
  who = 'ann',
) => app.inject({ method, url: `/api/files${path}`, headers: { 'x-who': who } })

export async function nothingLeft({ onDisk, used, rows }: Bed): Promise<void> {
  assert.deepEqual(onDisk(), [])
  assert.equal(await used(), 0)
  assert.deepEqual(await rows(), [])
}
