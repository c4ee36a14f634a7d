// A repeated write with the same Idempotency-Key gives the first answer and does nothing again.
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Ctx, Json } from './context.ts'
import { tables } from './database.ts'
import { problem } from './errors.ts'

interface IdempotencyTables {
  'platform.idempotency': {
    owner: string
    key: string
    route: string
    request_hash: Buffer
    status: number
    reply: unknown
    at: Date
  }
}

/**
 * Runs `work` once per (actor, key); the row is taken first, so that a concurrent repeat waits.
 * @throws request.key-reused when the key came with another route or body
 */
export async function remembered<T>(
  ctx: Ctx,
  call: { key: string; route: string; request: unknown },
  work: () => Promise<T>,
): Promise<T> {
  if (!/^[\x21-\x7e]{8,200}$/.test(call.key)) throw problem('request.idempotency-key')
  // The same key for another organisation, or under a mandate, is another write.
  const { personId, subjectId, mandateId, name } = ctx.actor
  const owner = [personId ?? name, subjectId ?? '', mandateId ?? ''].join('/')
  const hash = createHash('sha256')
    .update(canonicalize(call.request as Json) ?? '')
    .digest()
  const db = tables<IdempotencyTables>(ctx.tx)
  const taken = await db
    .insertInto('platform.idempotency')
    .values({
      owner,
      key: call.key,
      route: call.route,
      request_hash: hash,
      status: 0,
      reply: null,
      at: ctx.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('owner')
    .executeTakeFirst()
  const mine = db
    .selectFrom('platform.idempotency')
    .selectAll()
    .where('owner', '=', owner)
    .where('key', '=', call.key)
  if (!taken) {
    const earlier = await mine.executeTakeFirstOrThrow()
    if (earlier.route !== call.route || !earlier.request_hash.equals(hash)) {
      throw problem('request.key-reused')
    }
    return (earlier.reply ?? undefined) as T
  }
  const result = await work()
  await db
    .updateTable('platform.idempotency')
    .set({ status: 200, reply: result === undefined ? null : JSON.stringify(result) })
    .where('owner', '=', owner)
    .where('key', '=', call.key)
    .execute()
  return result
}
