// Settings: parsed once, wrong ones named, secrets hidden.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeSettings, parseSettings } from './settings.ts'
import { StartError } from './start-error.ts'

test('defaults, and a variable that is empty counts as not set', () => {
  const settings = parseSettings({ KAPOK_PORT: '', KAPOK_EMPTY: 'true' })
  assert.equal(settings.KAPOK_PORT, 8460)
  assert.equal(settings.KAPOK_HOST, '127.0.0.1')
  assert.equal(settings.KAPOK_EMPTY, true)
  assert.match(settings.KAPOK_DATA, /^\//)
})

test('a wrong value names the variable in one sentence of each language', () => {
  for (const wrong of [
    { KAPOK_PORT: '99999' },
    { KAPOK_PORT: 'http' },
    { KAPOK_EMPTY: 'yes' },
    { KAPOK_DATABASE_URL: 'mysql://x' },
    { KAPOK_MAIL_URL: 'http://x' },
  ]) {
    const [name] = Object.keys(wrong)
    assert.throws(
      () => parseSettings(wrong),
      (error: unknown) =>
        error instanceof StartError &&
        error.message.split('\n').every((line) => line.includes(name!)),
    )
  }
})

test('secrets are never printed', () => {
  const settings = parseSettings({
    KAPOK_DATABASE_URL: 'postgres://u:hush@h/d',
    KAPOK_OIDC_CLIENT_SECRET: 'hush',
    KAPOK_MAIL_URL: 'smtp://u:hush@h',
  })
  const shown = describeSettings(settings)
  assert.ok(!JSON.stringify(shown).includes('hush'))
  assert.equal(shown.find(({ name }) => name === 'KAPOK_DATABASE_URL')!.value, '••••••')
  assert.equal(shown.find(({ name }) => name === 'KAPOK_METRICS_TOKEN')!.value, '—')
})
