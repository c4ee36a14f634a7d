// Passwords: what may be set, and that a check is right and always works.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '#platform/errors.ts'
import { hashPassword, isPassword, requireGoodPassword } from './password.ts'

const refused = (code: string) => (error: unknown) =>
  error instanceof Problem && error.code === code

test('short passwords are refused, counted in characters', () => {
  for (const short of ['', 'kx7-vbn2q', '木棉花开满城红九']) {
    assert.throws(() => requireGoodPassword(short, 10, []), refused('identity.password-short'))
  }
  requireGoodPassword('木棉花开春风满城红遍', 10, [])
})

test('passwords that guessing begins with are refused, however dressed up', () => {
  const guessable = [
    'password2026',
    'P@ssw0rd!!!!',
    'Passw0rd_1234',
    'qwertyuiop',
    'Qwertyuiop1',
    '1234567890',
    '0987654321aa',
    'abcdefghijkl',
    'aaaaaaaaaaaa',
    'abababababab',
    'guangdong2026',
    'welcome-12345',
    'WOAINI5201314',
    'admin@@@2026',
  ]
  for (const word of guessable) {
    const check = () => requireGoodPassword(word, 10, [])
    assert.throws(check, refused('identity.password-guessable'), word)
  }
})

test('a password must not be built on one’s own login or name', () => {
  for (const [word, own] of [
    ['lin.zhiyuan-7', 'lin.zhiyuan'],
    ['XX-ZHIYUAN-2026', 'zhiyuan'],
    ['我是林知远你好啊朋友', '林知远'],
  ]) {
    const check = () => requireGoodPassword(word!, 10, [own!])
    assert.throws(check, refused('identity.password-guessable'), word)
  }
})

test('ordinary good passwords are taken', () => {
  for (const word of [
    'correct horse battery',
    'tram-42-lantern',
    '红豆生南国春来发几枝',
    'k9#Vq2!mWx',
  ]) {
    requireGoodPassword(word, 10, ['lin', '林知远', 'ab'])
  }
})

test('a password is recognised by its hash, in either form of Unicode', async () => {
  const stored = await hashPassword('caf\u00e9-tram-42-lantern')
  assert.match(stored, /^scrypt\$/)
  assert.equal(await isPassword('caf\u00e9-tram-42-lantern', stored), true)
  assert.equal(await isPassword('cafe\u0301-tram-42-lantern', stored), true)
  assert.equal(await isPassword('cafe-tram-42-lantern', stored), false)
  assert.notEqual(await hashPassword('x'), await hashPassword('x'), 'each has its own salt')
})

test('with no password stored a check works as long and says no', async () => {
  const time = async (stored: string | null) => {
    const start = performance.now()
    assert.equal(await isPassword('anything at all', stored), false)
    return performance.now() - start
  }
  const stored = await hashPassword('tram-42-lantern')
  await time(null)
  const known = Math.min(await time(stored), await time(stored), await time(stored))
  const unknown = Math.min(await time(null), await time(null), await time(null))
  assert.ok(unknown > known / 2 && unknown < known * 2, `${unknown} ms against ${known} ms`)
})
