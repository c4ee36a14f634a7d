// What the tests of compute share: the demo world, its people, a machine in memory, time by hand.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { sql } from 'kysely'
import { diskFiles } from '#adapters/disk-files.ts'
import type { Actor, Ctx } from '#platform/context.ts'
import { Problem } from '#platform/errors.ts'
import { testWorld } from '#platform/test-world.ts'
import { capacity } from '#services/capacity/index.ts'
import { files } from '#services/files/index.ts'
import { addressOf, demoId, loadDemoWorld, membersOf, ownership } from '#services/identity/index.ts'
import { ledger, loadDemoLedger } from '#services/ledger/index.ts'
import { notices } from '#services/notices/index.ts'
import { rulebook } from '#services/rulebook/index.ts'
import { fund } from '../ledger/test-ledger.ts'
import { actorOf, yuan } from '../ledger/test-vouchers.ts'
import { loadDemoCompute } from './demo-world.ts'
import { Dispatcher } from './dispatcher.ts'
import type { Parts } from './parts.ts'
import { readPrograms } from './programs.ts'
import { makeQuote } from './quote.ts'
import { type QuotaTerms, setQuota } from './set-quota.ts'
import type { Option, Spec } from './shapes.ts'
import { store, type WorkloadRow } from './store.ts'
import { submit } from './submit.ts'
import { type Books, faultsOf } from './test-books.ts'
import { TestExecutor } from './test-executor.ts'

export { yuan } from '../ledger/test-vouchers.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Flavors of law/demo/compute.yaml: 4 nodes of 8 cards, 2 of 8, 2 of 8, and this machine. */
export const danxia = demoId('compute.flavor.danxia-910c')
export const zhishicheng = demoId('compute.flavor.zhishicheng-h20')
export const mingwan = demoId('compute.flavor.mingwan-910b')
export const processors = demoId('compute.flavor.zhishicheng-cpu')
export const clusterOf = (name: string): string => demoId(`compute.cluster.${name}`)
export const nodeOf = (name: string): string => demoId(`compute.node.${name}`)

/** An hour of one card, as a founder would ask for it. */
export const plainSpec: Spec = {
  name: '试训练',
  purpose: 'training',
  program: { bundled: 'train-digits' },
  command: [],
  environment: {},
  inputs: [],
  gang: { count: 1, milli: 1_000 },
  chipClasses: [],
  clusters: [],
  limitSeconds: 3_600,
  expectedSeconds: 600,
  deadline: null,
  preemptible: true,
  priority: 'normal',
  budgetId: null,
  vouchers: false,
}

/** Whose data comes with the demo world: money in law/demo/ledger.yaml. */
export const founder = actorOf('liyu')
export const sme = actorOf('chaoxi')
export const lab = actorOf('linghai')
export const relatedSme = actorOf('taozhi')
export const operator: Actor = (() => {
  const owner = actorOf('yunling')
  return { ...owner, grants: [...owner.grants, { ...owner.grants[0]!, role: 'operator' }] }
})()

/** The code of the problem that `work` ends with. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
  return assert.fail('nothing was refused')
}

export type Bed = Awaited<ReturnType<typeof computeBed>>

/** Opens everything on a fresh world; machine and world begin at the same moment. */
export async function computeBed(t: TestContext, machine = new TestExecutor()) {
  const world = await testWorld(t, { demo: true })
  const rules = rulebook(world, {
    notify: async () => '',
    clauses: new Map(),
    populationSize: 0,
  })
  await rules.prepare()
  const money = ledger(world, { ownership, rules })
  const jobs = { send: () => assert.fail('no mail here'), work: () => assert.fail() } as never
  const told: { kind: string; to: unknown; params: unknown }[] = []
  const inbox = notices(world, { mailer: null, addresses: { addressOf, membersOf }, jobs })
  const parts: Parts = {
    world,
    capacity: capacity(world),
    files: files(world, { blobs: diskFiles(join(world.settings.KAPOK_DATA, 'files')) }),
    vouchers: money.vouchers,
    notify: (ctx, notice) => {
      told.push(notice)
      return inbox.notify(ctx, notice)
    },
    executor: machine,
    machine: await machine.discover(),
    programs: readPrograms(),
  }
  await loadDemoWorld(world)
  await loadDemoLedger(world, money)
  await loadDemoCompute(world, parts.machine)
  t.mock.timers.enable({ apis: ['Date'], now: world.clock.now() })
  const dispatcher = new Dispatcher(parts)
  t.after(() => dispatcher.stop())
  assert.ok(await dispatcher.lead())

  const at = <T>(actor: Actor, work: (ctx: Ctx) => Promise<T>) => world.transact(actor, work)
  const quote = (actor: Actor, spec: Partial<Spec> = {}) =>
    at(actor, (ctx) => makeQuote(ctx, parts, { ...plainSpec, ...spec }))
  const take = (actor: Actor, quoteId: string, option: string) =>
    at(actor, (ctx) => submit(ctx, parts, { quoteId, option }))

  /** Sets what an organisation has on a cluster by agreement, on the version that is there. */
  const agree = (actor: Actor, terms: Partial<QuotaTerms>, clusterId = clusterOf('danxia-910c')) =>
    at(operator, async (ctx) => {
      const subjectId = actor.subjectId!
      const row = await store(ctx)
        .selectFrom('compute.quota as u')
        .innerJoin('compute.queue as q', 'q.id', 'u.queue_id')
        .select('u.version')
        .where('q.subject', '=', subjectId)
        .where('u.cluster_id', '=', clusterId)
        .executeTakeFirst()
      const whole = { nominal: 0, borrowing: 0, lending: null, ...terms }
      const ifMatch = String(row?.version ?? 0)
      await setQuota(ctx, { clusterId, subjectId, ifMatch, ...whole })
    })

  return {
    agree,
    world,
    parts,
    machine,
    money,
    told,
    dispatcher,
    at,
    quote,
    take,
    /** Quotes and takes the chosen option, or another by its key. */
    submit: async (actor: Actor, spec: Partial<Spec> = {}, option?: string): Promise<string> => {
      const { id, options, refused } = await quote(actor, spec)
      const key = option ?? options.find(({ chosen }) => chosen)?.key
      assert.ok(key, `nothing chosen: ${JSON.stringify(refused)}`)
      return (await take(actor, id, key)).id
    },
    /** One turn of everything: what ended is booked, what waits is placed and started. */
    step: () => dispatcher.step(true),
    /** Time goes by, for the machine and the world alike. */
    pass(ms: number): void {
      t.mock.timers.tick(ms)
      world.clock.advance(ms)
    },
    job: (id: string): Promise<WorkloadRow> =>
      store({ tx: world.db })
        .selectFrom('compute.workload')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow(),
    /** What happened to a workload, by name. */
    story: async (id: string): Promise<string> => {
      const steps = await store({ tx: world.db })
        .selectFrom('compute.step')
        .select('kind')
        .where('workload_id', '=', id)
        .orderBy('nth')
        .execute()
      return steps.map(({ kind }) => kind).join(' ')
    },
    attempts: (id: string) =>
      store({ tx: world.db })
        .selectFrom('compute.attempt')
        .selectAll()
        .where('workload_id', '=', id)
        .orderBy('nth')
        .execute(),
    /** The machine's tasks of the last attempt of a workload, those that run. */
    tasks: async (id: string): Promise<string[]> => {
      const attempt = await store({ tx: world.db })
        .selectFrom('compute.attempt')
        .select('id')
        .where('workload_id', '=', id)
        .orderBy('nth', 'desc')
        .executeTakeFirst()
      return machine.running.filter((task) => attempt && task.startsWith(`${attempt.id}.`))
    },
    deposit: (organisation: string, whole: number) =>
      fund(world, demoId(organisation), yuan(whole)),
    claim: (organisation: string, whole: number, scheme = 'guangdong.compute') =>
      at(actorOf(organisation), (ctx) =>
        money.vouchers.claim(ctx, {
          scheme,
          subjectId: demoId(organisation),
          amount: yuan(whole),
          key: crypto.randomUUID(),
        }),
      ),
    /** Available and held of an organisation's ordinary money. */
    purse: async (organisation: string): Promise<{ available: bigint; held: bigint }> =>
      (await readPurse(world.db, demoId(organisation))) ?? { available: 0n, held: 0n },
    /** Every law of ledger, capacity and compute; none may be broken. */
    check: async (): Promise<Books> => {
      const { faults, books } = await faultsOf(world)
      assert.deepEqual(faults, [])
      return books
    },
  }
}

async function readPurse(db: Ctx['tx'], owner: string) {
  const { rows } = await sql<{ available: bigint; held: bigint }>`
    select b.available, b.held from ledger.account a join ledger.balance b on b.account_id = a.id
    where a.owner = ${owner} and a.asset = 'cny' and a.kind = 'main'`.execute(db)
  return rows[0]
}

export const reasonsFor = (options: readonly Option[], key: string): string[] =>
  options.find((option) => option.key === key)!.reasons.map(({ code }) => code)
