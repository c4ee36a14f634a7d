// The rule of who may import what, the layers of services, and the house's measures of a file.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')
const folders = [
  'law',
  'engines',
  'services',
  'adapters',
  'platform',
  'commands',
  'bench',
  'web',
  'examples',
  'tests',
]

/** Services by layer, lowest first; a service calls only services of lower layers. */
const layers = [
  ['identity', 'files', 'notices', 'search', 'rulebook', 'ledger', 'capacity', 'registers'],
  ['cases'],
  ['compute', 'data', 'models', 'evaluation', 'facilities', 'scenarios', 'governance'],
  ['market', 'gateway', 'agents', 'statistics'],
  ['regulation'],
].flatMap((names, height) => names.map((name, nth) => ({ name, rank: height * 100 + nth })))

const rankOf = (service: string) => layers.find((layer) => layer.name === service)?.rank ?? -1

interface Import {
  from: string
  to: string
  text: string
}

function sourceFiles(): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
        .map((entry) => relative(root, join(entry.parentPath, entry.name))),
    )
    .filter((path) => !path.includes('node_modules') && !path.startsWith('web/dist'))
    .concat('main.ts')
}

function importsOf(path: string): Import[] {
  const text = readFileSync(join(root, path), 'utf8')
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)
  return [...found].map(([, specifier]) => {
    const to = specifier!.startsWith('.')
      ? relative(root, resolve(root, dirname(path), specifier!))
      : specifier!.replace(/^#/, '')
    return { from: path, to, text: specifier! }
  })
}

const isOurs = (path: string) =>
  folders.some((folder) => path.startsWith(`${folder}/`)) || path === 'main.ts'
const isTest = (path: string) => /\.test\.ts$|(^|\/)test-[^/]+\.ts$/.test(path)
const area = (path: string) => path.split('/')[0]!
const serviceOf = (path: string) => (area(path) === 'services' ? path.split('/')[1]! : null)

/** Why an import breaks the rule, or null. */
function violation({ from, to, text }: Import): string | null {
  const here = area(from)
  if (here === 'engines' && /^node:/.test(text)) return 'engines are pure: nothing from node:'
  if (here === 'examples') {
    const own = to.startsWith(`${dirname(from)}/`) || /^node:/.test(text)
    return own ? null : 'an example stands alone: its own folder and node: only'
  }
  if (!isOurs(to)) return null
  const there = area(to)
  if (there === here && here !== 'services') return null
  if (['main.ts', 'commands', 'bench', 'tests'].includes(here)) return null
  if (here === 'web') {
    const contract = /^services\/[^/]+\/contract\.ts$/.test(to)
    return contract || there === 'engines' ? null : 'web sees contracts and engines only'
  }
  if (here === 'adapters') {
    const port = /^services\/[^/]+\/ports\.ts$/.test(to)
    return port || there === 'platform' ? null : 'adapters see ports and platform only'
  }
  if (here === 'platform') return there === 'engines' ? null : 'platform sees engines only'
  if (here === 'engines')
    return to === 'law/schema.ts' ? null : 'engines see engines and law/schema.ts'
  if (here === 'law') return 'law sees nothing'
  if (here === 'services') {
    if (there !== 'services') {
      return ['engines', 'law', 'platform'].includes(there) ? null : `services do not see ${there}`
    }
    const [mine, theirs] = [serviceOf(from)!, serviceOf(to)!]
    if (mine === theirs) return null
    if (!/^services\/[^/]+\/index\.ts$/.test(to)) return 'another service only through its index.ts'
    return rankOf(theirs) < rankOf(mine) ? null : `${theirs} is not below ${mine}`
  }
  return `unknown folder ${here}`
}

const files = sourceFiles()

test('who may import what', () => {
  const broken = files
    .filter((path) => !isTest(path))
    .flatMap(importsOf)
    .map((found) => ({ found, why: violation(found) }))
    .filter(({ why }) => why !== null)
    .map(({ found, why }) => `${found.from} -> ${found.text}: ${why}`)
  assert.deepEqual(broken, [])
})

test('the rule itself refuses what it should', () => {
  const refused: [string, string][] = [
    ['engines/ledger/x.ts', 'node:fs'],
    ['engines/ledger/x.ts', 'platform/world.ts'],
    ['platform/world.ts', 'services/ledger/index.ts'],
    ['services/identity/x.ts', 'services/ledger/index.ts'],
    ['services/ledger/x.ts', 'services/identity/store.ts'],
    ['web/page.tsx', 'services/ledger/index.ts'],
    ['adapters/smtp.ts', 'services/notices/index.ts'],
    ['law/schema.ts', 'platform/context.ts'],
    ['examples/one/x.ts', 'examples/other/x.ts'],
    ['examples/one/x.ts', 'zod'],
  ]
  for (const [from, to] of refused) {
    assert.notEqual(violation({ from, to, text: to }), null, `${from} -> ${to}`)
  }
  assert.equal(
    violation({ from: 'services/ledger/x.ts', to: 'services/identity/index.ts', text: '' }),
    null,
  )
})

test('every service has a layer, and the shape of a service', () => {
  for (const name of new Set(files.map(serviceOf).filter((found) => found !== null))) {
    assert.ok(rankOf(name) >= 0, `services/${name} has no layer`)
    for (const file of ['README.md', 'index.ts', 'contract.ts']) {
      assert.ok(
        readdirSync(join(root, 'services', name)).includes(file),
        `services/${name}/${file}`,
      )
    }
  }
})

test('a file says first what it is for, and stays readable', () => {
  const faults = files.flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    const lines = text.split('\n')
    const found: string[] = []
    if (!/^(\/\/|\/\*)/.test(text)) found.push(`${path}: no opening sentence`)
    if (lines.length > 400) found.push(`${path}: ${lines.length} lines`)
    if (
      /\bTODO\b|\bFIXME\b|@ts-ignore|\benum \w+ \{/.test(text) &&
      !path.includes('architecture')
    ) {
      found.push(`${path}: unfinished or not strippable`)
    }
    return found
  })
  assert.deepEqual(faults, [])
})

test('no folder is a drawer for odds and ends', () => {
  const drawers = files.filter((path) => /\/(utils?|helpers?|common|managers?)(\/|\.ts)/.test(path))
  assert.deepEqual(drawers, [])
})
