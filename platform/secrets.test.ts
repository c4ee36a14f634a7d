// Secrets: what was sealed opens again, only with its own label and key; nothing is readable at rest.
import assert from 'node:assert/strict'
import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { openSecrets } from './secrets.ts'
import { testWorld } from './test-world.ts'

const folder = () => join(mkdtempSync(join(tmpdir(), 'kapok-keys-')), 'keys')

test('seal and open: any text, and any changed byte is noticed', () => {
  const secrets = openSecrets(folder())
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, where) => {
      const box = secrets.seal(text, 'cluster:1')
      assert.equal(secrets.open(box, 'cluster:1'), text)
      assert.throws(() => secrets.open(box, 'cluster:2'))
      const bent = Buffer.from(box)
      bent[where % bent.length]! ^= 1
      assert.throws(() => secrets.open(bent, 'cluster:1'))
    }),
  )
})

test('the master key is made once, mode 0600, and a damaged one is refused', () => {
  const path = folder()
  const first = openSecrets(path)
  const file = join(path, 'master-1.key')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.deepEqual(openSecrets(path).derive('x'), first.derive('x'))
  assert.notDeepEqual(first.derive('x'), first.derive('y'))
  writeFileSync(file, 'short')
  assert.throws(() => openSecrets(path), /damaged/)
})

test('a named secret: stored unreadable, replaced, bound to its name', async (t) => {
  const world = await testWorld(t)
  const { secrets, db } = world
  assert.equal(await secrets.read(db, 'oidc'), null)
  await secrets.store(db, 'oidc', 'hush-hush', world.clock.now())
  await secrets.store(db, 'oidc', 'hush-again', world.clock.now())
  assert.equal(await secrets.read(db, 'oidc'), 'hush-again')
  const { rows } = await sql<{ text: string }>`
    select encode(wrapped_key || box, 'escape') as text from platform.secret`.execute(db)
  assert.ok(!rows[0]!.text.includes('hush'))
  await sql`update platform.secret set name = 'mail'`.execute(db)
  await assert.rejects(secrets.read(db, 'mail'))
})
