// Archives that somebody sent: honest ones arrive whole, all others are refused and leave nothing.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { createGzip, gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { ExecutorRefused } from '#services/compute/ports.ts'
import { type TarPart, tarBlocks, tarGz } from '../../tests/tar-gz.ts'
import { type Bounds, unpack } from './archive.ts'

const limits: Bounds = { entries: 1_000, bytes: 1024 * 1024 }

function emptyFolder(t: TestContext): string {
  const place = mkdtempSync(join(tmpdir(), 'kapok-archive-'))
  t.after(() => rmSync(place, { recursive: true }))
  mkdirSync(join(place, 'inside'))
  return join(place, 'inside')
}

const stream = (bytes: Buffer) => async () => Readable.from([bytes])
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'taken',
    (error: unknown) => {
      assert.ok(error instanceof ExecutorRefused, String(error))
      return error.code
    },
  )

/** Refused, and nothing was written, inside or outside. */
async function refused(t: TestContext, bytes: Buffer, code: string, bounds = limits) {
  const folder = emptyFolder(t)
  assert.equal(await codeOf(unpack(stream(bytes), folder, bounds)), code)
  assert.deepEqual(readdirSync(join(folder, '..'), { recursive: true }), ['inside'])
}

test('what tar itself packs arrives whole, long names included', async (t) => {
  const folder = emptyFolder(t)
  for (const format of ['ustar', 'pax', 'gnu', 'v7']) {
    const [from, to] = [join(folder, `${format}-from`), join(folder, `${format}-to`)]
    const long =
      format === 'ustar' || format === 'v7' ? 'short' : `${'d'.repeat(90)}/${'f'.repeat(120)}`
    execFileSync('sh', [
      '-c',
      'mkdir -p "$1/$(dirname "$2")" "$1/中文" && echo long > "$1/$2" && echo x > "$1/中文/文件" && : > "$1/empty" && head -c 70000 /dev/urandom > "$1/big" && printf "#!" > "$1/run" && chmod 755 "$1/run" && mkdir "$3"',
      'sh',
      from,
      long,
      to,
    ])
    const bytes = execFileSync('tar', ['-C', from, `--format=${format}`, '-cz', '.'])
    const size = await unpack(stream(bytes), to, limits)
    assert.ok(size.entries >= 6 && size.bytes > 70_000, JSON.stringify(size))
    execFileSync('diff', ['-r', from, to])
    assert.equal(statSync(join(to, 'run')).mode & 0o777, 0o755)
    assert.equal(statSync(join(to, 'big')).mode & 0o777, 0o644)
  }
})

test('paths that leave the folder, and what is no file', async (t) => {
  const cases: [string, TarPart][] = [
    ['archive-path', { path: '../x' }],
    ['archive-path', { path: 'a/../../x' }],
    ['archive-path', { path: '/x' }],
    ['archive-path', { path: 'a\\..\\x' }],
    ['archive-path', { path: `${'a/'.repeat(40)}x` }],
    ['archive-link', { path: 'x', type: '1', link: 'y' }],
    ['archive-link', { path: 'x', type: '2', link: '/etc' }],
    ['archive-link', { path: 'x', type: '3' }],
    ['archive-link', { path: 'x', type: '4' }],
    ['archive-link', { path: 'x', type: '6' }],
    ['archive-link', { path: 'x', type: 'S' }],
  ]
  for (const [code, part] of cases) {
    await refused(t, tarGz([{ path: 'good', content: 'x' }, part]), code)
  }
})

test('names by extension are checked like others', async (t) => {
  const record = (key: string, value: string) => {
    const rest = ` ${key}=${value}\n`
    const length = rest.length + String(rest.length + 2).length
    return `${length}${rest}`
  }
  const pax = (content: string): TarPart => ({ path: 'pax', type: 'x', content })
  const file: TarPart = { path: 'good', content: 'x' }
  await refused(t, tarGz([pax(record('path', '../../x')), file]), 'archive-path')
  await refused(t, tarGz([{ path: '', type: 'L', content: '/etc/x\0' }, file]), 'archive-path')
  await refused(t, tarGz([pax(record('size', '99999999')), file]), 'archive-bytes')
  await refused(t, tarGz([pax(record('GNU.sparse.major', '1')), file]), 'archive-format')
  await refused(t, tarGz([pax('5 a=b\n'), file]), 'archive-format')
  await refused(t, tarGz([{ path: 'pax', type: 'x', stated: 1e9 }]), 'archive-format')
})

test('a file where a folder is to be, and a file named twice', async (t) => {
  for (const parts of [
    [{ path: 'a' }, { path: 'a/b' }],
    [{ path: 'a' }, { path: 'a', type: '5' }],
    [{ path: 'a' }, { path: './a' }],
    [{ path: 'a/b' }, { path: 'a' }],
  ] as TarPart[][]) {
    assert.equal(await codeOf(unpack(stream(tarGz(parts)), emptyFolder(t), limits)), 'archive-path')
  }
})

test('what is no archive, or only a part of one', async (t) => {
  const whole = tarGz([{ path: 'a', content: 'x'.repeat(5_000) }])
  const plain = gunzipSync(whole)
  const spoilt = Buffer.from(plain)
  spoilt[3] = 65
  for (const bytes of [
    Buffer.from(''),
    Buffer.from('PK\x03\x04 not this kind'),
    plain,
    whole.subarray(0, whole.length - 20),
    gzipSync(plain.subarray(0, 3_000)),
    gzipSync(plain.subarray(0, 512 * 11)),
    gzipSync(spoilt),
    gzipSync(Buffer.alloc(0)),
  ]) {
    await refused(t, bytes, 'archive-format')
  }
})

test('10 million entries are refused quickly', async (t) => {
  const folder = emptyFolder(t)
  const entry = tarBlocks({ path: 'f' })
  const many = Buffer.concat(Array.from({ length: 2_000 }, () => entry))
  let sent = 0
  function* entries() {
    for (; sent < 10_000_000; sent += 2_000) yield many
  }
  const open = async () => Readable.from(entries()).pipe(createGzip({ level: 1 }))
  const code = await codeOf(unpack(open, folder, { entries: 100_000, bytes: 1e9 }))
  assert.equal(code, 'archive-entries')
  assert.ok(sent < 200_000, `${sent} were read`)
  assert.deepEqual(readdirSync(folder), [])
})

test('a compression bomb stops at the limit of bytes', async (t) => {
  const zeros = Buffer.alloc(4 * 1024 * 1024)
  await refused(t, tarGz([{ path: 'bomb', content: zeros }]), 'archive-bytes')
  // It says that it is short, and goes on all the same.
  const lying = tarBlocks({ path: 'a', content: 'x' })
  const endless = gzipSync(Buffer.concat([lying, ...Array.from({ length: 3 }, () => zeros)]))
  assert.equal(await codeOf(unpack(stream(endless), emptyFolder(t), limits)), 'taken')
  const extensions = Array.from({ length: 200 }, (): TarPart => {
    return { path: 'pax', type: 'g', content: ' '.repeat(60_000) }
  })
  await refused(t, tarGz(extensions), 'archive-bytes')
})

test('a folder is counted even where the archive does not name it', async (t) => {
  const parts = Array.from({ length: 20 }, (_, n) => ({ path: `${n}/a/b/c/d/file` }))
  const bounds = { entries: 30, bytes: 1_000 }
  assert.equal(
    await codeOf(unpack(stream(tarGz(parts)), emptyFolder(t), bounds)),
    'archive-entries',
  )
})

test('whatever the bytes are, nothing is written outside and nothing else is thrown', async (t) => {
  const base = gunzipSync(
    tarGz([
      { path: 'dir', type: '5' },
      { path: 'dir/file', content: 'x'.repeat(700) },
      { path: 'pax', type: 'x', content: '15 path=dir/ab\n' },
      { path: 'y', content: 'yy' },
    ]),
  )
  const change = fc.tuple(fc.nat(base.length - 1), fc.nat(255))
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 6 }), fc.boolean(), async (changes, mend) => {
      const bytes = Buffer.from(base)
      for (const [at, value] of changes) bytes[at] = value
      if (mend) mendChecksums(bytes)
      const folder = emptyFolder(t)
      await codeOf(unpack(stream(gzipSync(bytes)), folder, limits))
      assert.deepEqual(readdirSync(join(folder, '..')), ['inside'])
    }),
    { numRuns: 150 },
  )
})

/** So that the changed headers themselves are read. */
function mendChecksums(bytes: Buffer): void {
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    const header = bytes.subarray(at, at + 512)
    if (header.toString('latin1', 257, 262) !== 'ustar') continue
    header.fill(32, 148, 156)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0`, 148, 'latin1')
  }
}
