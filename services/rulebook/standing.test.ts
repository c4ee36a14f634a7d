// What is held about organisations, where each stands by it, when that is computed anew, and who is told.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { completeCreditCode } from '#engines/credit-code/credit-code.ts'
import type { RuleSetDefinition } from '#engines/rules/definitions.ts'
import { link } from '#engines/rules/link.ts'
import { system } from '#platform/context.ts'
import { numberEntries } from '#platform/journal.ts'
import { catchUp, registerReactions } from '#platform/reactions.ts'
import { insertOrganisation } from '#services/identity/organisations.ts'
import { type Browser, found, bed as identityBed } from '#services/identity/test-bed.ts'
import { factsThatFit, type Held, heldFacts } from './held.ts'
import { rulebook } from './index.ts'
import { readWorkdays } from './law-sets.ts'
import type { Parts } from './parts.ts'
import { reactionsOf } from './reactions.ts'
import { entitlementsOf, keepAll } from './standing.ts'
import { type StandingRow, store } from './store.ts'
import { insertVersion, versionsOn } from './versions.ts'
import { withdraw } from './withdraw.ts'

const DAY = 86_400_000
const code = (registry: string, n: number) =>
  completeCreditCode(`${registry}4401060000B${String(n).padStart(3, '0')}`)
const company = (n: number) => code('91', n)
const SET = 'held-alone'

/** A set that what the platform holds is enough for; without a size it grants nothing. */
const definition = (size: string | null): RuleSetDefinition => {
  const ask = { zh: '问', en: 'ask' }
  const text = (name: string, values: string[]) =>
    ({ kind: 'fact', name, type: { kind: 'text', values }, ask, cost: 0 }) as const
  return {
    id: SET,
    title: { zh: '凭已有信息可享', en: 'By what is held' },
    ...(size === null ? {} : { benefit: { entitled: '可享', amount: null } }),
    outcomes: ['可享'],
    nodes: [
      text('企业规模', ['大型', '中型', '小型', '微型']),
      text('法律形式', ['自然人独资有限责任公司', '个体工商户', '法人独资有限责任公司', '其他']),
      { kind: 'fact', name: '省内登记', type: { kind: 'boolean' }, ask, cost: 0 },
      {
        kind: 'formula',
        name: '可享',
        type: { kind: 'boolean' },
        expression: `省内登记 and 企业规模 = "${size ?? '微型'}" and 法律形式 = "自然人独资有限责任公司"`,
        cite: [{ source: '示例值（非官方）', certainty: 'example' }],
      },
    ],
  }
}

async function bed(t: TestContext) {
  const it = await identityBed(t)
  const { world } = it
  const told: { kind: string; to: unknown; link: unknown }[] = []
  const parts: Parts = {
    workdays: readWorkdays(),
    notify: async (_ctx, { kind, to, link: where }) => {
      told.push({ kind, to, link: where })
      return ''
    },
  }
  const rules = rulebook(world, { ...parts, clauses: new Map(), populationSize: 0 })
  await rules.prepare()
  const publish = (size: string | null, from = '2020-01-01') =>
    world.transact(system('test'), (ctx) =>
      insertVersion(ctx, {
        set_id: SET,
        definition: definition(size),
        cases: [],
        valid_from: from,
        origin: 'law',
        base: null,
        author: null,
        reader: null,
        reason: '试',
        impact: null,
      }),
    )
  const rows = (subject: string): Promise<StandingRow[]> =>
    world.read(system('test'), (ctx) =>
      store(ctx)
        .selectFrom('rulebook.standing')
        .selectAll()
        .where('subject', '=', subject)
        .orderBy('set_id')
        .execute(),
    )
  const state = async (subject: string) =>
    (await rows(subject)).find(({ set_id: set }) => set === SET)?.state
  const held = async (id: string): Promise<Held | undefined> =>
    (await world.read(system('test'), (ctx) => heldFacts(ctx, [id]))).get(id)
  const [reaction] = reactionsOf(parts)
  await registerReactions(world.db, [reaction!])
  const react = async () => {
    await numberEntries(world.db)
    return catchUp(world, reaction!)
  }
  return {
    ...it,
    parts,
    told,
    publish,
    rows,
    state,
    held,
    react,
    keep: () => keepAll(world, parts),
  }
}

const holders = async (owner: Browser, id: string, ...some: [object, number][]) => {
  const { body } = await owner.get(`/api/subjects/${id}`)
  const from = '2026-11-20'
  const list = some.map(([holder, basisPoints]) => ({ holder, basisPoints }))
  const { status, body: reply } = await owner.put(
    `/api/subjects/${id}/shareholders`,
    { from, holders: list },
    body.version,
  )
  assert.equal(status, 200, JSON.stringify(reply))
}
const change = async (owner: Browser, id: string, fields: object) => {
  const { body } = await owner.get(`/api/subjects/${id}`)
  const { status, body: reply } = await owner.patch(`/api/subjects/${id}`, fields, body.version)
  assert.equal(status, 200, JSON.stringify(reply))
}

test('what is held of each kind of organisation, by the names of the rules; nothing is guessed', async (t) => {
  const it = await bed(t)
  const lin = await it.person('lin')
  const firm = await found(lin, company(1))
  assert.deepEqual(await it.held(firm), {
    主体类型: '企业',
    企业规模: '微型',
    成立日期: '2026-01-05',
    省内登记: true,
    在深圳登记: false,
    市: '广州市',
  })
  const shop = await found(lin, code('92', 2), { class: 'individual-business', area: '440305' })
  assert.deepEqual(await it.held(shop), {
    主体类型: '个体工商户',
    法律形式: '个体工商户',
    企业规模: '微型',
    成立日期: '2026-01-05',
    省内登记: true,
    在深圳登记: true,
    市: '深圳市',
  })
  const school = await found(lin, code('12', 3), { class: 'university', size: null })
  assert.deepEqual(await it.held(school), {
    主体类型: '高校',
    成立日期: '2026-01-05',
    省内登记: true,
    在深圳登记: false,
    市: '广州市',
  })
  const office = await found(lin, code('12', 4), { class: 'research-institute', size: 'large' })
  const { 主体类型, 企业规模 } = (await it.held(office))!
  assert.deepEqual([主体类型, 企业规模], ['科研机构', '大型'])
  assert.equal(await it.held(lin.id), undefined, 'of a person nothing is held')
  assert.equal(await it.held('01890000-0000-7000-8000-000000009999'), undefined)
})

test('who holds all of a company says its legal form; a part of it says nothing', async (t) => {
  const it = await bed(t)
  const lin = await it.person('lin')
  const firm = await found(lin, company(1))
  const form = async (id: string) => (await it.held(id))!.法律形式
  await holders(lin, firm, [{ person: '张三' }, 10_000])
  assert.equal(await form(firm), '自然人独资有限责任公司')
  await holders(lin, firm, [{ person: '张三' }, 6_000])
  assert.equal(await form(firm), undefined)
  await holders(lin, firm, [{ person: '张三' }, 6_000], [{ person: '李四' }, 4_000])
  assert.equal(await form(firm), '其他')
  const daughter = await found(lin, company(2))
  await holders(lin, daughter, [{ creditCode: company(1) }, 10_000])
  assert.equal(await form(daughter), '法人独资有限责任公司')
  await it.world.read(system('test'), async (ctx) => {
    const both = await heldFacts(ctx, [firm, daughter])
    assert.deepEqual(
      [both.get(firm)!.法律形式, both.get(daughter)!.法律形式],
      ['其他', '法人独资有限责任公司'],
      'beside each other as alone',
    )
  })
})

test('only what a set asks for, in its own words, is a fact of it', () => {
  const set = link(definition('微型'))
  const known = factsThatFit(set, { 企业规模: '微型', 法律形式: '合伙', 市: '广州市', 可享: true })
  assert.deepEqual(Object.fromEntries(known), { 企业规模: '微型' })
})

test('everybody is computed once a day, for every set that grants something', async (t) => {
  const it = await bed(t)
  await it.publish('微型')
  const lin = await it.person('lin')
  const [one, two] = [await found(lin, company(1)), await found(lin, company(2))]
  await holders(lin, two, [{ person: '张三' }, 10_000])
  assert.equal(await it.keep(), 2)
  assert.equal(await it.keep(), 0, 'not again the same day')
  const versions = await it.world.read(system('test'), (ctx) => versionsOn(ctx, '2026-11-23'))
  const granting = versions.filter(({ definition: { benefit } }) => benefit)
  for (const id of [one, two]) {
    const kept = await it.rows(id)
    assert.deepEqual(
      kept.map(({ set_id: set, version, on_date: on }) => [set, version, on]),
      granting.map(({ set_id: set, id: version }) => [set, version, '2026-11-23']),
    )
  }
  assert.deepEqual([await it.state(one), await it.state(two)], ['open', 'entitled'])
  const [open] = (await it.rows(one)).filter(({ set_id: set }) => set === SET)
  assert.deepEqual(open!.detail, {
    amount: null,
    failing: [],
    facts: ['法律形式'],
    judgements: [],
    faults: [],
  })
  it.world.clock.advance(DAY)
  assert.equal(await it.keep(), 2)
  assert.equal(await it.keep(), 0)
  const three = await found(await it.person('wang'), company(3))
  assert.equal(await it.keep(), 1, 'only who is new')
  assert.equal(await it.state(three), 'open')
})

test('more organisations than one page holds are each computed once', async (t) => {
  const it = await bed(t)
  const { id: representativeId } = await it.person('lin')
  await it.world.transact(system('test'), async (ctx) => {
    for (let n = 0; n < 203; n++) {
      await insertOrganisation(ctx, {
        id: ctx.newId(),
        name: `单位${n}`,
        creditCode: company(n),
        class: 'enterprise',
        size: 'micro',
        area: '440106',
        foundedOn: '2026-01-05',
        representativeId,
        controllerId: null,
      })
    }
  })
  assert.equal(await it.keep(), 203)
  assert.equal(await it.keep(), 0)
})

test('who newly gets something is told once, and again only when it was lost in between', async (t) => {
  const it = await bed(t)
  await it.publish('微型')
  const lin = await it.person('lin')
  const firm = await found(lin, company(1))
  await it.keep()
  assert.deepEqual(it.told, [])
  await holders(lin, firm, [{ person: '张三' }, 10_000])
  await it.react()
  const notice = { kind: 'rulebook.entitled', to: { subject: firm }, link: '/benefits' }
  assert.deepEqual(it.told, [notice])
  await it.react()
  await it.keep()
  assert.deepEqual(it.told, [notice], 'not again as long as it stays')
  await change(lin, firm, { size: 'small' })
  await it.react()
  assert.deepEqual([await it.state(firm), it.told.length], ['nearly', 1])
  await change(lin, firm, { size: 'micro' })
  await it.react()
  assert.deepEqual([await it.state(firm), it.told.length], ['entitled', 2])
  it.world.clock.advance(DAY)
  assert.equal(await it.keep(), 1)
  assert.equal(it.told.length, 2, 'nor on another day')
})

test('a reaction computes whoever registers or changes, the same day, and nobody else', async (t) => {
  const it = await bed(t)
  await it.publish('微型')
  const lin = await it.person('lin')
  const other = await found(lin, company(1))
  const firm = await found(lin, company(2))
  await it.react()
  assert.deepEqual([await it.state(firm), await it.state(other)], ['open', 'open'])
  assert.equal(await it.keep(), 0, 'whoever registered today is computed already')
  it.world.clock.advance(60_000)
  const before = await it.rows(other)
  await change(lin, firm, { size: 'large' })
  await it.react()
  const [row] = (await it.rows(firm)).filter(({ set_id: set }) => set === SET)
  assert.deepEqual([row!.state, row!.computed_at], ['nearly', it.world.clock.now()])
  const { failing } = row!.detail as { failing: { says: { zh: string }; found: { zh: string } }[] }
  assert.deepEqual(
    failing.map(({ says, found: is }) => [says.zh, is.zh]),
    [['企业规模 = 微型', '大型']],
  )
  assert.deepEqual(await it.rows(other), before)
})

test('another version in force, and one withdrawn, compute everybody anew the same day', async (t) => {
  const it = await bed(t)
  await it.publish('微型')
  const lin = await it.person('lin')
  const firm = await found(lin, company(1))
  await holders(lin, firm, [{ person: '张三' }, 10_000])
  assert.equal(await it.keep(), 1)
  assert.equal(await it.state(firm), 'entitled')
  const later = await it.publish('小型', '2026-11-24')
  assert.equal(await it.keep(), 0, 'not before its day')
  const now = await it.publish('小型', '2026-11-23')
  assert.equal(await it.keep(), 1)
  assert.equal(await it.state(firm), 'nearly')
  await it.world.transact(system('test'), (ctx) => withdraw(ctx, { version: now, reason: '写错' }))
  assert.equal(await it.keep(), 1)
  assert.equal(await it.state(firm), 'entitled')
  assert.equal(it.told.length, 2)
  it.world.clock.advance(DAY)
  await it.keep()
  const [row] = (await it.rows(firm)).filter(({ set_id: set }) => set === SET)
  assert.deepEqual([row!.version, row!.state], [later, 'nearly'])
})

test('what is shown to an organisation is what is held of it and used, and no more', async (t) => {
  const it = await bed(t)
  await it.publish('微型')
  const versions = await it.world.read(system('test'), (ctx) => versionsOn(ctx, '2026-11-23'))
  const held = { 企业规模: '微型', 省内登记: true, 市: '广州市', 在深圳登记: false }
  const found = entitlementsOf(it.parts, versions, held, '2026-11-23')
  assert.equal(
    found.length,
    versions.filter(({ definition: { benefit } }) => benefit).length,
    'sets that grant nothing are left out',
  )
  const [own] = found.filter(({ version }) => version.set_id === SET)
  assert.deepEqual(own!.held, { 企业规模: '微型', 省内登记: true })
  assert.deepEqual([own!.standing.state, own!.standing.facts], ['open', ['法律形式']])
})

test('a set that grants nothing any more leaves no standing behind', async (t) => {
  const it = await bed(t)
  await it.publish('微型')
  const firm = await found(await it.person('lin'), company(1))
  await it.keep()
  assert.equal(await it.state(firm), 'open')
  await it.publish(null, '2026-11-24')
  it.world.clock.advance(DAY)
  await it.keep()
  assert.equal(await it.state(firm), undefined)
  assert.ok((await it.rows(firm)).length > 0, 'others stay')
})

test('where no set grants anything there is nothing to compute', async (t) => {
  const { world, person } = await identityBed(t)
  await found(await person('lin'), company(1))
  const notify = async () => assert.fail('nobody is told')
  const parts: Parts = { workdays: readWorkdays(), notify }
  assert.equal(await keepAll(world, parts), 0)
})
