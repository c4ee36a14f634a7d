// Chain 1, the founder's morning: a training job that really runs, gives way, goes on, and is settled.
import { setTimeout as wait } from 'node:timers/promises'
import type { Chain, Teller } from './teller.ts'
import { metrics, quote, submit, until } from './work.ts'

/** Yuan in the ledger's 1/10,000. */
const units = (yuan: string): number => Math.round(Number(yuan) * 10_000)

export const morning: Chain = async (teller: Teller) => {
  teller.chapter('一、创办人的上午', 'The founder’s morning')
  const one = await teller.as('founder')
  await one.post('/api/vouchers', { scheme: 'guangdong.compute', amount: '100.00' })
  const before = Date.now()
  const offer = await quote(one)
  const chosen = offer.options.find((option) => option.chosen)
  teller.sure(chosen?.cover !== null && chosen?.cover !== undefined, 'a voucher pays a part')
  teller.step(
    `比较 ${offer.options.length} 个方案，选用${chosen.site.zh}：最多 ${chosen.most} 元，${chosen.cover.name.zh}付 ${chosen.cover.amount} 元`,
    `${offer.options.length} ways compared; ${chosen.site.en}: ${chosen.most} yuan at most, the voucher pays ${chosen.cover.amount}`,
  )
  for (const { site, reasons, chosen: taken } of offer.options) {
    if (!taken) teller.note(`${site.zh}：${reasons[0]!.code}`, site.en)
  }
  if (chosen.simulated) {
    teller.note('这些是模拟卡，程序在本机真实运行', 'Simulated cards: the program really runs here')
  }

  const { id, number } = await submit(one, offer)
  teller.step(`提交 ${number}，资金与容量同时占用`, `${number} submitted: funds and capacity held`)
  await until(one, id, 'running', ({ state }) => state === 'running')
  teller.step(
    `${((Date.now() - before) / 1000).toFixed(1)} 秒后开始运行`,
    `It runs ${((Date.now() - before) / 1000).toFixed(1)} s after the first question`,
  )
  while ((await metrics(one, id)).length < 3) await wait(300)

  const operator = await teller.as('operator')
  await operator.post(`/api/compute/workloads/${id}/preempt`, { basis: 'maintenance' })
  const second = await until(one, id, 'the second attempt', ({ attempts, state }) => {
    return attempts.length === 2 && state === 'running'
  })
  teller.step(
    `运营方要回算力：已通知、存检查点，用了 ${second.attempts[0]!.ranSeconds.toFixed(1)} 秒，随后重新排队`,
    'The operator asks for the cards back: notice, checkpoint, and back into the queue',
  )
  let resumed = (await metrics(one, id))[0]
  while (!resumed) {
    await wait(300)
    resumed = (await metrics(one, id))[0]
  }
  teller.sure(Number(resumed.step) > 0, 'the second attempt begins where the first one left')
  teller.step(
    `第二次从第 ${resumed.step} 步接着训练`,
    `The second attempt goes on from step ${resumed.step}`,
  )

  const done = await until(one, id, 'settled', ({ state }) => state === 'settled')
  teller.sure(done.outcome === 'succeeded', `it ended ${done.outcome}`)
  const paid = units(done.cost.cash) + units(done.cost.voucher!.amount)
  teller.sure(paid === units(done.cost.soFar), 'voucher and cash make the whole')
  teller.step(
    `完成并结算：${done.cardHours} 卡时，共 ${done.cost.soFar} 元（券 ${done.cost.voucher!.amount}，自付 ${done.cost.cash}），其余退回`,
    `Done and settled: ${done.cost.soFar} yuan (voucher ${done.cost.voucher!.amount}, cash ${done.cost.cash}); the rest is free again`,
  )
  const last = (await metrics(one, id)).at(-1)!
  teller.step(
    `模型在没见过的图像上准确率 ${(Number(last.accuracy) * 100).toFixed(1)} %`,
    `The model is right on ${(Number(last.accuracy) * 100).toFixed(1)} % of images it never saw`,
  )
  const tested = await submit(
    one,
    await quote(one, {
      name: '评测',
      purpose: 'evaluation',
      program: { bundled: 'evaluate-digits' },
      inputs: [{ name: 'model', from: { workload: id } }],
      limitSeconds: 600,
      expectedSeconds: 5,
    }),
  )
  const evaluated = await until(one, tested.id, 'evaluated', ({ state }) => state === 'settled')
  teller.sure(evaluated.outcome === 'succeeded', `the evaluation ended ${evaluated.outcome}`)
  teller.step(
    `用它的产出直接做评测：${tested.number} 完成`,
    `Its output is evaluated at once: ${tested.number}`,
  )

  const related = await teller.as('related-sme')
  await related.post('/api/vouchers', { scheme: 'guangdong.compute', amount: '10.00' })
  const theirs = await quote(related)
  const refused = theirs.options.find(({ coverRefused }) => {
    return coverRefused?.code === 'voucher-related'
  })
  teller.sure(refused !== undefined, 'a related company gets no voucher there')
  teller.step(
    `运营方的关联企业询价：${refused.site.zh}不能用券`,
    'A company related to the operator cannot pay there with a voucher',
  )
}
