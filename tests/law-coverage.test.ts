// A duty that is called served has a service that main joins, a test that names it, and facts really appended.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Serves } from '#platform/service.ts'
import { dutiesOf, readLaw } from '#services/regulation/law.ts'

const root = join(import.meta.dirname, '..')
const areas = [
  'law',
  'engines',
  'services',
  'adapters',
  'platform',
  'commands',
  'bench',
  'web',
  'tests',
]

interface Claim {
  service: string
  serves: readonly Serves[]
}

interface Evidence {
  /** Ids of duties that ask something of somebody. */
  duties: ReadonlySet<string>
  /** Titles of tests that run. */
  titles: readonly string[]
  /** Service -> its code and SQL, without tests and without the index.ts that makes the claim. */
  sources: ReadonlyMap<string, string>
  /** Services that the composition root joins. */
  joined: ReadonlySet<string>
}

/** Everything that is wrong with the claims; empty when each is borne out. */
function faults(claims: readonly Claim[], { duties, titles, sources, joined }: Evidence): string[] {
  const found: string[] = []
  const named = new Set(titles.flatMap((title) => title.match(/(?<=\[)\d+\.\d+\.\d+(?=\])/g) ?? []))
  for (const id of named) if (!duties.has(id)) found.push(`a test names [${id}], which is no duty`)
  for (const { service, serves } of claims) {
    if (serves.length > 0 && !joined.has(service)) found.push(`${service} is not joined by main`)
    for (const { duty, facts } of serves) {
      if (!duties.has(duty)) found.push(`${service} serves ${duty}, which is no duty`)
      else if (!named.has(duty)) found.push(`no test names [${duty}], served by ${service}`)
      if (facts.length === 0) found.push(`${service} names no fact that shows the use of ${duty}`)
      for (const kind of facts) {
        // In SQL the service's name is put before the kind of entry.
        const [owner, name] = kind.split('.') as [string, string]
        const written = [`'${kind}'`, `'${name}'`].some((text) =>
          sources.get(owner)?.includes(text),
        )
        if (!written) found.push(`${service}: nothing appends ${kind}`)
      }
    }
  }
  return found
}

function filesUnder(folder: string, ending: RegExp): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/node_modules/') && !path.includes('/dist/'))
}

/** Titles of the tests in a text; skipped ones and those in comments do not count. */
function titlesIn(text: string): string[] {
  const calls = text.matchAll(
    /^[ \t]*(?:await )?(?:\w+\.)?(?:test|it|describe)\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gm,
  )
  return [...calls].map(([, , title]) => title!)
}

async function claimOf(service: string): Promise<Claim> {
  const front = (await import(join(root, 'services', service, 'index.ts'))) as {
    serves?: readonly Serves[]
  }
  assert.ok(Array.isArray(front.serves), `services/${service}/index.ts exports serves`)
  return { service, serves: front.serves! }
}

function sourceOf(service: string): string {
  return filesUnder(`services/${service}`, /\.(ts|sql)$/)
    .filter((path) => !path.endsWith('.test.ts') && !path.endsWith(`/${service}/index.ts`))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
}

test('whatever is called served is joined, tested and leaves facts', async () => {
  const services = readdirSync(join(root, 'services'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  const composition = ['main.ts', 'services.ts']
    .filter((name) => existsSync(join(root, name)))
    .map((name) => readFileSync(join(root, name), 'utf8'))
    .join('\n')
  const law = readLaw()
  const wrong = faults(await Promise.all(services.map(claimOf)), {
    duties: new Set(
      dutiesOf(law)
        .filter(({ modality }) => modality !== '说明')
        .map(({ id }) => id),
    ),
    titles: areas
      .flatMap((area) => filesUnder(area, /\.test\.tsx?$/))
      .flatMap((path) => titlesIn(readFileSync(path, 'utf8'))),
    sources: new Map(services.map((service) => [service, sourceOf(service)])),
    joined: new Set(services.filter((name) => composition.includes(`services/${name}/index.ts`))),
  })
  assert.deepEqual(wrong, [])
})

const good: Evidence = {
  duties: new Set(['7.3.4', '7.3.1']),
  titles: ['[7.3.4] a small firm pays less'],
  sources: new Map([['ledger', "await ctx.append({ kind: 'ledger.captured' })"]]),
  joined: new Set(['ledger']),
}
const claim = (duty: string, ...facts: string[]): Claim[] => [
  { service: 'ledger', serves: [{ duty, facts }] },
]

test('the check accepts a claim that is borne out, and a service that claims nothing', () => {
  assert.deepEqual(faults(claim('7.3.4', 'ledger.captured'), good), [])
  assert.deepEqual(faults([{ service: 'files', serves: [] }], good), [])
})

test('the check finds each way in which a claim can be empty', () => {
  const sound = claim('7.3.4', 'ledger.captured')
  const cases: [readonly Claim[], Evidence, RegExp][] = [
    [claim('7.3.9', 'ledger.captured'), good, /serves 7\.3\.9, which is no duty/],
    [claim('7.3.1', 'ledger.captured'), good, /no test names \[7\.3\.1\]/],
    [claim('7.3.4'), good, /names no fact/],
    [claim('7.3.4', 'ledger.moved'), good, /nothing appends ledger\.moved/],
    [claim('7.3.4', 'compute.started'), good, /nothing appends compute\.started/],
    [sound, { ...good, joined: new Set() }, /ledger is not joined by main/],
    [sound, { ...good, titles: ['a test of 7.3.4'] }, /no test names \[7\.3\.4\]/],
    [sound, { ...good, titles: [...good.titles, '[9.9.9] x'] }, /a test names \[9\.9\.9\]/],
  ]
  for (const [claims, evidence, why] of cases) {
    const found = faults(claims, evidence)
    assert.equal(found.length, 1, `${why}: ${found}`)
    assert.match(found[0]!, why)
  }
})

test('a title counts only where a test really runs', () => {
  const text = [
    "test('[7.3.4] one', () => {})",
    "  await t.test('[7.3.1] two', () => {})",
    'it(`[8.1.1][8.1.2] three`, () => {})',
    "// test('[1.1.1] in a comment', () => {})",
    "test.skip('[2.2.2] skipped', () => {})",
    "test.todo('[3.3.3] for later')",
    'const title = "test(\'[4.4.4] in a string\')"',
  ].join('\n')
  assert.deepEqual(titlesIn(text), ['[7.3.4] one', '[7.3.1] two', '[8.1.1][8.1.2] three'])
})
