// How far an office reaches: province, city, county.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { areaName, cityOf, isArea, reaches, regions } from './jurisdiction.ts'

const counties = regions.cities.flatMap((city) =>
  city.counties.map((county) => ({ city: city.code, county: county.code })),
)

test('a province reaches all below it, a city its counties, a county only itself', () => {
  for (const { city, county } of counties) {
    assert.ok(isArea(county) && isArea(city))
    assert.ok(reaches('440000', county) && reaches('440000', city) && reaches(city, county))
    assert.ok(!reaches(county, city) && !reaches(city, '440000'))
  }
  assert.equal(reaches('440300', '440100'), false)
  assert.equal(reaches('440000', '810000'), false)
})

test('reaching is reflexive, and transitive', () => {
  const codes = [
    '440000',
    ...regions.cities.map(({ code }) => code),
    ...counties.map((c) => c.county),
  ]
  const code = fc.constantFrom(...codes)
  fc.assert(
    fc.property(code, code, code, (a, b, c) => {
      assert.ok(reaches(a, a) && reaches(null, a))
      if (reaches(a, b) && reaches(b, c)) assert.ok(reaches(a, c))
      if (reaches(a, b) && reaches(b, a)) assert.equal(a, b)
    }),
    { numRuns: 2_000 },
  )
})

test('what is not on the list is no area', () => {
  for (const code of ['440199', '110000', '', '44', 'constructor'])
    assert.equal(isArea(code), false)
})

test('an area lies in a city, the province in none, and each has a name', () => {
  for (const { code, name, counties } of regions.cities) {
    assert.equal(cityOf(code), code)
    assert.deepEqual(areaName(code), name)
    for (const county of counties) assert.equal(cityOf(county.code), code)
  }
  for (const none of ['440000', '449900', '110101', '']) assert.equal(cityOf(none), null)
})
