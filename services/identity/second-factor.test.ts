// The second factor over HTTP: enrolling, codes that work once, recovery, removal.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Bed, type Browser, bed, goodPassword } from './test-bed.ts'
import { totpCode, totpStep } from './totp.ts'

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** What an authenticator program does with the secret that it was shown. */
function decode(secret: string): Buffer {
  const bits = [...secret].map((one) => base32.indexOf(one).toString(2).padStart(5, '0')).join('')
  const bytes = bits.match(/\d{8}/g)!.map((byte) => Number.parseInt(byte, 2))
  return Buffer.from(bytes)
}

interface Enrolled extends Bed {
  lin: Browser
  codes: string[]
  code(): string
}

async function enrolled(t: TestContext): Promise<Enrolled> {
  const it = await bed(t)
  const lin = it.browser()
  await lin.post('/api/people', { login: 'lin', name: '林', password: goodPassword })
  const { secret } = (await lin.post('/api/people/me/totp')).body
  const code = () => totpCode(decode(secret), totpStep(it.world.clock.now()))
  const confirmed = await lin.post('/api/people/me/totp/confirm', { code: code() })
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body))
  return { ...it, lin, code, codes: confirmed.body.codes }
}

const signIn = (it: Bed, code?: string) =>
  it
    .browser()
    .post('/api/session', { login: 'lin', password: goodPassword, ...(code ? { code } : {}) })

test('an authenticator counts only once it has shown a right code', async (t) => {
  const it = await bed(t)
  const lin = it.browser()
  await lin.post('/api/people', { login: 'lin', name: '林', password: goodPassword })
  const confirm = (code: string) => lin.post('/api/people/me/totp/confirm', { code })
  assert.equal((await confirm('123456')).body.code, 'identity.totp-absent')
  await lin.post('/api/people/me/totp')
  assert.equal((await confirm('000000')).body.code, 'identity.code-wrong')
  assert.equal((await signIn(it)).status, 200, 'not asked for before it is confirmed')
  assert.equal((await lin.get('/api/people/me')).body.totp, false)
})

test('signing in takes password and code; a code works once', async (t) => {
  const it = await enrolled(t)
  const me = (await it.lin.get('/api/people/me')).body
  assert.deepEqual([me.totp, me.recoveryCodesLeft], [true, 10])
  assert.equal((await signIn(it)).body.code, 'identity.code-needed')
  assert.equal((await signIn(it, it.code())).status, 401, 'the code of enrolling was used')
  it.world.clock.advance(30_000)
  const code = it.code()
  assert.equal((await signIn(it, code)).status, 200)
  assert.equal((await signIn(it, code)).body.code, 'identity.sign-in-refused')
  const wrong = it.browser().post('/api/session', { login: 'lin', password: 'wrong-wrong-wrong-9' })
  assert.equal((await wrong).body.code, 'identity.sign-in-refused', 'no word of a second factor')
})

test('asking without a code neither counts as a failure nor forgives any', async (t) => {
  const it = await enrolled(t)
  for (let n = 0; n < 8; n++) assert.equal((await signIn(it)).body.code, 'identity.code-needed')
  for (let n = 0; n < 5; n++) {
    assert.equal((await signIn(it, '000000')).status, 401)
    if (n < 4) assert.equal((await signIn(it)).body.code, 'identity.code-needed')
  }
  it.world.clock.advance(30_000)
  assert.equal((await signIn(it, it.code())).status, 429)
})

test('recovery codes open once each', async (t) => {
  const it = await enrolled(t)
  assert.equal(it.codes.length, 10)
  assert.equal((await signIn(it, it.codes[3]!.toUpperCase())).status, 200)
  assert.equal((await signIn(it, it.codes[3])).status, 401)
  assert.equal((await it.lin.get('/api/people/me')).body.recoveryCodesLeft, 9)
})

test('the second factor is removed by a code of it, and guessing is locked', async (t) => {
  const it = await enrolled(t)
  assert.equal((await it.lin.post('/api/people/me/totp')).body.code, 'identity.totp-there')
  const remove = (code: string) => it.lin.post('/api/people/me/totp/removal', { code })
  for (let n = 0; n < 5; n++) {
    assert.equal((await remove('000000')).body.code, 'identity.code-wrong')
  }
  assert.equal((await remove(it.codes[0]!)).status, 429)
  it.world.clock.advance(16 * 60_000)
  assert.equal((await remove(it.codes[0]!)).status, 204)
  assert.equal((await signIn(it)).status, 200)
  assert.equal((await remove(it.codes[1]!)).body.code, 'identity.totp-absent')
})
