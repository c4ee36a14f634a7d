// Who may read an entry and its proof, what everybody may read, and the verify command on a download.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { fromHex } from '#engines/evidence/bytes.ts'
import { isConsistent } from '#engines/evidence/tree.ts'
import { type Actor, type Role, visitor } from './context.ts'
import { buildServer } from './http.ts'
import { numberEntries } from './journal.ts'
import { journalRoutes } from './journal-routes.ts'
import { sm3 } from './seal-key.ts'
import { seal } from './sealer.ts'
import { type TestWorld, testWorld } from './test-world.ts'

const id = (n: number) => `01890000-0000-7000-8000-00000000000${n}`
const clerk: Actor = {
  ...visitor,
  kind: 'person',
  name: 'clerk',
  personId: id(1),
  subjectId: id(7),
}
const colleague: Actor = { ...clerk, personId: id(2), subjectId: id(7) }
const citizen: Actor = { ...clerk, personId: id(3), subjectId: null }
const stranger: Actor = { ...clerk, personId: id(4), subjectId: id(8) }
const withRole = (role: Role): Actor => ({
  ...stranger,
  grants: [{ role, subjectId: null, area: null }],
})

interface Place {
  world: TestWorld
  app: FastifyInstance
  as(actor: Actor): void
  get(path: string): Promise<{ status: number; body: string; headers: Record<string, unknown> }>
}

/** Position 1: the clerk acts for organisation 7. Position 2: about the citizen. 3: not sealed. */
async function open(t: TestContext): Promise<Place> {
  const world = await testWorld(t)
  let actor = visitor
  const app = await buildServer(world, { routes: journalRoutes, authenticate: async () => actor })
  t.after(() => app.close())
  const fact = (subjectId: string | null) =>
    world.transact(clerk, (ctx) =>
      ctx.append({ kind: 'test.made', version: 1, subjectId, payload: { amount: '3.0000' } }),
    )
  await fact(id(7))
  await fact(id(3))
  await numberEntries(world.db)
  await seal(world)
  await fact(id(7))
  await numberEntries(world.db)
  return {
    world,
    app,
    as: (next) => {
      actor = next
    },
    get: async (path) => {
      const reply = await app.inject({ method: 'GET', url: path })
      return { status: reply.statusCode, body: reply.body, headers: reply.headers }
    },
  }
}

test('an entry is shown to its subject, to who acted and to auditors; to others it is not there', async (t) => {
  const { as, get } = await open(t)
  const seen = async (actor: Actor, position: number) => {
    as(actor)
    const [plain, proof] = [
      await get(`/api/journal/entries/${position}`),
      await get(`/api/journal/entries/${position}/proof`),
    ]
    assert.equal(plain.status, proof.status)
    return plain.status
  }
  assert.equal(await seen(clerk, 1), 200)
  assert.equal(await seen(colleague, 1), 200, 'another member of the organisation')
  assert.equal(await seen(citizen, 1), 404)
  assert.equal(await seen(stranger, 1), 404)
  assert.equal(await seen(citizen, 2), 200, 'about the citizen')
  assert.equal(await seen(stranger, 2), 404)
  for (const role of ['audit-admin', 'auditor'] as const) {
    assert.equal(await seen(withRole(role), 1), 200, role)
  }
  for (const role of ['system-admin', 'security-admin', 'official', 'operator'] as const) {
    assert.equal(await seen(withRole(role), 1), 404, role)
  }
  assert.equal(await seen(visitor, 1), 401)
  assert.equal(await seen(clerk, 99), 404)
})

test('before sealing the entry is shown and the proof says what to wait for', async (t) => {
  const { as, get, world } = await open(t)
  as(clerk)
  const entry = JSON.parse((await get('/api/journal/entries/3')).body)
  assert.equal(entry.sealed, false)
  const refused = await get('/api/journal/entries/3/proof')
  assert.equal(refused.status, 409)
  const { code, next } = JSON.parse(refused.body)
  assert.equal(code, 'journal.not-sealed')
  assert.ok(next.zh && next.en)
  await seal(world)
  assert.equal((await get('/api/journal/entries/3/proof')).status, 200)
  const place = JSON.parse((await get('/api/journal/facts/3')).body)
  assert.deepEqual(place, { position: 3, sealed: true })
  as(stranger)
  assert.equal((await get('/api/journal/facts/3')).status, 404)
})

test('everybody reads seals, consistency and keys', async (t) => {
  const { get, world } = await open(t)
  await seal(world)
  const first = JSON.parse((await get('/api/journal/seals?limit=1')).body)
  assert.equal(first.items[0].size, 3)
  const rest = JSON.parse((await get(`/api/journal/seals?cursor=${first.next}`)).body)
  assert.deepEqual([rest.items.length, rest.items[0].size, rest.next], [1, 2, null])
  const grown = JSON.parse((await get('/api/journal/consistency?from=2&to=3')).body)
  const side = (each: { size: number; root: string }) => ({ ...each, root: fromHex(each.root) })
  assert.ok(isConsistent(sm3, side(grown.from), side(grown.to), grown.path.map(fromHex)))
  const { items } = JSON.parse((await get('/api/journal/keys')).body)
  assert.equal(items.length, 1)
  assert.equal(items[0].keyId, first.items[0].keyId)
})

test('bad input has one clear answer', async (t) => {
  const { as, get } = await open(t)
  as(clerk)
  for (const [path, status] of [
    ['/api/journal/entries/0', 400],
    ['/api/journal/entries/-1', 400],
    ['/api/journal/entries/x', 400],
    ['/api/journal/entries/99999999999999999999', 400],
    ['/api/journal/facts/1;drop', 400],
    ['/api/journal/facts/999999999999999999', 404],
    ['/api/journal/seals?cursor=x', 400],
    ['/api/journal/seals?more=1', 400],
    ['/api/journal/consistency?from=3&to=2', 404],
    ['/api/journal/consistency?from=0&to=2', 400],
    ['/api/journal/consistency?from=2', 400],
  ] as const) {
    assert.equal((await get(path)).status, status, path)
  }
})

/** Runs the command as a person would; resolves with its exit code and what it printed. */
function verify(...args: string[]): Promise<{ code: number; text: string }> {
  const command = [join(import.meta.dirname, '../commands/run.ts'), 'verify', ...args]
  return new Promise((done) => {
    execFile(process.execPath, command, (error, out, err) => {
      done({ code: error ? Number(error.code) : 0, text: out + err })
    })
  })
}

test('a downloaded proof verifies with the command, and a changed byte is located', async (t) => {
  const { as, get } = await open(t)
  as(clerk)
  const download = await get('/api/journal/entries/1/proof')
  assert.match(String(download.headers['content-disposition']), /kapok-proof-1\.json/)
  const [key] = JSON.parse((await get('/api/journal/keys')).body).items
  const folder = mkdtempSync(join(tmpdir(), 'kapok-verify-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const proof = file('proof.json', download.body)
  const [hexKey, pem] = [file('key.txt', `${key.publicKey}\n`), file('key.pem', key.pem)]
  const otherKey = file('other.txt', 'ab'.repeat(32))

  const alone = await verify(proof)
  assert.equal(alone.code, 0, alone.text)
  assert.match(alone.text, /! 请将公钥/)
  assert.match(alone.text, /不是《电子签名法》规定的电子签名/)
  for (const each of [hexKey, pem]) {
    const compared = await verify(proof, '--key', each)
    assert.equal(compared.code, 0, compared.text)
    assert.match(compared.text, /= 证明有效。\n {2}The proof is valid\./)
  }
  const forged = await verify(proof, '--key', otherKey)
  assert.equal(forged.code, 1)
  assert.match(forged.text, /✗ 文件中的公钥与您提供的公钥不同/)

  const changed = file('changed.json', download.body.replace('3.0000', '3.0001'))
  const located = await verify(changed, '--key', hexKey)
  assert.equal(located.code, 1)
  assert.match(located.text, /以下部分已被改动：记录 payload\.amount/)
  assert.match(located.text, /These parts were changed: entry payload\.amount/)

  const cases: [string[], RegExp][] = [
    [[], /Usage: \.\/kapok verify FILE/],
    [[proof, proof], /Usage/],
    [[proof, '--what'], /Usage/],
    [[join(folder, 'absent')], /Cannot read .*absent \(ENOENT\)/],
    [[folder], /Cannot read .* \(EISDIR\)/],
    [[proof, '--key', proof], /no Ed25519 public key/],
    [[file('big.json', ' '.repeat(4_000_001))], /too large \(4000001 bytes\)/],
    [[file('text.json', 'hello')], /the file is damaged|The file is damaged/],
  ]
  for (const [args, sentence] of cases) {
    const refused = await verify(...args)
    assert.equal(refused.code, 1, args.join(' '))
    assert.match(refused.text, sentence)
    assert.doesNotMatch(refused.text, /at .*\.ts:\d/, 'no stack trace')
  }
})
