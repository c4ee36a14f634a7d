// ./kapok doctor: what is missing on this machine, and how to get it.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { lstat, mkdtemp, readFile, rm, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { localExecutor } from '#adapters/local-executor/executor.ts'
import { findRunning } from '#platform/embedded-postgres.ts'
import { nativeFolder } from '#platform/postgres-place.ts'
import { NEEDED_MB } from '#platform/postgres-server.ts'
import type { Settings } from '#platform/settings.ts'
import { StartError } from '#platform/start-error.ts'
import { readFlags } from './flags.ts'

export const summary = {
  zh: '检查本机缺什么、怎么补',
  en: 'Check what this machine lacks and how to get it',
}
export const usage = 'doctor [--port 8460] [--data .kapok]'

const execute = promisify(execFile)
const LEAST_MEMORY_MB = 2_048
const examplesFolder = join(import.meta.dirname, '../examples')

export interface Finding {
  /** 'must' keeps the platform from starting, 'may' costs a feature, the others nothing. */
  level: 'ok' | 'info' | 'may' | 'must'
  zh: string
  en: string
}

const ok = (zh: string, en: string): Finding => ({ level: 'ok', zh, en })
const info = (zh: string, en: string): Finding => ({ level: 'info', zh, en })
const may = (zh: string, en: string): Finding => ({ level: 'may', zh, en })
const must = (zh: string, en: string): Finding => ({ level: 'must', zh, en })

/** The first line that a command prints, or null when it is absent or fails. */
async function say(file: string, ...args: string[]): Promise<string | null> {
  return execute(file, args, { timeout: 10_000 }).then(
    ({ stdout, stderr }) => (stdout || stderr).split('\n')[0]!.trim(),
    () => null,
  )
}

async function checkPrograms(): Promise<Finding[]> {
  const findings = [ok(`Node ${process.version}`, `Node ${process.version}`)]
  const npm = await say('npm', '--version')
  findings.push(
    npm
      ? ok(`npm ${npm}`, `npm ${npm}`)
      : may('没有 npm：升级后无法安装软件包', 'No npm: an upgrade cannot install its packages'),
  )
  const git = await say('git', '--version')
  findings.push(git ? ok(git, git) : may('没有 git：apt install git', 'No git: apt install git'))
  const chromium = process.env.KAPOK_CHROMIUM ?? '/usr/bin/chromium'
  findings.push(
    existsSync(chromium)
      ? ok(`浏览器 ${chromium}`, `Browser ${chromium}`)
      : may(
          '没有 Chromium，只影响测试：apt install chromium',
          'No Chromium, which only tests need: apt install chromium',
        ),
  )
  const fonts = await say('fc-list', ':lang=zh', 'family')
  findings.push(
    fonts
      ? ok('有中文字体', 'Chinese fonts are there')
      : may(
          '没有中文字体，只影响截图：apt install fonts-noto-cjk',
          'No Chinese fonts, which only screenshots need: apt install fonts-noto-cjk',
        ),
  )
  return findings
}

async function checkDatabase({ KAPOK_DATABASE_URL: url }: Settings): Promise<Finding[]> {
  if (url) return [info('使用外部 PostgreSQL', 'Uses an external PostgreSQL')]
  const findings: Finding[] = []
  try {
    const version = await say(join(await nativeFolder(), 'bin/postgres'), '--version')
    findings.push(
      version
        ? ok(`内置 ${version}`, `Embedded ${version}`)
        : must(
            '内置数据库无法运行（需要 glibc 2.27 以上）：请设 KAPOK_DATABASE_URL',
            'The embedded PostgreSQL does not run (it takes glibc 2.27): set KAPOK_DATABASE_URL',
          ),
    )
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    findings.push(must(error.text.zh, error.text.en))
  }
  const root = process.geteuid?.() === 0
  for (const tool of ['setpriv', 'flock', ...(root ? ['unshare'] : [])]) {
    if (await say(tool, '--version')) continue
    const level = root && tool === 'setpriv' ? must : may
    const [zh, en] = [`没有 ${tool}：apt install util-linux`, `No ${tool}: apt install util-linux`]
    findings.push(level(zh, en))
  }
  return findings
}

async function checkMachine({ KAPOK_DATA: data }: Settings): Promise<Finding[]> {
  let there = data
  while (!existsSync(there)) there = dirname(there)
  const { bavail, bsize } = await statfs(there)
  const free = Math.floor((bavail * bsize) / 2 ** 20)
  const memory = Math.floor(totalmem() / 2 ** 20)
  return [
    free >= NEEDED_MB
      ? ok(`磁盘剩余 ${free} MB`, `${free} MB of disk are free`)
      : must(`磁盘只剩 ${free} MB，请先清理`, `Only ${free} MB of disk are free: make room`),
    memory >= LEAST_MEMORY_MB
      ? ok(`内存 ${memory} MB`, `${memory} MB of memory`)
      : may(
          `内存 ${memory} MB，建议至少 ${LEAST_MEMORY_MB} MB`,
          `${memory} MB of memory; ${LEAST_MEMORY_MB} MB are advised`,
        ),
  ]
}

async function checkData(settings: Settings): Promise<Finding[]> {
  const path = settings.KAPOK_DATA
  if (!existsSync(path)) return [info(`数据目录 ${path} 尚未建立`, `Data folder ${path} is new`)]
  const { uid } = await lstat(path)
  const me = process.geteuid?.()
  if (me !== 0 && uid !== me) {
    return [must(`数据目录属于用户 ${uid}`, `The data folder belongs to user ${uid}`)]
  }
  if (!settings.KAPOK_DATABASE_URL && (await findRunning(path))) {
    return [info(`${path} 正在使用中`, `${path} is in use by a running Kapok`)]
  }
  const version = await readFile(join(path, 'postgres/PG_VERSION'), 'utf8').catch(() => '')
  const made = version ? ` (PostgreSQL ${version.trim()})` : ''
  return [ok(`数据目录 ${path}${made}`, `Data folder ${path}${made}`)]
}

async function checkPort({ KAPOK_PORT: port, KAPOK_HOST: host }: Settings): Promise<Finding> {
  const probe = createServer()
  const free = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })
  return free
    ? ok(`端口 ${port} 可用`, `Port ${port} is free`)
    : must(
        `端口 ${port} 不可用，请用 --port 另选`,
        `Port ${port} is not free: choose another with --port`,
      )
}

/** Accelerators are not needed to start; the compute service finds them by the same tools. */
async function checkAccelerators(): Promise<Finding[]> {
  const found: Finding[] = []
  for (const [tool, ...args] of [
    ['nvidia-smi', '-L'],
    ['npu-smi', 'info', '-l'],
  ] as [string, ...string[]][]) {
    const first = await say(tool, ...args)
    if (first) found.push(info(`${tool}：${first}`, `${tool}: ${first}`))
  }
  return found.length > 0 ? found : [info('没有发现加速卡', 'No accelerator was found')]
}

/** Tries what a job gets, with a task of its own in a folder of its own. */
async function checkIsolation(): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), 'kapok-doctor-'))
  try {
    const executor = await localExecutor({ folder, examples: examplesFolder })
    const { isolation } = await executor.discover()
    await executor.endAll()
    const lacks = isolation.missing.length > 0 ? isolation.missing.join(', ') : ''
    if (isolation.level === 'none') {
      return may(
        `作业无法隔离，只能运行自带程序（缺 ${lacks}）：请以 root 启动`,
        `Jobs are not isolated, so that only bundled programs run (missing: ${lacks}): start as root`,
      )
    }
    return lacks
      ? ok(`作业隔离运行（缺 ${lacks}）`, `Jobs run in isolation (missing: ${lacks})`)
      : ok('作业隔离运行', 'Jobs run in isolation')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return may(`作业无法运行：${reason}`, `Jobs cannot run: ${reason}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Everything that matters here, in the order in which it is printed. */
export async function examine(settings: Settings): Promise<Finding[]> {
  const parts = await Promise.all([
    checkPrograms(),
    checkDatabase(settings),
    checkMachine(settings),
    checkData(settings),
    checkPort(settings).then((finding) => [finding]),
    checkIsolation().then((finding) => [finding]),
    checkAccelerators(),
  ])
  return parts.flat()
}

const marks = { ok: '✓', info: '·', may: '!', must: '✗' }

/** Exit code 0 when the platform can start. */
export async function run(args: string[]): Promise<number> {
  const findings = await examine(readFlags(args).settings)
  for (const { level, zh, en } of findings) {
    console.log(`${marks[level]} ${zh === en ? zh : `${zh} · ${en}`}`)
  }
  const able = findings.every(({ level }) => level !== 'must')
  console.log(
    able
      ? '\n可以启动：./kapok start · Ready: ./kapok start'
      : '\n请先解决标有 ✗ 的各项 · Mend what is marked ✗ first',
  )
  return able ? 0 : 1
}
