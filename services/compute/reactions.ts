// The headline figures, kept from the journal; and whom the end of a job concerns.
import type { Ctx } from '#platform/context.ts'
import type { JournalEntry } from '#platform/journal.ts'
import type { Reaction } from '#platform/service.ts'
import { moment, type Notices } from '#services/notices/index.ts'
import { placeQueue } from './quota.ts'
import { store } from './store.ts'

interface NodeAdded {
  node: string
  cards: number
  simulated: boolean
  accelerator: boolean
}

type Handler = (ctx: Ctx, entry: JournalEntry) => Promise<unknown>

async function count(ctx: Ctx, kind: string, by = 1n): Promise<void> {
  await store(ctx)
    .insertInto('compute.tally')
    .values({ kind, number: by })
    .onConflict((conflict) =>
      conflict.column('kind').doUpdateSet(({ eb }) => ({
        number: eb('compute.tally.number', '+', by),
      })),
    )
    .execute()
}

const figures: Record<string, Handler> = {
  async 'compute.submitted'(ctx, { subjectId, payload, validAt }) {
    await count(ctx, 'submitted')
    if (payload.accelerator !== true) return
    const row = { subject: subjectId!, simulated: payload.simulated === true }
    await store(ctx)
      .insertInto('compute.first_run')
      .values({ ...row, submitted_at: validAt, started_at: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  },
  async 'compute.started'(ctx, { subjectId, payload, validAt }) {
    if (payload.accelerator !== true) return
    await store(ctx)
      .updateTable('compute.first_run')
      .set({ started_at: validAt })
      .where('subject', '=', subjectId!)
      .where('simulated', '=', payload.simulated === true)
      .where('started_at', 'is', null)
      .execute()
  },
  'compute.settled': (ctx) => count(ctx, 'settled'),
  async 'compute.node-added'(ctx, { payload }) {
    const { node, cards, simulated, accelerator } = payload as unknown as NodeAdded
    await store(ctx)
      .insertInto('compute.fleet')
      .values({ node_id: node, cards, simulated, accelerator, state: 'ready' })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  },
  async 'compute.node-changed'(ctx, { payload }) {
    await store(ctx)
      .updateTable('compute.fleet')
      .set({ state: String(payload.state) })
      .where('node_id', '=', String(payload.node))
      .execute()
  },
}

const CAUSES: Record<string, { zh: string; en: string }> = {
  exit: { zh: '程序以非零状态退出', en: 'the program exited with an error' },
  'time-limit': { zh: '超过时限，已停止', en: 'it was stopped at its time limit' },
  'memory-limit': { zh: '超过内存上限，已停止', en: 'it was stopped at its memory limit' },
  'disk-limit': { zh: '写入超过空间上限，已停止', en: 'it was stopped at its disk limit' },
  stopped: { zh: '已按要求停止', en: 'it was stopped as asked' },
  refused: { zh: '未能开始', en: 'it could not begin' },
  lost: { zh: '运行记录中断', en: 'its course was lost' },
}

/** Tells the organisation how its job ended, or that it has to give way. */
async function tell(ctx: Ctx, notify: Notices['notify'], entry: JournalEntry): Promise<void> {
  const id = String(entry.payload.workload)
  const row = await store(ctx)
    .selectFrom('compute.workload as w')
    .leftJoin('compute.attempt as a', (join) =>
      join.onRef('a.workload_id', '=', 'w.id').onRef('a.nth', '=', 'w.attempt'),
    )
    .select(['w.number', 'w.name', 'w.outcome', 'w.subject', 'a.cause'])
    .where('w.id', '=', id)
    .executeTakeFirst()
  if (!row) return
  const to = { subject: row.subject }
  const link = `/compute/jobs/${id}`
  const { number, name } = row
  if (entry.kind === 'compute.preempted') {
    const until = moment(String(entry.payload.leavesBy))
    await notify(ctx, { to, kind: 'compute.preempted', params: { number, until }, link })
    return
  }
  const amount = String(entry.payload.amount)
  if (row.outcome === 'succeeded') {
    await notify(ctx, { to, kind: 'compute.done', params: { number, name, amount }, link })
  } else if (row.outcome === 'failed') {
    const cause = CAUSES[row.cause ?? ''] ?? CAUSES.exit!
    await notify(ctx, { to, kind: 'compute.failed', params: { number, name, amount, cause }, link })
  }
}

export function reactionsOf(notify: Notices['notify']): Reaction[] {
  return [
    {
      name: 'compute.figures',
      kinds: Object.keys(figures),
      handle: async (ctx, entry) => void (await figures[entry.kind]!(ctx, entry)),
    },
    {
      name: 'compute.cohorts',
      kinds: ['identity.subject-changed'],
      handle: async (ctx, { subjectId }) => {
        if (subjectId !== null) await placeQueue(ctx, subjectId)
      },
    },
    {
      name: 'compute.notices',
      kinds: ['compute.settled', 'compute.preempted'],
      handle: (ctx, entry) => tell(ctx, notify, entry),
    },
  ]
}
