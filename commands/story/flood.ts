// Chain 3, the flood: one company's jobs wait by the hundred or thousand, a small one starts in time.
import { replayFlood } from '#engines/replay/flood.ts'
import type { JsonObject } from '#platform/context.ts'
import { startScratch } from './scratch.ts'
import { type Caller, type Chain, Teller } from './teller.ts'
import { quote, submit, until } from './work.ts'

/** Every job of this chapter sleeps so long, of a limit three times as long. */
const SLEEP_S = 10
const LIMIT_S = 30
/** Starting a process on a busy machine takes a while. */
const SLACK_MS = 15_000
/** So many submissions are under way at a time. */
const AT_ONCE = 8

interface Wait {
  outlook: { earliest: string; latest: string; reasons: { code: string }[] } | null
  startsBy: string
}

const time = (at: string | number) =>
  new Date(at).toLocaleTimeString('zh-CN', { timeZone: 'Asia/Shanghai', hourCycle: 'h23' })

async function danxia(one: Caller): Promise<string> {
  const { items } = await one.get<{
    items: { clusters: { id: string; name: { zh: string } }[] }[]
  }>('/api/compute/sites')
  const clusters = items.flatMap(({ clusters: all }) => all)
  return clusters.find(({ name }) => name.zh === '丹霞一号')!.id
}

/** @param jobs how many the one company submits */
export const flood =
  (jobs: number): Chain =>
  async (teller: Teller) => {
    teller.chapter('三、洪峰', 'The flood')
    const scratch = await startScratch()
    try {
      const here = new Teller(scratch.origin)
      const small = await here.as('founder')
      const clusterId = await danxia(small)
      const asked: JsonObject = {
        name: '短任务',
        clusters: [clusterId],
        command: ['node', '-e', `setTimeout(() => {}, ${SLEEP_S}_000)`],
        limitSeconds: LIMIT_S,
        expectedSeconds: SLEEP_S,
        vouchers: false,
      }
      const one = async (caller: Caller, change: JsonObject = {}) =>
        submit(caller, await quote(caller, { ...asked, ...change }))
      // What is known of past jobs: they ran a third of their limits.
      const past = await Promise.all([1, 2, 3, 4].map(() => one(small)))
      for (const { id } of past) {
        await until(small, id, 'settled', ({ state }) => state === 'settled')
      }
      const company = await here.as('sme')
      const { subject } = await company.get<{ subject: { id: string } }>('/api/session')
      const quota = `/api/compute/clusters/${clusterId}/quotas/${subject.id}`
      const terms = { nominal: 0, borrowing: 16, lending: null }
      await (await here.as('operator')).put(quota, terms, '0')
      const begun = Date.now()
      for (let nth = 0; nth < jobs; nth += AT_ONCE) {
        const quoted = await quote(company, asked)
        const some = Array.from({ length: Math.min(AT_ONCE, jobs - nth) }, () =>
          submit(company, quoted),
        )
        await Promise.all(some)
      }
      const seconds = (Date.now() - begun) / 1_000
      teller.step(
        `一家公司交出 ${jobs} 个任务（${seconds.toFixed(0)} 秒收下），按约定至多用一半的卡`,
        `One company submits ${jobs} jobs (taken in within ${seconds.toFixed(0)} s); half of the cards at most are its`,
      )
      // The other half is taken by two others, so that the small one has to wait at all.
      for (const account of ['lab', 'related-sme']) {
        await one(await here.as(account), { gang: { count: 8, milli: 1_000 } })
      }
      const { id } = await one(small)
      const wait = await small.get<Wait>(`/api/compute/workloads/${id}/wait`)
      teller.sure(wait.outlook !== null, 'the small one is told when it starts')
      const { earliest, latest, reasons } = wait.outlook
      teller.sure(reasons.length > 0, 'and why it waits')
      teller.step(
        `小公司的任务排在后面，看到原因（${reasons[0]!.code}）和开始时间：${time(earliest)} 至 ${time(latest)}`,
        `A small company reads why it waits (${reasons[0]!.code}) and when it starts`,
      )
      const ended = await until(small, id, 'settled', ({ state }) => state === 'settled')
      const startedAt = Date.parse(ended.startedAt!)
      teller.sure(startedAt >= Date.parse(earliest) - SLACK_MS, 'not before its range')
      teller.sure(startedAt <= Date.parse(latest) + SLACK_MS, 'not after its range')
      teller.sure(startedAt <= Date.parse(wait.startsBy) + SLACK_MS, 'not after its promise')
      teller.step(
        `${time(startedAt)} 开始，在所说的范围里，不晚于承诺的 ${time(wait.startsBy)}`,
        'It starts within that range, and no later than promised',
      )
    } finally {
      await scratch.stop()
    }
    const day = { organisations: 1_000, jobs: 10_000, seed: 1, most: 0.5 }
    const { p95WithMs, p95WithoutMs, ratio } = replayFlood({ ...day, order: 'fair' })
    teller.sure(ratio <= 2, `the small ones wait ${ratio} times as long`)
    const minutes = (ms: number) => (ms / 60_000).toFixed(1)
    teller.step(
      `同一引擎推演一千家单位的一天：有人交一万个任务时，小单位 95% 等待不超过 ${minutes(p95WithMs)} 分钟，没有时 ${minutes(p95WithoutMs)} 分钟`,
      `The same engine on a day of 1,000 organisations: with a flood of 10,000 jobs 95% of the small ones wait ${minutes(p95WithMs)} min at most, without it ${minutes(p95WithoutMs)}`,
    )
  }
