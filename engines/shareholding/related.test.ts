// The related-party test against a brute-force oracle, and the cases that people try.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Holding, type Organisation, type OwnershipGraph, relation } from './related.ts'

const organisation = (id: string, more: Partial<Organisation> = {}): Organisation => ({
  id,
  representative: `${id}-rep`,
  controller: null,
  hasShares: true,
  ...more,
})
const holds = (holder: string, organisation: string, basisPoints: number): Holding => ({
  holder,
  organisation,
  basisPoints,
})
const THRESHOLD = 2_500

test('a three-level chain relates, and the chain is the reason', () => {
  const graph = {
    organisations: ['a', 'b', 'c', 'd'].map((id) => organisation(id)),
    holdings: [
      holds('a', 'b', 8_000),
      holds('p', 'b', 2_000),
      holds('b', 'c', 7_500),
      holds('q', 'c', 2_500),
      holds('c', 'd', 7_000),
      holds('r', 'd', 3_000),
      holds('s', 'a', 10_000),
    ],
  }
  const found = relation(graph, 'd', 'a', THRESHOLD)
  assert.equal(found.verdict, 'related')
  assert.ok(found.verdict === 'related')
  assert.equal(found.ground, 'shareholding')
  assert.deepEqual(
    found.chain.map(({ from, to, basisPoints }) => [from, to, basisPoints]),
    [
      ['a', 'b', 8_000],
      ['b', 'c', 7_500],
      ['c', 'd', 7_000],
    ],
  )
  // 0.8 x 0.75 x 0.7 = 0.42: related up to 4,200 bp, and at 4,201 not by this chain.
  assert.equal(relation(graph, 'a', 'd', 4_200).verdict, 'related')
  assert.equal(relation(graph, 'a', 'd', 4_201).verdict, 'unrelated')
})

test('two chains below the line add up', () => {
  const graph = {
    organisations: ['a', 'x', 'y', 'b'].map((id) => organisation(id)),
    holdings: [
      holds('a', 'x', 10_000),
      holds('a', 'y', 10_000),
      holds('x', 'b', 1_300),
      holds('y', 'b', 1_300),
      holds('p', 'b', 7_400),
      holds('q', 'a', 10_000),
    ],
  }
  assert.equal(relation(graph, 'a', 'b', THRESHOLD).verdict, 'related')
  assert.equal(relation(graph, 'a', 'b', 2_601).verdict, 'unrelated')
})

test('the same representative or controller relates without any share', () => {
  const graph = {
    organisations: [
      organisation('a', { representative: 'p' }),
      organisation('b', { controller: 'p' }),
    ],
    holdings: [holds('q', 'a', 10_000), holds('r', 'b', 10_000)],
  }
  const found = relation(graph, 'a', 'b', THRESHOLD)
  assert.ok(found.verdict === 'related')
  assert.equal(found.ground, 'same-person')
  assert.deepEqual(
    found.chain.map(({ from, to, by }) => [from, to, by]),
    [
      ['p', 'a', 'representative'],
      ['p', 'b', 'controller'],
    ],
  )
  assert.equal(relation(graph, 'p', 'b', THRESHOLD).verdict, 'related')
})

test('two firms of one holder are related; the reason shows both chains', () => {
  const graph = {
    organisations: [organisation('a'), organisation('b')],
    holdings: [
      holds('p', 'a', 5_100),
      holds('q', 'a', 4_900),
      holds('p', 'b', 6_000),
      holds('r', 'b', 4_000),
    ],
  }
  const found = relation(graph, 'a', 'b', THRESHOLD)
  assert.ok(found.verdict === 'related')
  assert.equal(found.ground, 'common-holder')
  assert.equal(found.chain.length, 2)
})

test('unknown ownership is undecided and names whose; a small unknown rest changes nothing', () => {
  const graph = (shown: number): OwnershipGraph => ({
    organisations: [organisation('a'), organisation('b')],
    holdings: [holds('p', 'a', 10_000), holds('q', 'b', shown)],
  })
  const found = relation(graph(5_000), 'a', 'b', THRESHOLD)
  assert.deepEqual(found, { verdict: 'undecided', missing: ['b'] })
  assert.equal(relation(graph(7_501), 'a', 'b', THRESHOLD).verdict, 'unrelated')
  assert.equal(relation(graph(7_500), 'a', 'b', THRESHOLD).verdict, 'undecided')
  const unnamed = {
    organisations: [organisation('a', { representative: null }), organisation('b')],
    holdings: [holds('p', 'a', 10_000), holds('q', 'b', 10_000)],
  }
  assert.deepEqual(relation(unnamed, 'a', 'b', THRESHOLD), {
    verdict: 'undecided',
    missing: ['a'],
  })
})

test('a university has no shares and nothing is missing', () => {
  const graph = {
    organisations: [organisation('u', { hasShares: false }), organisation('b')],
    holdings: [holds('q', 'b', 10_000)],
  }
  assert.equal(relation(graph, 'u', 'b', THRESHOLD).verdict, 'unrelated')
})

test('cross-holdings end, and a web too large to walk is undecided, not endless', () => {
  const ring = {
    organisations: ['a', 'b', 'c'].map((id) => organisation(id)),
    holdings: [holds('a', 'b', 10_000), holds('b', 'c', 10_000), holds('c', 'a', 10_000)],
  }
  assert.equal(relation(ring, 'a', 'c', THRESHOLD).verdict, 'related')
  const ids = Array.from({ length: 40 }, (_, i) => `o${i}`)
  const web = {
    organisations: [...ids, 'z'].map((id) => organisation(id)),
    holdings: [
      ...ids.flatMap((to) => ids.filter((id) => id !== to).map((from) => holds(from, to, 200))),
      holds('p', 'z', 10_000),
    ],
  }
  const started = performance.now()
  assert.equal(relation(web, 'o0', 'z', THRESHOLD).verdict, 'undecided')
  assert.ok(performance.now() - started < 5_000)
})

/** All that `holder` has in `party`, by trying every sequence of parties between them. */
function shareByBruteForce(graph: OwnershipGraph, holder: string, party: string): number {
  if (holder === party) return 1
  const ids = graph.organisations.map(({ id }) => id)
  const between = ids.filter((id) => id !== holder && id !== party)
  const weight = (from: string, to: string): number => {
    const organisation = graph.organisations.find(({ id }) => id === to)
    if (organisation?.controller === from) return 1
    const held = graph.holdings.filter((h) => h.holder === from && h.organisation === to)
    return held.reduce((sum, { basisPoints }) => sum + basisPoints, 0) / 10_000
  }
  const sequences = (rest: string[]): string[][] => [
    [],
    ...rest.flatMap((id) =>
      sequences(rest.filter((one) => one !== id)).map((more) => [id, ...more]),
    ),
  ]
  return sequences(between)
    .map((path) => [holder, ...path, party])
    .map((path) => path.slice(1).reduce((share, to, i) => share * weight(path[i]!, to), 1))
    .reduce((sum, share) => sum + share, 0)
}

const organisationIds = ['a', 'b', 'c', 'd']
const everyone = [...organisationIds, 'p', 'q']
const graphs = fc
  .record({
    controllers: fc.array(fc.option(fc.constantFrom('p', 'q', 'c', 'd')), {
      minLength: 4,
      maxLength: 4,
    }),
    shares: fc.array(
      fc.record({
        holder: fc.constantFrom(...everyone),
        organisation: fc.constantFrom(...organisationIds),
        basisPoints: fc.integer({ min: 1, max: 3_300 }),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ controllers, shares }): OwnershipGraph => {
    const once = new Map(shares.map((one) => [`${one.holder}${one.organisation}`, one]))
    return {
      organisations: organisationIds.map((id, i) =>
        organisation(id, {
          hasShares: false,
          controller: controllers[i] === id ? null : (controllers[i] ?? null),
        }),
      ),
      holdings: [...once.values()].filter((one) => one.holder !== one.organisation),
    }
  })

test('property: the verdict is that of brute force over all chains', () => {
  fc.assert(
    fc.property(graphs, fc.integer({ min: 1, max: 10_000 }), (graph, threshold) => {
      const line = threshold / 10_000
      const [a, b] = graph.organisations as [Organisation, Organisation]
      const shares = everyone.map((id) => [
        shareByBruteForce(graph, id, 'a'),
        shareByBruteForce(graph, id, 'b'),
      ])
      // Floating point stands in for exact fractions: keep away from the line itself.
      fc.pre(shares.flat().every((share) => Math.abs(share - line) > 1e-9))
      const samePerson = a.controller !== null && a.controller === b.controller
      const expected = samePerson || shares.some(([x, y]) => x! >= line && y! >= line)
      assert.equal(relation(graph, 'a', 'b', threshold).verdict, expected ? 'related' : 'unrelated')
    }),
    { numRuns: 500 },
  )
})

test('property: the order of the parties does not matter, and a chain names real links', () => {
  fc.assert(
    fc.property(graphs, fc.integer({ min: 1, max: 10_000 }), (graph, threshold) => {
      const found = relation(graph, 'a', 'b', threshold)
      assert.equal(relation(graph, 'b', 'a', threshold).verdict, found.verdict)
      if (found.verdict !== 'related') return
      for (const { from, to, by, basisPoints } of found.chain) {
        const real =
          by === 'shares'
            ? graph.holdings.some(
                (one) =>
                  one.holder === from && one.organisation === to && one.basisPoints === basisPoints,
              )
            : graph.organisations.some((one) => one.id === to && one[by] === from)
        assert.ok(real, `${from} ${by} ${to}`)
      }
    }),
  )
})

test('property: what becomes known later never overturns a verdict', () => {
  const open = graphs.map((graph) => ({
    ...graph,
    organisations: graph.organisations.map((one) => ({
      ...one,
      hasShares: true,
      controller: null,
    })),
  }))
  const more = fc.array(
    fc.record({
      holder: fc.constantFrom('p', 'q', 'new'),
      organisation: fc.constantFrom(...organisationIds),
      basisPoints: fc.integer({ min: 1, max: 10_000 }),
    }),
    { maxLength: 4 },
  )
  fc.assert(
    fc.property(open, more, (graph, revealed) => {
      const known = { ...graph, holdings: [...graph.holdings] }
      for (const one of revealed) {
        const shown = known.holdings
          .filter(({ organisation }) => organisation === one.organisation)
          .reduce((sum, { basisPoints }) => sum + basisPoints, 0)
        const basisPoints = Math.min(one.basisPoints, 10_000 - shown)
        if (basisPoints > 0) known.holdings.push({ ...one, basisPoints })
      }
      const before = relation(graph, 'a', 'b', THRESHOLD).verdict
      const after = relation(known, 'a', 'b', THRESHOLD).verdict
      if (before !== 'undecided') assert.equal(after, before)
    }),
    { numRuns: 1_000 },
  )
})
