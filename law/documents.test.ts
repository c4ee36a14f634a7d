// The documents of the law agree with one another and with what can be counted in the draft.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  type Duty,
  parseAuthorities,
  parseCalendar,
  parseChapter,
  parseParameters,
  parseRegions,
  parseRegulation,
} from './schema.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')
const folder = (name: string) =>
  readdirSync(join(import.meta.dirname, name))
    .sort()
    .map((file) => `${name}/${file}`)

const regulation = parseRegulation(read('regulation.yaml'), 'regulation.yaml')
const chapters = folder('articles').map((name) => parseChapter(read(name), name))
const { authorities, actors } = parseAuthorities(read('authorities.yaml'), 'authorities.yaml')
const regions = parseRegions(read('regions.yaml'), 'regions.yaml')
const parameters = folder('parameters').flatMap(
  (name) => parseParameters(read(name), name).parameters,
)

const articles = chapters.flatMap((chapter) => chapter.articles)
const paragraphs = articles.flatMap(({ article, paragraphs: all }) =>
  all.map((one) => ({ ...one, id: `${article}.${one.paragraph}` })),
)
const duties: Duty[] = paragraphs.flatMap((paragraph) => paragraph.duties)
const repeated = (ids: readonly string[]) => ids.filter((id, at) => ids.indexOf(id) !== at)

/** Paragraphs of the draft that hold the word, counted in its text. */
const paragraphsWith = {
  应当: `3.1 3.2 3.3 4.1 4.8 6.1 7.1 8.1 8.2 8.3 9.1 9.2 10.1 10.2 11.1 11.2 11.3 12.1 12.2 12.3 13.1
    14.1 15.1 16.1 17.1 18.1 19.1 19.2 19.3 20.1 20.2 21.1 21.2 22.1 23.1 24.1 24.2 25.1 25.2 25.3
    26.1 26.2 28.1 28.2 29.1 31.1 31.2 32.1 33.1`,
  可以: '27.1 28.3 30.1',
  不得: '33.1',
  探索: '7.3 26.2 26.3 31.1',
  鼓励: '5.1 5.2 7.2 7.4 10.1 11.2 13.1 14.1 16.2 22.2 24.3 26.1 26.3',
  支持: `5.3 7.2 7.4 8.2 9.2 9.3 10.1 10.2 10.3 11.1 11.2 11.3 12.2 12.3 13.1 16.1 25.2 26.3 27.1
    29.1 31.1`,
}

/** Paragraphs of more than one sentence; every other has one. */
const sentences: Record<string, number> = {
  '7.3': 2,
  '10.1': 2,
  '13.1': 3,
  '19.2': 2,
  '21.2': 2,
  '25.1': 3,
  '25.2': 2,
  '26.2': 2,
  '26.3': 3,
}

test('eight chapters, 34 articles, 75 paragraphs, 87 sentences, in order', () => {
  assert.deepEqual(
    chapters.map(({ chapter }) => chapter),
    [1, 2, 3, 4, 5, 6, 7, 8],
  )
  assert.deepEqual(
    articles.map(({ article }) => article),
    Array.from({ length: 34 }, (_, at) => at + 1),
  )
  assert.equal(paragraphs.length, 75)
  for (const { id, duties: own } of paragraphs) {
    assert.equal(own.at(-1)!.sentence, sentences[id] ?? 1, `sentences of ${id}`)
  }
  assert.equal(
    paragraphs.reduce((sum, { duties: own }) => sum + own.at(-1)!.sentence, 0),
    87,
  )
})

test('the verbs stand in the paragraphs where the draft has them', () => {
  for (const [verb, expected] of Object.entries(paragraphsWith)) {
    const found = paragraphs
      .filter(({ duties: own }) => own.some((one) => one.modality === verb || one.manner === verb))
      .map(({ id }) => id)
    assert.deepEqual(found, expected.split(/\s+/), verb)
  }
})

test('every modality is explained once, and 说明 names nobody', () => {
  const used = new Set(duties.map((one) => one.modality))
  assert.deepEqual(new Set(regulation.modalities.map(({ key }) => key)), used)
  assert.deepEqual(repeated(regulation.modalities.map(({ key }) => key)), [])
  for (const one of duties.filter(({ modality }) => modality === '说明')) {
    assert.deepEqual(one.who, [], one.id)
  }
})

test('the draft is a draft: no date of force', () => {
  assert.equal(regulation.status, 'draft')
  assert.equal(regulation.inForce, null)
})

test('no duty says what another one says already', () => {
  const places = (one: Duty) => `${one.who.join()}|${one.toward?.join() ?? ''}|${one.zh}`
  assert.deepEqual(repeated(duties.map(places)), [])
})

test('whoever a duty names is known, and whoever is known is named', () => {
  const known = [...authorities, ...actors].map(({ id }) => id)
  assert.deepEqual(repeated(known), [])
  const named = new Set(
    duties.flatMap((one) => [...one.who, ...(one.with ?? []), ...(one.toward ?? [])]),
  )
  assert.deepEqual(
    [...named].filter((id) => !known.includes(id)),
    [],
  )
  assert.deepEqual(
    known.filter((id) => !named.has(id)),
    [],
  )
  for (const { id, members } of authorities) {
    for (const member of members ?? []) assert.ok(known.includes(member), `${id} has ${member}`)
  }
})

test('competences cite exactly the duties that name the authority', () => {
  for (const { id, competences } of authorities) {
    const cited = competences.flatMap((one) => one.duties)
    const naming = duties.filter((one) =>
      [
        ...one.who,
        ...(one.with ?? []),
        ...(id === 'federation' ? (one.toward ?? []) : []),
      ].includes(id),
    )
    assert.deepEqual(repeated(cited), [], id)
    assert.deepEqual(new Set(cited), new Set(naming.map((one) => one.id)), id)
  }
})

test('every place that a duty names is in regions.yaml', () => {
  const places = new Set([
    ...regions.groups.map(({ id }) => id),
    ...regions.zones.map(({ id }) => id),
    ...regions.cities.map(({ code }) => code),
  ])
  for (const one of duties) {
    for (const place of one.where ?? []) assert.ok(places.has(place), `${one.id}: ${place}`)
  }
})

test('21 cities with the codes of GB/T 2260, 122 county-level units below them', () => {
  const prefixes = '01 02 03 04 05 06 07 08 09 12 13 14 15 16 17 18 19 20 51 52 53'.split(' ')
  assert.deepEqual(
    regions.cities.map(({ code }) => code),
    prefixes.map((prefix) => `44${prefix}00`),
  )
  const counties = regions.cities.flatMap((city) => city.counties)
  assert.equal(counties.length, 122)
  assert.deepEqual(repeated(counties.map(({ code }) => code)), [])
  for (const { code, name, counties: own } of regions.cities) {
    assert.equal(own.length === 0, ['东莞市', '中山市'].includes(name.zh), name.zh)
    for (const county of own) {
      assert.equal(county.code.slice(0, 4), code.slice(0, 4))
      assert.match(county.name.zh, /[区县市]$/)
    }
  }
})

test('regions: 9 cities in the delta, 4 east, 3 west, 5 north; zones lie in a city', () => {
  const size = (group: string) => regions.cities.filter((city) => city.group === group).length
  assert.deepEqual(
    regions.groups.map(({ id }) => [id, size(id)]),
    [
      ['prd', 9],
      ['east', 4],
      ['west', 3],
      ['north', 5],
    ],
  )
  for (const { id, city } of regions.zones) {
    assert.ok(
      regions.cities.some(({ code }) => code === city),
      id,
    )
  }
})

test('parameter ids are unique, and none of ours calls itself official', () => {
  assert.deepEqual(repeated(parameters.map(({ id }) => id)), [])
  for (const { id, values } of parameters) {
    for (const { certainty } of values) assert.notEqual(certainty, 'official', id)
  }
})

test('each voucher kind of the province is complete, and every number of it an example', () => {
  for (const kind of ['compute', 'model', 'corpus']) {
    for (const what of ['pool', 'validity']) {
      const found = parameters.find(({ id }) => id === `voucher.guangdong.${kind}.${what}`)
      assert.ok(found, `${kind} ${what}`)
      assert.ok(found.values.every(({ certainty }) => certainty === 'example'))
    }
  }
})

test('the calendars give 248 working days in 2025 and 2026', () => {
  for (const name of folder('calendars')) {
    const { year, holidays, workdays } = parseCalendar(read(name), name)
    assert.ok(name.endsWith(`/${year}.yaml`))
    let working = 0
    for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 86_400_000) {
      const day = new Date(at).toISOString().slice(0, 10)
      const weekend = [0, 6].includes(new Date(at).getUTCDay())
      const off = holidays.some(({ from, through }) => from <= day && day <= through)
      if ((!weekend && !off) || workdays.includes(day)) working++
    }
    assert.equal(working, 248, `${year}`)
  }
})
