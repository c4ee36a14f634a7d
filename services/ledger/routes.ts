// Accounts over HTTP: what one has, had and how it came, down to the journal.
import { z } from 'zod'
import { formatAmount } from '#engines/ledger/amount.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { Download, paging, type Route, route } from '#platform/routes.ts'
import { findSubjects } from '#services/identity/index.ts'
import { balanceAt, openAccount } from './accounts.ts'
import * as contract from './contract.ts'
import { readEntry } from './entry-view.ts'
import { issue } from './move.ts'
import { actsOfficially, isOfficialFor, mayReadAll, readsOwn } from './policy.ts'
import { readStatement, statementCsv } from './statement.ts'
import { type AccountView, accountOf, accounts, amountFrom } from './store.ts'
import { accountView, listAccounts, listHolds } from './views.ts'

/** The subject that the actor acts for. */
export function subjectOf({ actor }: Ctx): string {
  const subject = actor.subjectId ?? actor.personId
  if (subject === null) throw problem('request.not-found')
  return subject
}

/** An account of the actor's subject; any for auditors. */
async function visible(ctx: Ctx, id: string): Promise<AccountView> {
  if (!mayReadAll(ctx.actor)) return accountOf(ctx, id, subjectOf(ctx))
  const row = await accounts(ctx).where('a.id', '=', id).executeTakeFirst()
  if (!row) throw problem('request.not-found')
  return row
}

const periodOf = ({ from, to }: { from?: string; to?: string }) => ({
  from: from === undefined ? undefined : new Date(from),
  to: to === undefined ? undefined : new Date(to),
})

const list = route({
  method: 'GET',
  path: '/api/ledger/accounts',
  name: 'ledger.accounts',
  title: { zh: '列出账户', en: 'List accounts' },
  policy: readsOwn,
  reply: contract.accountList,
  handle: async (ctx) => ({ items: await listAccounts(ctx, subjectOf(ctx)) }),
})

const read = route({
  method: 'GET',
  path: '/api/ledger/accounts/{id}',
  name: 'ledger.account',
  title: { zh: '查看账户', en: 'Read an account' },
  policy: readsOwn,
  params: contract.byId,
  reply: contract.account,
  handle: async (ctx, { params }) => accountView(await visible(ctx, params.id)),
})

const balance = route({
  method: 'GET',
  path: '/api/ledger/accounts/{id}/balance',
  name: 'ledger.balance',
  title: { zh: '查看某一时刻的余额', en: 'Read what an account held at a moment' },
  policy: readsOwn,
  params: contract.byId,
  query: contract.moment,
  reply: contract.balance,
  handle: async (ctx, { params, query }) => {
    const account = await visible(ctx, params.id)
    const at = new Date(query.at)
    const { available, held, version } = await balanceAt(ctx, account.id, at)
    return {
      at: at.toISOString(),
      available: formatAmount(available, account.scale),
      held: formatAmount(held, account.scale),
      version: version.toString(),
    }
  },
})

const statement = route({
  method: 'GET',
  path: '/api/ledger/accounts/{id}/statement',
  name: 'ledger.statement',
  title: { zh: '查看对账单', en: 'Read a statement' },
  policy: readsOwn,
  params: contract.byId,
  query: z.strictObject({ ...paging, ...contract.period }),
  reply: contract.statement,
  handle: async (ctx, { params, query }) => {
    const account = await visible(ctx, params.id)
    return readStatement(ctx, account, { ...query, ...periodOf(query) })
  },
})

const csv = route({
  method: 'GET',
  path: '/api/ledger/accounts/{id}/statement.csv',
  name: 'ledger.statementCsv',
  title: { zh: '下载对账单', en: 'Download a statement' },
  policy: readsOwn,
  params: contract.byId,
  query: z.strictObject(contract.period),
  handle: async (ctx, { params, query }) => {
    const account = await visible(ctx, params.id)
    const text = await statementCsv(ctx, account, periodOf(query))
    return new Download('text/csv; charset=utf-8', `statement-${account.id}.csv`, text)
  },
})

const entry = route({
  method: 'GET',
  path: '/api/ledger/entries/{id}',
  name: 'ledger.entry',
  title: { zh: '查看一笔记录', en: 'Read an entry' },
  policy: readsOwn,
  params: contract.byId,
  reply: contract.entry,
  handle: (ctx, { params }) => readEntry(ctx, params.id),
})

const holds = route({
  method: 'GET',
  path: '/api/ledger/holds',
  name: 'ledger.holds',
  title: { zh: '列出未结清的冻结', en: 'List open holds' },
  policy: readsOwn,
  query: z.strictObject(paging),
  reply: contract.holdList,
  handle: (ctx, { query }) => listHolds(ctx, subjectOf(ctx), query),
})

const deposit = route({
  method: 'POST',
  path: '/api/ledger/deposits',
  name: 'ledger.deposit',
  title: { zh: '登记到账资金', en: 'Record money that came in' },
  policy: actsOfficially,
  body: contract.deposit,
  reply: contract.done,
  status: 201,
  handle: async (ctx, { body }) => {
    const amount = amountFrom(body.amount, 4)
    const owner = body.subjectId ?? subjectOf(ctx)
    const { area = null } = (await findSubjects(ctx, [owner])).get(owner) ?? {}
    if (area === null || !isOfficialFor(ctx.actor, area)) throw problem('request.not-found')
    const kind = body.subjectId === undefined ? 'fund' : 'main'
    const accountId = await openAccount(ctx, { owner, asset: 'cny', kind })
    const key = ctx.newId()
    const made = await issue(ctx, { accountId, asset: 'cny', amount, source: 'external', key })
    return { entryId: made.entryId, journalId: made.journalId.toString() }
  },
})

export const accountRoutes: readonly Route[] = [
  list,
  read,
  balance,
  statement,
  csv,
  entry,
  holds,
  deposit,
]
