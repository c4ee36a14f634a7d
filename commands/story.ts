// ./kapok story: plays the chains that the platform must show against a running system, in words.
import { parseArgs } from 'node:util'
import { StartError } from '#platform/start-error.ts'
import { audit } from './story/audit.ts'
import { flood } from './story/flood.ts'
import { founder } from './story/founder.ts'
import { morning } from './story/morning.ts'
import { night } from './story/night.ts'
import { rule } from './story/rule.ts'
import { reachable, startScratch } from './story/scratch.ts'
import { type Chain, StoryFailed, Teller } from './story/teller.ts'

export const summary = { zh: '逐步演示各条业务链', en: 'Play and narrate the chains' }
export const usage =
  'story [founder|flood|morning|rule|audit|night ...] [--url http://localhost:8460] [--flood 300]'

/** How many jobs one company submits in the flood, unless more are wanted. */
const FLOOD = 300
const MOST = 20_000

const chainsOf = (floodJobs: number): Record<string, Chain> => ({
  founder,
  flood: flood(floodJobs),
  morning,
  rule,
  audit,
  night,
})

/** Chains of the design that need services which are not built; said, not played. */
const missing = [
  ['撤销的连锁反应', 'The revocation, backwards', '登记、证书与合格清单尚未建成'],
  ['项目的一天', 'The project’s day', '项目库与要素保障尚未建成'],
  ['老人家的一天', 'The grandmother’s day', '公共智能服务与人工接管尚未建成'],
] as const

/** Plays the named chains, or all; exit code 1 when a step does not come out as told. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { url: { type: 'string' }, flood: { type: 'string', default: String(FLOOD) } },
    allowPositionals: true,
  })
  const floodJobs = Number(values.flood)
  if (!Number.isInteger(floodJobs) || floodJobs < 1 || floodJobs > MOST) {
    throw new StartError('setting', { name: `--flood ${values.flood}`, reason: usage })
  }
  const chains = chainsOf(floodJobs)
  const unknown = positionals.find((name) => !(name in chains))
  if (unknown) throw new StartError('setting', { name: unknown, reason: usage })
  const url = values.url ?? 'http://localhost:8460'
  const scratch = (await reachable(url)) || values.url ? null : await startScratch()
  const teller = new Teller(scratch?.origin ?? url)
  try {
    if (scratch)
      teller.note('没有运行中的平台，先起一个临时的', 'Nothing is running; a scratch one')
    const wanted = positionals.length > 0 ? positionals : Object.keys(chains)
    for (const name of wanted) await chains[name]!(teller)
    if (positionals.length === 0) {
      teller.chapter('尚未建成', 'Not built yet')
      for (const [zh, en, why] of missing) teller.note(`${zh}：${why}`, en)
    }
    teller.end()
    return 0
  } catch (error) {
    if (!(error instanceof StoryFailed)) throw error
    console.error(`✗ ${error.message}`)
    return 1
  } finally {
    await scratch?.stop()
  }
}
