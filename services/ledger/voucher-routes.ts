// Vouchers over HTTP: schemes for all, claims and uses for subjects, official acts for offices.
import { z } from 'zod'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { anyone } from '#platform/policy.ts'
import { paging, type Route, route } from '#platform/routes.ts'
import type { Outcome } from './call.ts'
import * as contract from './contract.ts'
import { release } from './hold.ts'
import { offersOf } from './offers.ts'
import type { VoucherParts } from './parts.ts'
import { actsOfficially, readsOwn, spendsForOwn } from './policy.ts'
import { subjectOf } from './routes.ts'
import { amountFrom, store } from './store.ts'
import { listOfficeUses, listSchemes, listUses, listVouchers } from './views.ts'
import { claimVoucher, openPool, withdrawVoucher } from './voucher-pool.ts'
import { clawBack, judgeUnrelated, payUse, useVoucher, verifyUse } from './voucher-use.ts'

const SCALE = 4
const money = (text: string) => amountFrom(text, SCALE)
const optional = (text: string | undefined) => (text === undefined ? undefined : money(text))
const doneOf = ({ entryId, journalId }: Outcome) => ({ entryId, journalId: journalId.toString() })
const uses = z.strictObject({ ...paging, ...contract.useQuery })

/** Only who pays takes a use back. @throws request.not-found */
async function requirePayer(ctx: Ctx, useId: string): Promise<void> {
  const own = await store(ctx)
    .selectFrom('ledger.voucher_use as u')
    .innerJoin('ledger.hold as h', 'h.id', 'u.hold_id')
    .select('h.id')
    .where('u.hold_id', '=', useId)
    .where('h.payer', '=', subjectOf(ctx))
    .executeTakeFirst()
  if (!own) throw problem('request.not-found')
}

function subjectRoutes(parts: VoucherParts): Route[] {
  const { schemes } = parts
  return [
    route({
      method: 'GET',
      path: '/api/vouchers/schemes',
      name: 'vouchers.schemes',
      title: { zh: '列出券种', en: 'List voucher schemes' },
      policy: anyone,
      reply: contract.schemeList,
      handle: (ctx) => listSchemes(ctx, parts),
    }),
    route({
      method: 'GET',
      path: '/api/vouchers',
      name: 'vouchers.list',
      title: { zh: '列出我的券', en: 'List my vouchers' },
      policy: readsOwn,
      reply: contract.voucherList,
      handle: async (ctx) => ({ items: await listVouchers(ctx, schemes, subjectOf(ctx)) }),
    }),
    route({
      method: 'POST',
      path: '/api/vouchers',
      name: 'vouchers.claim',
      title: { zh: '申领券', en: 'Claim a voucher' },
      policy: spendsForOwn,
      body: contract.claim,
      reply: contract.claimed,
      status: 201,
      handle: async (ctx, { body }) => {
        const made = await claimVoucher(ctx, parts, {
          scheme: body.scheme,
          subjectId: subjectOf(ctx),
          amount: money(body.amount),
          key: ctx.newId(),
        })
        return { voucherId: made.voucherId, ...doneOf(made) }
      },
    }),
    route({
      method: 'GET',
      path: '/api/vouchers/offers',
      name: 'vouchers.offers',
      title: { zh: '测算我可申领的券', en: 'What I could claim, by the rules in force' },
      policy: readsOwn,
      reply: contract.offerList,
      handle: async (ctx) => ({ items: await offersOf(ctx, parts, subjectOf(ctx)) }),
    }),
    route({
      method: 'GET',
      path: '/api/vouchers/uses',
      name: 'vouchers.uses',
      title: { zh: '列出用券记录', en: 'List uses of vouchers' },
      policy: readsOwn,
      query: uses,
      reply: contract.useList,
      handle: (ctx, { query }) => listUses(ctx, subjectOf(ctx), query),
    }),
    route({
      method: 'POST',
      path: '/api/vouchers/{id}/uses',
      name: 'vouchers.use',
      title: { zh: '用券', en: 'Use a voucher' },
      policy: spendsForOwn,
      params: contract.byId,
      body: contract.useVoucher,
      reply: contract.done,
      status: 201,
      handle: async (ctx, { params, body }) =>
        doneOf(
          await useVoucher(ctx, parts, {
            subjectId: subjectOf(ctx),
            voucherId: params.id,
            payee: body.payee,
            amount: money(body.amount),
            cash: optional(body.cash),
            contractAmount: money(body.contractAmount),
            invoice: body.invoice,
            expiresAt: new Date(body.expiresAt),
            key: ctx.newId(),
          }),
        ),
    }),
    route({
      method: 'POST',
      path: '/api/vouchers/uses/{id}/release',
      name: 'vouchers.release',
      title: { zh: '撤回用券', en: 'Take a use back' },
      policy: spendsForOwn,
      params: contract.byId,
      reply: contract.done,
      handle: async (ctx, { params }) => {
        await requirePayer(ctx, params.id)
        return doneOf(await release(ctx, { holdId: params.id, key: ctx.newId() }))
      },
    }),
  ]
}

function officeRoutes(parts: VoucherParts): Route[] {
  const { schemes } = parts
  const act = (
    path: string,
    name: string,
    title: { zh: string; en: string },
    work: (ctx: Ctx, id: string, memo: string) => Promise<Outcome>,
  ) =>
    route({
      method: 'POST',
      path,
      name,
      title,
      policy: actsOfficially,
      params: contract.byId,
      body: contract.officialAct,
      reply: contract.done,
      handle: async (ctx, { params, body }) => doneOf(await work(ctx, params.id, body.basis)),
    })
  return [
    route({
      method: 'GET',
      path: '/api/vouchers/office/uses',
      name: 'vouchers.officeUses',
      title: { zh: '列出本部门负责的用券', en: 'List the uses that my office handles' },
      policy: actsOfficially,
      query: uses,
      reply: contract.useList,
      handle: (ctx, { query }) => listOfficeUses(ctx, schemes, query),
    }),
    route({
      method: 'POST',
      path: '/api/vouchers/pools',
      name: 'vouchers.openPool',
      title: { zh: '设立年度券池', en: 'Open the pool of a year' },
      policy: actsOfficially,
      body: contract.openPool,
      reply: contract.done,
      status: 201,
      handle: async (ctx, { body }) => {
        const amount = money(body.amount)
        return doneOf(await openPool(ctx, schemes, { ...body, amount, key: ctx.newId() }))
      },
    }),
    route({
      method: 'POST',
      path: '/api/vouchers/uses/{id}/judgement',
      name: 'vouchers.judge',
      title: { zh: '判断为非关联方', en: 'Judge the parties unrelated' },
      policy: actsOfficially,
      params: contract.byId,
      body: contract.officialAct,
      handle: async (ctx, { params, body }) => {
        await judgeUnrelated(ctx, parts, { useId: params.id, memo: body.basis })
        return undefined
      },
    }),
    route({
      method: 'POST',
      path: '/api/vouchers/uses/{id}/verification',
      name: 'vouchers.verify',
      title: { zh: '核销', en: 'Verify a use' },
      policy: actsOfficially,
      params: contract.byId,
      body: contract.verifyUse,
      reply: contract.done,
      handle: async (ctx, { params, body }) =>
        doneOf(
          await verifyUse(ctx, parts, {
            useId: params.id,
            invoice: body.invoice,
            invoiceAmount: money(body.invoiceAmount),
            amount: optional(body.amount),
            key: ctx.newId(),
          }),
        ),
    }),
    act(
      '/api/vouchers/uses/{id}/payment',
      'vouchers.pay',
      { zh: '兑付', en: 'Pay' },
      (ctx, id, memo) => payUse(ctx, parts, { useId: id, memo, key: ctx.newId() }),
    ),
    act(
      '/api/vouchers/uses/{id}/clawback',
      'vouchers.clawBack',
      { zh: '追回', en: 'Claw back a use' },
      (ctx, id, memo) => clawBack(ctx, parts, { useId: id, memo, key: ctx.newId() }),
    ),
    act(
      '/api/vouchers/{id}/withdrawal',
      'vouchers.withdraw',
      { zh: '收回未用余额', en: 'Take back what is left of a voucher' },
      (ctx, id, memo) => withdrawVoucher(ctx, schemes, { voucherId: id, memo, key: ctx.newId() }),
    ),
  ]
}

export function voucherRoutes(parts: VoucherParts): readonly Route[] {
  return [...subjectRoutes(parts), ...officeRoutes(parts)]
}
