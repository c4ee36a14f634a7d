// Documents (票据) of settled jobs, for buyer and seller. They are examples, not tax invoices.
import { cardHours } from '#engines/metering/cost.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { idInCursor, page } from '#platform/routes.ts'
import { findSubjects } from '#services/identity/index.ts'
import { dated } from './parameters.ts'
import { mayReadAll } from './policy.ts'
import { inYuan, store, subjectOf } from './store.ts'

const invoices = (ctx: Ctx) =>
  store(ctx)
    .selectFrom('compute.invoice as i')
    .innerJoin('compute.workload as w', 'w.id', 'i.workload_id')
    .selectAll('i')
    .select('w.number as job')

export async function listInvoices(ctx: Ctx, query: { cursor?: string; limit: number }) {
  const subject = subjectOf(ctx)
  let select = invoices(ctx)
    .where(({ eb, or }) => or([eb('i.buyer', '=', subject), eb('i.seller', '=', subject)]))
    .orderBy('i.id', 'desc')
    .limit(query.limit + 1)
  if (query.cursor !== undefined) {
    const id = idInCursor(query.cursor)
    select = select.where('i.id', '<', id)
  }
  const { items, next } = page(await select.execute(), query.limit, ({ id }) => [id])
  return {
    items: items.map((row) => ({
      id: row.id,
      number: row.number,
      issuedAt: row.issued_at.toISOString(),
      total: inYuan(row.total),
      workload: row.job,
    })),
    next,
  }
}

/** @throws request.not-found */
export async function readInvoice(ctx: Ctx, id: string) {
  const row = await invoices(ctx).where('i.id', '=', id).executeTakeFirst()
  const subject = subjectOf(ctx)
  const mine = row && (row.buyer === subject || row.seller === subject || mayReadAll(ctx.actor))
  if (!mine) throw problem('request.not-found')
  const names = await findSubjects(ctx, [row.seller, row.buyer])
  const party = (of: string) => {
    const known = names.get(of)
    return { id: of, name: known?.name ?? '—', creditCode: known?.creditCode ?? null }
  }
  const rate = dated('invoice.tax', row.issued_at)
  return {
    id: row.id,
    number: row.number,
    issuedAt: row.issued_at.toISOString(),
    seller: party(row.seller),
    buyer: party(row.buyer),
    workload: { id: row.workload_id, number: row.job },
    line: {
      item: { zh: '*信息技术服务*算力服务', en: 'Information technology services: compute' },
      quantity: cardHours(row.metered),
      unit: { zh: '卡时', en: 'card-hours' },
      price: inYuan(row.price),
      amount: inYuan(row.total),
    },
    taxRate: { basisPoints: row.tax_rate, source: rate.source, certainty: rate.certainty },
    net: inYuan(row.total - row.tax),
    tax: inYuan(row.tax),
    total: inYuan(row.total),
  }
}
