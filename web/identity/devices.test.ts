// Devices in words, from what browsers say of themselves.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceName } from './devices.ts'

const chrome =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) ' +
  'Chrome/156.0.0.0 Safari/537.36'

test('the browser that pretends to be others is still told', () => {
  assert.equal(deviceName(chrome), 'Chrome 156, Linux')
  assert.equal(deviceName(`${chrome} Edg/156.0.1`), 'Edge 156, Linux')
  assert.equal(
    deviceName('Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0'),
    'Firefox 150, Windows',
  )
  assert.equal(
    deviceName(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/1 Safari/604.1',
    ),
    'Safari 19, iOS',
  )
})

test('what is no browser is shown as it came, cut short', () => {
  assert.equal(deviceName('curl/8.9'), 'curl/8.9')
  assert.equal(deviceName('x'.repeat(500)).length, 60)
  assert.equal(deviceName(''), '')
})
