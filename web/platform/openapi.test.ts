// The OpenAPI document as operations and scopes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { operationsByService, scopesIn, typeInWords } from './openapi.ts'

const who = { zh: '本单位成员可用', en: 'Members' }
const document = {
  paths: {
    '/api/ledger/accounts': {
      get: {
        operationId: 'ledger.listAccounts',
        summary: '列出账户 · List accounts',
        tags: ['ledger'],
        'x-policy': who,
        'x-roles': ['member'],
        'x-scope': 'ledger:read',
        parameters: [{ name: 'cursor', in: 'query', schema: { type: 'string' } }],
      },
    },
    '/api/session': {
      post: {
        operationId: 'session.open',
        summary: '登录 · Sign in',
        tags: ['session'],
        'x-roles': ['visitor'],
        'x-scope': 'session:write',
        requestBody: {
          content: {
            'application/json': {
              schema: { properties: { login: { type: 'string' } }, required: ['login'] },
            },
          },
        },
      },
    },
  },
}

test('operations stand under their service with title, right and fields', () => {
  const services = operationsByService(document)
  const [list] = services.get('ledger')!
  assert.deepEqual(list!.title, { zh: '列出账户', en: 'List accounts' })
  assert.deepEqual(list!.who, who)
  assert.deepEqual(list!.fields, [
    { name: 'cursor', where: 'query', type: 'string', required: false },
  ])
  assert.equal(services.get('session')![0]!.fields[0]!.required, true)
})

test('what a visitor may do needs no scope', () => {
  assert.deepEqual(scopesIn(document), [
    { scope: 'ledger:read', operations: [{ zh: '列出账户', en: 'List accounts' }] },
  ])
})

test('types are said in a few words', () => {
  assert.equal(typeInWords({ type: 'string', format: 'uuid' }), 'string (uuid)')
  assert.equal(typeInWords({ type: 'array', items: { type: 'object' } }), 'array of object')
  assert.equal(typeInWords({ anyOf: [{ type: 'string' }, { type: 'null' }] }), 'string | null')
  assert.equal(typeInWords({ enum: ['a', 'b'] }), '"a" | "b"')
})
