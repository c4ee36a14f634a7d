// ./kapok check: recomputes the ledger's sums, the bookings and the journal's chain, and names what
// does not fit.
import { checkJournal } from '#platform/check-journal.ts'
import { system } from '#platform/context.ts'
import type { Finding } from '#platform/finding.ts'
import { checkCapacity } from '#services/capacity/index.ts'
import { checkLedger } from '#services/ledger/index.ts'
import { openTool } from './tool.ts'

export const summary = {
  zh: '核对账目合计、资源占用与日志封存链',
  en: 'Check the ledger’s sums, the bookings and the journal’s chain',
}
export const usage = 'check [--data .kapok]'

/** Checks one snapshot, also while the platform runs; exit code 1 when an error is found. */
export async function run(args: string[]): Promise<number> {
  return openTool(args, async ({ world }) => {
    const findings = await world.read(system('check'), async (ctx): Promise<Finding[]> => {
      const journal = await checkJournal(ctx.tx)
      return [...journal, ...(await checkLedger(ctx)), ...(await checkCapacity(ctx))]
    })
    for (const { severity, code, place, text } of findings) {
      console.log(`${severity === 'error' ? '✗' : '·'} ${code} ${place}: ${text.zh} · ${text.en}`)
    }
    const errors = findings.filter(({ severity }) => severity === 'error').length
    if (errors === 0) console.log('✓ 账目、占用与日志一致 · ledger, bookings and journal are whole')
    return errors === 0 ? 0 : 1
  })
}
