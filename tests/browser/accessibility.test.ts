// What visitors and officials see is accessible; and no address of the router is forgotten.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { lookAtPagesOf } from './accessibility.ts'
import { PAGES } from './pages.ts'

test('every address of the router is among the pages that are looked at', () => {
  const router = readFileSync(new URL('../../web/router.tsx', import.meta.url), 'utf8')
  const ofRoot = /(?:\bat|withQuery)\(\s*'([^']+)'|=> root,\s+path: '([^']+)'/g
  const ofWorkbench = /inWorkbench\('([^']+)'|=> workbench,\s+path: '([^']+)'/g
  const found = (pattern: RegExp) =>
    [...router.matchAll(pattern)].map(([, first, second]) => first ?? second!)
  const paths = [
    ...found(ofRoot),
    ...found(ofWorkbench).map((path) => (path === '/' ? '/workbench' : `/workbench${path}`)),
  ]
  assert.ok(paths.length > 30, 'the routes were found')
  const seen = new Set(PAGES.map(({ route }) => route))
  assert.deepEqual(
    paths.filter((path) => !seen.has(path)),
    [],
  )
})

const accounts = [...new Set(PAGES.map((page) => page.as))]
lookAtPagesOf(accounts.filter((account) => account !== 'founder'))
