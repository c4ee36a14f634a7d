// Chain 4, the rule change: its effect before it is passed, two days with two answers, both provable.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Json, JsonObject } from '#platform/context.ts'
import { startScratch } from './scratch.ts'
import { type Caller, type Chain, Teller } from './teller.ts'

const SET = 'compute-voucher'
const RATIO = '初创比例'
const root = join(import.meta.dirname, '../..')

interface Draft {
  revision: number
  definition: { nodes: { name: string; values?: JsonObject[] }[] }
  cases: { name: string; on: string; facts: JsonObject; expect: JsonObject }[]
  impact: {
    size: number
    gain: number
    lose: number
    budget: { before: number; after: number }
  } | null
}
interface Checked {
  version: { number: number }
  outcomes: { name: string; plain: string | null }[]
  receipt: JsonObject
}
interface Voucher {
  id: string
  ratio: number
  decision: string | null
}

/** Somebody who would pay 10,000 yuan for compute. */
const claim: JsonObject = {
  主体类型: '企业',
  企业规模: '微型',
  成立日期: '2026-03-18',
  省内登记: true,
  用于租用智能算力: true,
  同一法定代表人或控制人: false,
  股权关系: '已查明',
  持股比例: 0,
  发票已使用: false,
  发票金额: 10_000,
  本年度已申领: 0,
}

/** How personal data may leave, by how many persons and where to: data-export's own cases hold the rest. */
async function routes(teller: Teller, visitor: Caller): Promise<void> {
  const { cases } = await visitor.get<{ cases: Draft['cases'] }>('/api/rules/data-export')
  const shown = new Set<string>()
  for (const { facts, expect, on } of cases) {
    const { outcomes } = await visitor.post<Checked>('/api/rules/data-export/check', { facts, on })
    for (const [name, wanted] of Object.entries(expect)) {
      const found = outcomes.find((one) => one.name === name)
      if (!found) continue
      teller.sure(String(found.plain) === String(wanted), `${name}: ${found.plain}, not ${wanted}`)
      if (typeof wanted === 'string') shown.add(wanted)
    }
  }
  teller.step(
    `访客不用账号问数据出境：${cases.length} 种情形各得其路（${[...shown].slice(0, 5).join('、')}）`,
    `A visitor without an account asks how data may leave: ${cases.length} situations, each with its route`,
  )
}

/** Tomorrow in Guangdong, by the clock of the platform. */
async function tomorrow(caller: Caller): Promise<string> {
  const { on } = await caller.get<{ on: string }>('/api/rules')
  return new Date(Date.parse(on) + 86_400_000).toISOString().slice(0, 10)
}

function changed(draft: Draft, from: string, value: string): JsonObject {
  const definition = structuredClone(draft.definition)
  const node = definition.nodes.find(({ name }) => name === RATIO)!
  const last = node.values!.at(-1)!
  node.values = [
    ...node.values!.slice(0, -1),
    { ...last, to: from },
    { ...last, from, to: null, value },
  ]
  return {
    definition: definition as unknown as Json,
    // Situations of later days come out by the new value; those of earlier days stay as they are.
    cases: draft.cases.filter(({ on }) => on < from) as unknown as Json,
    validFrom: from,
    reason: '提高对初创企业的支持（演示）',
  }
}

async function moveClock(data: string): Promise<void> {
  const args = ['commands/run.ts', 'clock', '+1d', '--data', data]
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`clock +1d ended with ${code}`)
}

const yuan = (amount: number) => Math.round(amount).toLocaleString('en-US')

async function voucherOf(caller: Caller): Promise<Voucher> {
  const { voucherId } = await caller.post<{ voucherId: string }>('/api/vouchers', {
    scheme: 'guangdong.compute',
    amount: '1000.00',
  })
  const { items } = await caller.get<{ items: Voucher[] }>('/api/vouchers')
  return items.find(({ id }) => id === voucherId)!
}

async function draftAndPublish(teller: Teller, here: Teller): Promise<void> {
  const official = await here.as('official')
  const from = await tomorrow(official)
  const { id } = await official.post<{ id: string }>(`/api/rules/${SET}/drafts`)
  const path = `/api/rules/drafts/${id}`
  const draft = await official.get<Draft>(path)
  await official.put(path, changed(draft, from, '60'), String(draft.revision))
  await official.post(`${path}/submission`, {}, String(draft.revision + 1))
  const { impact, revision } = await official.get<Draft>(path)
  teller.sure(impact !== null && impact.gain > 0 && impact.lose === 0, 'some gain, nobody loses')
  const { before, after } = impact.budget
  teller.step(
    `工作人员把${RATIO}由 50% 改为 60%，拟自 ${from} 生效；送审前看到：${impact.size.toLocaleString('en-US')} 家虚构企业中 ${impact.gain.toLocaleString('en-US')} 家受益、${impact.lose} 家受损，补贴上限合计由 ${yuan(before)} 元到 ${yuan(after)} 元（测算，不构成决定）`,
    `An official raises the ratio of start-ups from 50 % to 60 % from ${from} on, and sees before handing it in: of ${impact.size} made-up companies ${impact.gain} gain, ${impact.lose} lose`,
  )
  const own = await official.refused(`${path}/publication`, {}, String(revision))
  teller.sure(own.code === 'rules.own-draft', own.code)
  const reader = await here.as('reviewer')
  await reader.post(`${path}/publication`, {}, String(revision))
  teller.step(
    `起草人自己不能发布（${own.detail.zh}）；另一位工作人员审核后发布`,
    'Its author cannot pass it; a second official does',
  )
}

/** An official changes a rule; the day before and the day after differ, and both can be run again. */
export const rule: Chain = async (teller: Teller) => {
  teller.chapter('四、改一条规则', 'The rule change')
  const scratch = await startScratch()
  try {
    const here = new Teller(scratch.origin)
    const visitor = here.visitor()
    await routes(teller, visitor)
    await draftAndPublish(teller, here)
    const ask = () => visitor.post<Checked>(`/api/rules/${SET}/check`, { facts: claim })
    const most = ({ outcomes }: Checked) => outcomes.find(({ name }) => name === '最高补贴')!.plain
    const before = await ask()
    const first = await voucherOf(await here.as('founder'))
    teller.sure(first.ratio === 5_000 && first.decision !== null, 'claimed at 50 % by a decision')
    await moveClock(scratch.data)
    await until(async () => (await ask()).version.number === 2)
    const after = await ask()
    // Sessions end within a day.
    const founder = await here.as('founder')
    const second = await voucherOf(founder)
    teller.sure(most(before) === '5000' && most(after) === '6000', 'two days, two answers')
    teller.sure(second.ratio === 6_000, 'claimed at 60 % the day after')
    teller.step(
      `时钟拨到次日：同样的 1 万元发票，前一天最高补 ${most(before)} 元，今天 ${most(after)} 元；前一天领的券仍是 ${first.ratio / 100}%，今天领的是 ${second.ratio / 100}%`,
      'A day later the same invoice is worth 6,000 instead of 5,000; the voucher claimed before keeps its 50 %',
    )
    for (const { receipt } of [before, after]) {
      const { same } = await visitor.post<{ same: Record<string, boolean> }>(
        '/api/rules/receipts/replay',
        { receipt, facts: claim },
      )
      teller.sure(Object.values(same).every(Boolean), 'a receipt comes out the same')
    }
    const { why } = await founder.get<{ why: { name: string }[][] }>(
      `/api/rules/decisions/${first.decision}`,
    )
    teller.sure(
      why.flat().some(({ name }) => name === RATIO),
      'the decision names its parameter',
    )
    teller.step(
      '两张回执重算，逐字节相同；每张券都能看到是哪一版、哪一行、哪个数给的比例',
      'Both receipts are run again, byte for byte; each voucher shows which version, row and number gave its ratio',
    )
  } finally {
    await scratch.stop()
  }
}

async function until(so: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await so()) return
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('the clock of the platform did not move')
}
