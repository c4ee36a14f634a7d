// Search: what is found, in which order, by whom, and what strange questions are answered.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { type Actor, type Grant, visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { type TestWorld, testWorld } from '#platform/test-world.ts'
import type { Hit, SearchResult } from './contract.ts'
import { Gate } from './gate.ts'
import { type Audience, type Item, search } from './index.ts'

const id = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`

const item = (n: number | string, title: string, text = '', more: Partial<Item> = {}): Item => ({
  kind: 'test',
  id: String(n),
  title: { zh: title, en: title },
  text,
  link: `/test/${n}`,
  audience: ['public'],
  ...more,
})

const put = (world: TestWorld, ...items: Item[]) =>
  world.transact(visitor, (ctx) => search(world).put(ctx, ...items))

async function ask(
  world: TestWorld,
  q: string,
  options: { actor?: Actor; kind?: string; cursor?: string; limit?: number } = {},
): Promise<SearchResult> {
  const { actor = visitor, limit = 20, ...rest } = options
  return search(world).find(actor, { q, limit, ...rest })
}
const ids = async (...asked: Parameters<typeof ask>) =>
  (await ask(...asked)).items.map((hit) => hit.id)

async function app(t: TestContext, world: TestWorld) {
  const server = await buildServer(world, {
    routes: search(world).service.routes,
    authenticate: async () => visitor,
  })
  t.after(() => server.close())
  return server
}

test('title before body, whole before scattered, the thing itself first', async (t) => {
  const world = await testWorld(t)
  await put(
    world,
    item('body-scattered', '甲', '券面上写着算法与力量；算力很贵，力券无效'),
    item('body-whole', '乙', '每家企业可以申请算力券一次'),
    item('title-scattered', '力券与算力', ''),
    item('title-whole', '申请算力券的办法', ''),
    item('itself', '算力券', ''),
    item('other', '语料券', '算法 力量'),
  )
  assert.deepEqual(await ids(world, '算力券'), [
    'itself',
    'title-whole',
    'title-scattered',
    'body-whole',
    'body-scattered',
  ])
})

test('among equals the weight decides, then the order of entry', async (t) => {
  const world = await testWorld(t)
  await put(
    world,
    item(1, '算力一号', '', { weight: 0.2 }),
    item(2, '算力二号', '', { weight: 0.9 }),
    item(3, '算力三号', '', { weight: 0.2 }),
  )
  assert.deepEqual(await ids(world, '算力'), ['2', '1', '3'])
})

test('full width, capitals, beginnings of words, single characters, both languages', async (t) => {
  const world = await testWorld(t)
  await put(
    world,
    item(1, 'ＧＰＵ集群', '搭载 H200 加速卡'),
    item(2, '语料券', '', { title: { zh: '语料券', en: 'Corpus voucher' } }),
    item(3, '𠮷野家', ''),
  )
  for (const q of ['gpu', 'GPU', 'Ｇｐｕ', 'gp', 'H200', 'h20', '加速卡', '群', '集', 'gpu 加速']) {
    assert.deepEqual(await ids(world, q), ['1'], q)
  }
  for (const q of ['voucher', 'CORPUS', 'vouch', '券', '语']) {
    assert.deepEqual(await ids(world, q), ['2'], q)
  }
  assert.deepEqual(await ids(world, '𠮷野'), ['3'])
  for (const q of ['pu', '00', '券语', 'ouch']) assert.deepEqual(await ids(world, q), [], q)
})

test('a sentence of which nothing holds all is answered by what holds parts of it', async (t) => {
  const world = await testWorld(t)
  await put(
    world,
    item(1, '算力券申请指南', '一人公司、中小企业均可申请。'),
    item(2, '语料券申请指南', ''),
    item(3, '荔枝种植', '今年荔枝丰收'),
  )
  const { items, complete } = await ask(world, '一人公司如何申请算力券？')
  assert.equal(complete, false)
  assert.equal(items[0]!.id, '1')
  assert.ok(!items.some((hit) => hit.id === '3'))
  assert.ok(items[0]!.titleRanges.zh.length > 0, 'what matched in part is pointed at')
})

test('hits point at what matched, as ranges and not as markup', async (t) => {
  const world = await testWorld(t)
  await put(world, item(1, '<b>算力</b>券', `${'前'.repeat(300)}申请ＧＰＵ算力${'后'.repeat(300)}`))
  const [hit] = (await ask(world, 'gpu 算力')).items as [Hit]
  const { title, titleRanges, snippet } = hit
  assert.deepEqual(
    titleRanges.zh.map(([a, b]) => title.zh.slice(a, b)),
    ['算力'],
  )
  assert.deepEqual(
    snippet.ranges.map(([a, b]) => snippet.text.slice(a, b)),
    ['ＧＰＵ算力'],
  )
  assert.deepEqual(snippet.cut, [true, true])
  assert.ok(snippet.text.length <= 90)
})

const grant = (role: Grant['role'], area: string | null = null): Grant => ({
  role,
  subjectId: id(50),
  area,
})
const person = (n: number, more: Partial<Actor> = {}): Actor => ({
  ...visitor,
  kind: 'person',
  personId: id(n),
  subjectId: id(100 + n),
  ...more,
})

test('each finds what is public and what is theirs', async (t) => {
  const world = await testWorld(t)
  const audiences: [string, Audience[]][] = [
    ['public', ['public']],
    ['org-1', [{ subject: id(101) }]],
    ['org-2', [{ subject: id(102) }]],
    ['org-1-and-2', [{ subject: id(101) }, { subject: id(102) }]],
    ['person-1', [{ person: id(1) }]],
    ['officials', [{ role: 'official' }]],
    ['officials-shenzhen', [{ role: 'official', area: '440305' }]],
    ['officials-shaoguan', [{ role: 'official', area: '440200' }]],
  ]
  await put(world, ...audiences.map(([name, audience]) => item(name, '算力事项', '', { audience })))
  const seen = async (actor: Actor) => (await ids(world, '算力', { actor })).toSorted()
  assert.deepEqual(await seen(visitor), ['public'])
  assert.deepEqual(await seen(person(1)), ['org-1', 'org-1-and-2', 'person-1', 'public'])
  assert.deepEqual(await seen(person(2)), ['org-1-and-2', 'org-2', 'public'])
  const official = (area: string | null) => person(3, { grants: [grant('official', area)] })
  assert.deepEqual(await seen(official('440300')), ['officials', 'officials-shenzhen', 'public'])
  assert.deepEqual(await seen(official('440000')), [
    'officials',
    'officials-shaoguan',
    'officials-shenzhen',
    'public',
  ])
  assert.deepEqual(await seen(official('440306')), ['officials', 'public'])
  assert.deepEqual(await seen(person(1, { mandateId: id(9) })), ['person-1', 'public'])
  assert.deepEqual(await seen(person(1, { scopes: ['ledger:read'] })), ['public'])
  const withScope = person(1, { scopes: ['search:read'] })
  assert.deepEqual(await seen(withScope), ['org-1', 'org-1-and-2', 'person-1', 'public'])
  assert.deepEqual(
    await ids(world, '事项如何办理算力', { actor: person(2) }).then((all) => all.toSorted()),
    ['org-1-and-2', 'org-2', 'public'],
  )
})

test('an audience cannot be asked for', async (t) => {
  const world = await testWorld(t)
  await put(world, item('secret', '算力事项', '', { audience: [{ subject: id(101) }] }))
  for (const q of [
    `@subject:${id(101)}`,
    `subject:${id(101)} 算力`,
    "' | '@subject",
    '=test',
    'public',
  ]) {
    assert.deepEqual(await ids(world, q), [], q)
  }
})

test('strange questions have plain answers', async (t) => {
  const world = await testWorld(t)
  await put(world, item(1, "算力's & 模型 | \\ !", "它说：'算力' <-> :* (模型)"))
  for (const q of ['', ' ', '。，！？', '&|!()<->:*', "'", '\\', '\u200b', '🙂', '--']) {
    assert.deepEqual(
      await ask(world, q),
      { items: [], next: null, complete: true },
      JSON.stringify(q),
    )
  }
  for (const q of [
    "算力'",
    '算力 & 模型',
    '!算力',
    '算力:*',
    '(算力',
    "算力'; drop table search.item--",
    '算力\\',
  ]) {
    const found = await ask(world, q)
    assert.ok(found.items.length <= 1, q)
  }
  const server = await app(t, world)
  const status = async (q: string) =>
    (await server.inject({ url: '/api/search', query: { q } })).statusCode
  assert.equal(await status('算力'), 200)
  assert.equal(await status('算'.repeat(200)), 200)
  assert.equal(await status('算'.repeat(201)), 400)
  assert.equal(await status('算'.repeat(350_000)), 400)
  assert.equal(await status('算\0力'), 400)
  assert.equal((await server.inject('/api/search')).statusCode, 400)
  assert.equal((await server.inject('/api/search?q=a&sort=x')).statusCode, 400)
  assert.equal((await server.inject('/api/search?q=a&cursor=WzBd')).statusCode, 400)
  assert.equal((await server.inject('/api/search?q=a&cursor=WyJhIl0')).statusCode, 400)
})

test('pages follow each other without gap or repeat, to the end that was promised', async (t) => {
  const world = await testWorld(t)
  await put(world, ...Array.from({ length: 230 }, (_, n) => item(n, `算力第${n}号`)))
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await ask(world, '算力', { cursor, limit: 35 })
    seen.push(...page.items.map((hit) => hit.id))
    cursor = page.next ?? undefined
  } while (cursor)
  assert.equal(seen.length, 200)
  assert.equal(new Set(seen).size, 200)
})

test('one kind only, when asked for', async (t) => {
  const world = await testWorld(t)
  await put(
    world,
    item(1, '算力', '', { kind: 'law.article' }),
    item(2, '算力', '', { kind: 'company' }),
  )
  assert.deepEqual(await ids(world, '算力', { kind: 'law.article' }), ['1'])
  assert.deepEqual(await ids(world, '算力', { kind: 'matter' }), [])
  assert.deepEqual(await ids(world, '关于算力怎么办', { kind: 'company' }), ['2'])
})

test('putting again replaces, unchanged is not written, removed is gone', async (t) => {
  const world = await testWorld(t)
  const version = async () =>
    (
      await sql<{ v: string }>`select xmin::text as v from search.item where id = '1'`.execute(
        world.db,
      )
    ).rows[0]?.v
  await put(world, item(1, '算力'))
  const first = await version()
  await put(world, item(1, '算力'))
  assert.equal(await version(), first)
  await put(world, item(1, '语料', '', { audience: [{ person: id(1) }] }))
  assert.notEqual(await version(), first)
  assert.deepEqual(await ids(world, '算力'), [])
  assert.deepEqual(await ids(world, '语料'), [])
  assert.deepEqual(await ids(world, '语料', { actor: person(1) }), ['1'])
  await world.transact(visitor, (ctx) => search(world).remove(ctx, 'test', '1'))
  assert.deepEqual(await ids(world, '语料', { actor: person(1) }), [])
})

test('seeding makes a kind these items and no others', async (t) => {
  const world = await testWorld(t)
  await put(world, item(9, '算力旧'), item(1, '算力别类', '', { kind: 'other' }))
  const seed = (...items: Item[]) =>
    world.transact(visitor, (ctx) => search(world).seed(ctx, 'test', items))
  await seed(item(1, '算力甲'), item(2, '算力乙'))
  await seed(item(2, '算力乙'), item(3, '算力丙'))
  assert.deepEqual((await ids(world, '算力', { kind: 'test' })).toSorted(), ['2', '3'])
  assert.deepEqual(await ids(world, '算力', { kind: 'other' }), ['1'])
  await assert.rejects(seed(item(1, '算力', '', { kind: 'other' })), /not of kind/)
  await seed()
  assert.deepEqual(await ids(world, '算力', { kind: 'test' }), [])
})

test('few searches run at once, some wait, more are refused; a failure frees its place', async () => {
  const gate = new Gate(2, 3)
  const doors = Array.from({ length: 5 }, () => Promise.withResolvers<number>())
  let running = 0
  let most = 0
  const results = doors.map(({ promise }) =>
    gate.pass(async () => {
      most = Math.max(most, ++running)
      return promise.finally(() => running--)
    }),
  )
  await assert.rejects(
    gate.pass(async () => 0),
    { code: 'platform.busy' },
  )
  doors[0]!.reject(new Error('failed'))
  for (const door of doors.slice(1)) door.resolve(1)
  const settled = await Promise.allSettled(results)
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['rejected', ...Array(4).fill('fulfilled')],
  )
  assert.equal(most, 2)
  assert.equal(await gate.pass(async () => 7), 7)
})

test('what failed to commit is not found; what only a person may find goes with them', async (t) => {
  const world = await testWorld(t)
  const failing = world.transact(visitor, async (ctx) => {
    await search(world).put(ctx, item(1, '算力'))
    throw new Error('rolled back')
  })
  await assert.rejects(failing, /rolled back/)
  assert.deepEqual(await ids(world, '算力'), [])
  await put(
    world,
    item('own', '算力', '', { audience: [{ person: id(1) }] }),
    item('shared', '算力', '', { audience: [{ person: id(1) }, { role: 'official' }] }),
  )
  await world.transact(visitor, (ctx) => search(world).personalData.erase(ctx, id(1)))
  assert.deepEqual(await ids(world, '算力', { actor: person(1) }), ['shared'])
})

test('long texts are found by their beginning, and texts with odd characters at all', async (t) => {
  const world = await testWorld(t)
  await put(
    world,
    item(1, '长文', `开头${'中间'.repeat(20_000)}结尾`),
    item(2, '半个\ud83d字', `坏\udc00字`),
  )
  assert.deepEqual(await ids(world, '开头'), ['1'])
  assert.deepEqual(await ids(world, '结尾'), [])
  assert.deepEqual(await ids(world, '半个'), ['2'])
})
