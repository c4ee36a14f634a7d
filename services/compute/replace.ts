// Asks for a waiting job differently: the old one is cancelled and the new one queued, or neither.
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import type { Parts } from './parts.ts'
import { makeQuote } from './quote.ts'
import type { Change } from './shapes.ts'
import { cancel } from './stop.ts'
import { amountOf, lockWorkload } from './store.ts'
import { submit } from './submit.ts'

export interface ReplaceInput {
  workloadId: string
  change: Change['change']
  /** The option that was shown, and what was said of it: it must still be as good. */
  option: string
  startsBy: string
  most: string
}

/** What was shown was worked out a moment ago; a start this much later is still the same. */
const SAME_MS = 60_000

/**
 * In the caller's transaction. The new job counts from now, and its room may be that of the old one.
 * @throws compute.not-waiting, compute.changed when it would start later or cost more than shown,
 *   and what quoting and submitting throw
 */
export async function replace(ctx: Ctx, parts: Parts, input: ReplaceInput) {
  const old = await lockWorkload(ctx, input.workloadId)
  if (old.state !== 'queued' || old.attempt > 0) throw problem('compute.not-waiting')
  const without = old.capacity_hold
  await cancel(ctx, parts, { workloadId: old.id, basis: 'replaced' })
  const quote = await makeQuote(ctx, parts, { ...old.spec, ...input.change }, without)
  const option = quote.options.find(({ key }) => key === input.option)
  const start = option?.startsBy ? Date.parse(option.startsBy) : Number.POSITIVE_INFINITY
  const later = start > Math.max(Date.parse(input.startsBy), ctx.now.getTime()) + SAME_MS
  if (!option || later || amountOf(option.most) > amountOf(input.most)) {
    throw problem('compute.changed')
  }
  return submit(ctx, parts, { quoteId: quote.id, option: option.key }, without)
}
