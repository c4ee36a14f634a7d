// The portal's files: built when their sources changed, compressed once, served with long caching.
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { problem } from './errors.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'web/dist')
const STAMP = '.sources'
const compressible = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest'])

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** A digest of everything that the portal is made from. */
function sourcesDigest(): string {
  const sources = [
    ...filesBelow(join(root, 'web')).filter((path) => !path.startsWith(dist)),
    ...filesBelow(join(root, 'engines')).filter((path) => !path.endsWith('.test.ts')),
    ...filesBelow(join(root, 'services')).filter((path) => path.endsWith('contract.ts')),
    join(root, 'package-lock.json'),
  ]
  const hash = createHash('sha256')
  for (const path of sources) hash.update(path.slice(root.length)).update(readFileSync(path))
  return hash.digest('hex')
}

async function compressAll(folder: string): Promise<void> {
  const brotli = promisify(brotliCompress)
  const zip = promisify(gzip)
  for (const path of filesBelow(folder)) {
    if (!compressible.has(extname(path)) || statSync(path).size < 512) continue
    const content = readFileSync(path)
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
    writeFileSync(`${path}.br`, await brotli(content, { params }))
    writeFileSync(`${path}.gz`, await zip(content, { level: 9 }))
  }
}

/**
 * Builds the portal unless web/dist was made from these very sources; returns whether it built.
 * It is built aside and moved in whole, so that nobody is ever served half of it.
 */
export async function buildPortal(): Promise<boolean> {
  const digest = sourcesDigest()
  const isBuilt = () =>
    existsSync(join(dist, STAMP)) && readFileSync(join(dist, STAMP), 'utf8') === digest
  if (isBuilt()) return false
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const aside = mkdtempSync(join(cache, 'portal-'))
  try {
    const { build } = await import('vite')
    await build({
      configFile: join(root, 'web/vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: aside, emptyOutDir: true },
    })
    await compressAll(aside)
    writeFileSync(join(aside, STAMP), digest)
    if (existsSync(dist)) renameSync(dist, join(aside, 'old'))
    renameSync(aside, dist)
    return true
  } catch (error) {
    // Another process may have built the same meanwhile.
    if (isBuilt()) return false
    throw error
  } finally {
    rmSync(aside, { recursive: true, force: true })
    rmSync(join(dist, 'old'), { recursive: true, force: true })
  }
}

/** Serves the portal; any other path below / is a page of it, except below /api. */
export async function servePortal(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: dist,
    preCompressed: true,
    index: 'index.html',
    cacheControl: false,
    setHeaders: (reply, path) => {
      const hashed = path.includes('/assets/')
      const caching = hashed ? 'public, max-age=31536000, immutable' : 'no-cache'
      reply.header('cache-control', caching)
    },
  })
  app.setNotFoundHandler((request, reply) => {
    const reads = request.method === 'GET' || request.method === 'HEAD'
    const page = reads && !request.url.startsWith('/api')
    const wantsFile = extname(new URL(request.url, 'http://portal').pathname) !== ''
    if (page && !wantsFile) return reply.sendFile('index.html')
    throw problem('request.not-found')
  })
}
