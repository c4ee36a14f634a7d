// Single sign-on against a real small OIDC provider over HTTP: who gets in, and every way to cheat.
import assert from 'node:assert/strict'
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { parseSettings } from '#platform/settings.ts'
import { type Bed, type Browser, bed } from '#services/identity/test-bed.ts'
import { openOidc } from './oidc.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const strangers = generateKeyPairSync('rsa', { modulusLength: 2048 })
const clientId = 'kapok'
const clientSecret = 'a-secret-of-the-client'
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

interface Provider {
  issuer: string
  /** Paths asked for so far. */
  asked: string[]
  /** What the provider says about itself and the person; tests change it. */
  says: {
    claims: Record<string, unknown>
    discovery: Record<string, unknown>
    key: typeof privateKey
  }
  /** Goes to the authorisation page and agrees; returns where the browser is sent back to. */
  agree(url: string): Promise<URL>
}

interface Pending {
  challenge: string
  nonce: string
  redirectUri: string
}

async function body(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return new URLSearchParams(Buffer.concat(chunks).toString())
}

/** A provider with discovery, authorisation, token and key endpoints; checks PKCE. */
async function provider(t: TestContext): Promise<Provider> {
  const codes = new Map<string, Pending>()
  const asked: string[] = []
  const says: Provider['says'] = {
    claims: { sub: 'person-1', name: '林知远' },
    discovery: {},
    key: privateKey,
  }
  let issuer = ''
  const json = (response: ServerResponse, value: unknown, status = 200) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))

  const token = async (request: IncomingMessage, response: ServerResponse) => {
    const form = await body(request)
    const pending = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const isRight =
      pending?.challenge === challenge &&
      pending.redirectUri === form.get('redirect_uri') &&
      form.get('client_id') === clientId &&
      form.get('client_secret') === clientSecret
    if (!isRight) return json(response, { error: 'invalid_grant' }, 400)
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: issuer, aud: clientId, iat: now, exp: now + 60, nonce: pending.nonce }
    const head = `${encode({ alg: 'RS256', kid: '1' })}.${encode({ ...claims, ...says.claims })}`
    const signature = createSign('sha256').update(head).sign(says.key, 'base64url')
    json(response, { access_token: 'x', token_type: 'Bearer', id_token: `${head}.${signature}` })
  }
  const server = createServer((request, response) => {
    const url = new URL(request.url!, issuer)
    asked.push(url.pathname)
    if (url.pathname === '/.well-known/openid-configuration') {
      const endpoints = {
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
      }
      json(response, { issuer, ...endpoints, ...says.discovery })
    } else if (url.pathname === '/keys') {
      const key = { ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' }
      json(response, { keys: [key] })
    } else if (url.pathname === '/authorize') {
      const code = randomBytes(8).toString('hex')
      const query = url.searchParams
      const redirectUri = query.get('redirect_uri')!
      const [challenge, nonce] = [query.get('code_challenge')!, query.get('nonce')!]
      assert.equal(query.get('code_challenge_method'), 'S256')
      codes.set(code, { challenge, nonce, redirectUri })
      const back = new URL(redirectUri)
      back.searchParams.set('code', code)
      back.searchParams.set('state', query.get('state')!)
      response.writeHead(302, { location: back.href }).end()
    } else void token(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    asked,
    says,
    async agree(url) {
      const reply = await fetch(url, { redirect: 'manual' })
      return new URL(reply.headers.get('location')!)
    },
  }
}

const settingsOf = (issuer: string) => ({
  KAPOK_OIDC_ISSUER: issuer,
  KAPOK_OIDC_CLIENT_ID: clientId,
  KAPOK_OIDC_CLIENT_SECRET: clientSecret,
})

async function joined(t: TestContext): Promise<Bed & { at: Provider }> {
  const at = await provider(t)
  const oidc = openOidc(parseSettings(settingsOf(at.issuer)))
  return { ...(await bed(t, { ports: { oidc } })), at }
}

/** Goes there and back with one browser; `change` may spoil the way back. */
async function enter(
  it: Bed & { at: Provider },
  browser: Browser,
  change: (back: URL) => void = () => {},
) {
  const begun = await browser.get('/api/session/oidc?returnTo=/account')
  assert.equal(begun.status, 302, JSON.stringify(begun.body))
  const back = await it.at.agree(String(begun.headers.location))
  change(back)
  return browser.get(`${back.pathname}${back.search}`)
}

const refusedBy = async (answer: Promise<{ status: number; body: { code: string } }>) => {
  const { status, body: problem } = await answer
  assert.deepEqual([status, problem.code], [401, 'identity.oidc-failed'])
}

test('a person of the issuer enters, and is the same person the next time', async (t) => {
  const it = await joined(t)
  const lin = it.browser()
  const entered = await enter(it, lin)
  assert.deepEqual([entered.status, entered.headers.location], [302, '/account'])
  const { person, oidc } = (await lin.get('/api/session')).body
  assert.deepEqual([person.name, oidc], ['林知远', true])
  const again = it.browser()
  await enter(it, again)
  assert.equal((await again.get('/api/session')).body.person.id, person.id)
  it.at.says.claims = { sub: 'person-2' }
  const other = it.browser()
  await enter(it, other)
  const second = (await other.get('/api/session')).body.person
  assert.notEqual(second.id, person.id)
  assert.equal(second.name, '未提供姓名')
  assert.equal(
    (await it.journal()).some(({ text }) => /林知远|person-1/.test(text)),
    false,
  )
})

test('a person who enters for the first time twice at once is one person', async (t) => {
  const it = await joined(t)
  const browsers = [it.browser(), it.browser(), it.browser()]
  await Promise.all(browsers.map((browser) => enter(it, browser)))
  const sessions = await Promise.all(browsers.map((browser) => browser.get('/api/session')))
  assert.equal(new Set(sessions.map(({ body }) => body.person.id)).size, 1)
})

test('the way back works once, in the browser that began, within ten minutes', async (t) => {
  const it = await joined(t)
  const lin = it.browser()
  const used: URL[] = []
  assert.equal((await enter(it, lin, (back) => void used.push(back))).status, 302)
  await refusedBy(lin.get(`${used[0]!.pathname}${used[0]!.search}`))
  const begun = await lin.get('/api/session/oidc')
  const back = await it.at.agree(String(begun.headers.location))
  await refusedBy(it.browser().get(`${back.pathname}${back.search}`))
  it.world.clock.advance(10 * 60_000)
  await refusedBy(lin.get(`${back.pathname}${back.search}`))
})

test('a changed state or code, or a refusal of the issuer, opens nothing', async (t) => {
  const it = await joined(t)
  const spoils: ((back: URL) => void)[] = [
    (back) => back.searchParams.set('state', 'another'),
    (back) => back.searchParams.set('code', 'another'),
    (back) => back.searchParams.set('iss', 'https://evil.example'),
    (back) => {
      back.searchParams.delete('code')
      back.searchParams.set('error', 'access_denied')
    },
  ]
  for (const spoil of spoils) {
    const lin = it.browser()
    await refusedBy(enter(it, lin, spoil))
    assert.equal((await lin.get('/api/session')).body.person, null)
  }
})

test('an identity token for somebody else, of somebody else, or old is refused', async (t) => {
  const it = await joined(t)
  const past = Math.floor(Date.now() / 1000) - 3_600
  for (const claims of [
    { aud: 'another-client' },
    { iss: 'https://evil.example' },
    { nonce: 'another' },
    { exp: past, iat: past - 60 },
    { sub: undefined },
  ]) {
    it.at.says.claims = { sub: 'person-1', ...claims }
    await refusedBy(enter(it, it.browser()))
  }
  it.at.says.claims = { sub: 'person-1' }
  assert.equal((await enter(it, it.browser())).status, 302)
})

test('no place but the configured issuer is ever contacted', async (t) => {
  const it = await joined(t)
  const other = await provider(t)
  it.at.says.discovery = { token_endpoint: `${other.issuer}/token` }
  await refusedBy(enter(it, it.browser()))
  assert.deepEqual(other.asked, [])
})

test('where one is sent back to is a page of this site', async (t) => {
  const it = await joined(t)
  for (const [wanted, sent] of [
    ['/statement?page=2', '/statement?page=2'],
    ['//evil.example', '/'],
    ['https://evil.example', '/'],
    ['/\\evil.example', '/'],
    ['javascript:alert(1)', '/'],
  ]) {
    const lin = it.browser()
    const begun = await lin.get(`/api/session/oidc?returnTo=${encodeURIComponent(wanted!)}`)
    const back = await it.at.agree(String(begun.headers.location))
    const entered = await lin.get(`${back.pathname}${back.search}`)
    assert.equal(entered.headers.location, sent)
  }
})

test('a person who was locked here does not enter from there', async (t) => {
  const it = await joined(t)
  const lin = it.browser()
  await enter(it, lin)
  const { id } = (await lin.get('/api/session')).body.person
  const secure = await it.person('secure')
  await it.office(secure.id, 'security-admin')
  await secure.post(`/api/admin/people/${id}/lock`)
  await refusedBy(enter(it, it.browser()))
})

test('without an issuer in the settings there is no single sign-on', async (t) => {
  assert.equal(openOidc(parseSettings({})), null)
  const it = await bed(t)
  assert.equal((await it.browser().get('/api/session/oidc')).body.code, 'identity.oidc-off')
})

test('an issuer that does not answer is tried again at the next sign-in', async (t) => {
  const at = await provider(t)
  const oidc = openOidc(parseSettings(settingsOf(at.issuer)))!
  at.says.discovery = { issuer: 'https://evil.example' }
  await assert.rejects(oidc.begin('http://localhost/back'))
  const it = await bed(t, { ports: { oidc } })
  await refusedBy(it.browser().get('/api/session/oidc'))
  at.says.discovery = {}
  assert.equal((await oidc.begin('http://localhost/back')).url.origin, at.issuer)
})

test('a token signed with a key that is not the issuer’s is refused', async (t) => {
  const it = await joined(t)
  it.at.says.key = strangers.privateKey
  await refusedBy(enter(it, it.browser()))
})
