// Free cards per city: real and simulated never add up, and processor slots are no cards.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Flavor, Site } from '../compute/compute.ts'
import { sitesByCity } from './site-figures.ts'

const flavor = (accelerator: boolean, freeCards: number, price: string) =>
  ({ accelerator, freeCards, price }) as Flavor
const site = (area: string, ...clusters: [simulated: boolean, ...flavors: Flavor[]][]) =>
  ({
    name: { zh: area, en: area },
    area,
    clusters: clusters.map(([simulated, ...flavors]) => ({ simulated, flavors })),
  }) as unknown as Site

test('sites stand under their city, also those of a district', () => {
  const found = sitesByCity([site('440112'), site('440100'), site('440200')])
  assert.deepEqual(
    [...found].map(([city, sites]) => [city, sites.length]),
    [
      ['440100', 2],
      ['440200', 1],
    ],
  )
})

test('real and simulated cards are counted apart, the lowest price is shown', () => {
  const both = site(
    '440200',
    [true, flavor(true, 41.5, '4.2000'), flavor(false, 7, '0.1000')],
    [false, flavor(true, 3, '10.0000')],
  )
  const [figures] = sitesByCity([both]).get('440200')!
  assert.deepEqual(figures, {
    name: { zh: '440200', en: '440200' },
    free: 3,
    simulated: 41.5,
    processors: null,
    price: '4.2000',
  })
})

test('a site with processors only has no free card', () => {
  const [figures] = sitesByCity([site('440100', [false, flavor(false, 2, '0.2')])]).get('440100')!
  assert.equal(figures!.free, 0)
  assert.equal(figures!.processors, 2)
  assert.equal(sitesByCity([site('440100')]).get('440100')![0]!.price, null)
})
