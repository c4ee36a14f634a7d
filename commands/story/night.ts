// Chain 6, the night: kill -9 in the middle of work, on a platform of the story's own.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startScratch } from './scratch.ts'
import { type Chain, Teller } from './teller.ts'
import { metrics, quote, submit, until } from './work.ts'

const root = join(import.meta.dirname, '../..')
const CLAIMS = 60

/** Claims go on while the platform is killed; each answered one is there afterwards, once. */
export const night: Chain = async (teller: Teller) => {
  teller.chapter('六、夜里', 'The night')
  const scratch = await startScratch()
  try {
    const one = await new Teller(scratch.origin).as('founder')
    const claim = () =>
      one
        .post<{ voucherId: string }>('/api/vouchers', {
          scheme: 'guangdong.compute',
          amount: '1.00',
        })
        .then(({ voucherId }) => voucherId)
        .catch(() => null)
    const { id: job } = await submit(one, await quote(one, { vouchers: false }))
    await until(one, job, 'running', ({ state }) => state === 'running')
    while ((await metrics(one, job)).length < 2) await wait(200)
    const answers = Array.from({ length: CLAIMS }, claim)
    const half = Promise.withResolvers<void>()
    let done = 0
    for (const answer of answers) void answer.then(() => ++done === CLAIMS / 2 && half.resolve())
    await half.promise
    await scratch.kill()
    const answered = (await Promise.all(answers)).filter((id) => id !== null)
    teller.step(
      `${CLAIMS} 笔申领办到一半，kill -9：已答复 ${answered.length} 笔`,
      `kill -9 in the middle of ${CLAIMS} claims: ${answered.length} had been answered`,
    )
    await scratch.restart()
    const { items } = await one.get<{ items: { id: string }[] }>('/api/vouchers')
    const there = new Set(items.map(({ id }) => id))
    teller.sure(
      answered.every((id) => there.has(id)),
      'every answered claim is there',
    )
    teller.sure(there.size === items.length, 'none is there twice')
    teller.step('重新启动：答复过的一笔不少', 'After the restart every answered claim is there')
    const ended = await until(one, job, 'settled', ({ state }) => state === 'settled')
    teller.sure(ended.outcome === 'succeeded' && ended.attempts.length === 1, 'it ran through')
    teller.step(
      `训练任务没有中断：一次运行 ${ended.attempts[0]!.ranSeconds.toFixed(1)} 秒，结算 ${ended.cost.soFar} 元`,
      `The training job ran through: one attempt, ${ended.attempts[0]!.ranSeconds.toFixed(1)} s, settled`,
    )
    const check = spawnSync(
      process.execPath,
      ['commands/run.ts', 'check', '--data', scratch.data],
      { cwd: root, encoding: 'utf8' },
    )
    teller.sure(check.status === 0, `check: ${check.stdout}${check.stderr}`)
    teller.step('账目与日志核对一致', 'Ledger and journal are whole')
  } finally {
    await scratch.stop()
  }
}
