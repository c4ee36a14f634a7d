// Why a subject cannot be left without anybody now: open holds, and money that would be nobody's.
import { sql } from 'kysely'
import type { Ctx, Text } from '#platform/context.ts'

/** Reasons in words; empty when the ledger has none. */
export async function obligations(ctx: Ctx, subjectId: string): Promise<Text[]> {
  const { rows } = await sql<{ holds: number; money: boolean }>`
    select
      (select count(*)::int from ledger.hold where payer = ${subjectId} and remaining > 0) as holds,
      exists (select from ledger.account a join ledger.balance b on b.account_id = a.id
        where a.owner = ${subjectId} and a.asset = 'cny' and b.available > 0) as money`.execute(
    ctx.tx,
  )
  const { holds, money } = rows[0]!
  const reasons: Text[] = []
  if (holds > 0) {
    reasons.push({
      zh: `还有 ${holds} 笔冻结未结清`,
      en: `${holds} holds are still open`,
    })
  }
  if (money) {
    reasons.push({
      zh: '账户里还有资金，请先转出',
      en: 'There is money in the account: move it out first',
    })
  }
  return reasons
}
