// The journal over HTTP: an entry and its proof for whom it concerns; seals and keys for everybody.
import { z } from 'zod'
import { toHex } from '#engines/evidence/bytes.ts'
import type { SealedEntry } from '#engines/evidence/leaf.ts'
import type { Seal } from '#engines/evidence/seal.ts'
import { type Actor, type Ctx, holds } from './context.ts'
import { problem } from './errors.ts'
import { anyone, type Policy } from './policy.ts'
import { consistencyOf, positionOf, proofOf } from './proof.ts'
import { Download, decodeCursor, page, paging, type Route, route } from './routes.ts'
import { originOf, publicKeyFrom, publicKeys } from './seal-key.ts'
import { readSalted, readSeals, sealFrom } from './seal-store.ts'

/** Others get "not found": that an entry exists is nobody else's business either. */
const concerned: Policy = {
  sentence: {
    zh: '记录的主体、各方、经办人、审计管理员和审计人员可看',
    en: 'The entry’s subject and parties, who acted, the audit administrator and auditors',
  },
  roles: ['person'],
  allows: (actor) => actor.kind === 'person' || actor.kind === 'key',
}

/** `parties` of a payload names whom a fact concerns besides its subject. */
function mayRead(actor: Actor, entry: SealedEntry): boolean {
  const { person, subject } = entry.actor
  const { parties } = entry.payload
  if (actor.subjectId !== null && Array.isArray(parties) && parties.includes(actor.subjectId)) {
    return true
  }
  return (
    holds(actor, ['audit-admin', 'auditor']) ||
    (entry.subject !== null && [actor.subjectId, actor.personId].includes(entry.subject)) ||
    (actor.subjectId !== null && actor.subjectId === subject) ||
    (actor.personId !== null && actor.personId === person)
  )
}

async function readVisible(ctx: Ctx, position: number): Promise<SealedEntry> {
  const [found] = await readSalted(ctx.tx, position - 1, position, 1)
  if (!found || !mayRead(ctx.actor, found.entry)) throw problem('request.not-found')
  return found.entry
}

const count = z.coerce.number().int().min(1)
const atPosition = z.strictObject({ position: count })
const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`))

const entryReply = z.strictObject({
  position: z.number(),
  sealed: z.boolean(),
  kind: z.string(),
  version: z.number(),
  actor: z.record(z.string(), z.json()),
  subject: z.string().nullable(),
  validAt: z.string(),
  knownAt: z.string(),
  payload: z.record(z.string(), z.json()),
})

const sealReply = z.strictObject({
  format: z.literal('kapok-seal/1'),
  origin: z.string(),
  size: z.number(),
  root: hex(32),
  at: z.string(),
  previous: hex(32).nullable(),
  algorithm: z.literal('Ed25519'),
  keyId: hex(8),
  signature: hex(64),
}) satisfies z.ZodType<Seal>

async function sealedUpTo(ctx: Ctx): Promise<number> {
  const [newest] = await readSeals(ctx.tx, 1)
  return Number(newest?.size ?? 0n)
}

const entry = route({
  method: 'GET',
  path: '/api/journal/entries/{position}',
  name: 'journal.entry',
  title: { zh: '查看一条日志记录', en: 'Read an entry of the journal' },
  policy: concerned,
  params: atPosition,
  reply: entryReply,
  handle: async (ctx, { params }) => {
    const found = await readVisible(ctx, params.position)
    return { ...found, sealed: (await sealedUpTo(ctx)) >= params.position }
  },
})

const proof = route({
  method: 'GET',
  path: '/api/journal/entries/{position}/proof',
  name: 'journal.proof',
  title: { zh: '下载一条记录的证明', en: 'Download the proof of an entry' },
  policy: concerned,
  params: atPosition,
  handle: async (ctx, { params }) => {
    await readVisible(ctx, params.position)
    const made = await proofOf(ctx.tx, params.position)
    const name = `kapok-proof-${params.position}.json`
    return new Download('application/json', name, `${JSON.stringify(made, null, 2)}\n`)
  },
})

const placeOfFact = route({
  method: 'GET',
  path: '/api/journal/facts/{id}',
  name: 'journal.place',
  title: { zh: '查找记录在日志中的编号', en: 'Find an entry’s position in the journal' },
  policy: concerned,
  params: z.strictObject({ id: z.string().regex(/^[1-9]\d{0,17}$/) }),
  reply: z.strictObject({ position: z.number(), sealed: z.boolean() }),
  handle: async (ctx, { params }) => {
    const position = await positionOf(ctx.tx, BigInt(params.id))
    if (position === null) throw problem('request.not-found')
    await readVisible(ctx, position)
    return { position, sealed: (await sealedUpTo(ctx)) >= position }
  },
})

const seals = route({
  method: 'GET',
  path: '/api/journal/seals',
  name: 'journal.seals',
  title: { zh: '列出封存声明', en: 'List the seals of the journal' },
  policy: anyone,
  query: z.strictObject(paging),
  reply: z.strictObject({ items: z.array(sealReply), next: z.string().nullable() }),
  handle: async (ctx, { query }) => {
    const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor)
    if (before !== undefined && !Number.isSafeInteger(before)) throw problem('request.cursor')
    const rows = await readSeals(ctx.tx, query.limit + 1, before as number | undefined)
    return page(rows.map(sealFrom), query.limit, (last) => [last.size])
  },
})

const consistency = route({
  method: 'GET',
  path: '/api/journal/consistency',
  name: 'journal.consistency',
  title: { zh: '证明日志只增不改', en: 'Prove that the journal only grew' },
  policy: anyone,
  query: z.strictObject({ from: count, to: count }),
  reply: z.strictObject({ from: sealReply, to: sealReply, path: z.array(hex(32)) }),
  handle: (ctx, { query }) => consistencyOf(ctx.tx, query.from, query.to),
})

const keys = route({
  method: 'GET',
  path: '/api/journal/keys',
  name: 'journal.keys',
  title: { zh: '公布封存所用的公钥', en: 'The public keys of the seals' },
  policy: anyone,
  reply: z.strictObject({
    origin: z.string(),
    items: z.array(
      z.strictObject({
        keyId: hex(8),
        algorithm: z.string(),
        publicKey: hex(32),
        pem: z.string(),
        since: z.string(),
      }),
    ),
  }),
  handle: async (ctx) => ({
    origin: await originOf(ctx.tx),
    items: (await publicKeys(ctx.tx)).map((row) => ({
      keyId: row.key_id,
      algorithm: row.algorithm,
      publicKey: toHex(row.public_key),
      pem: publicKeyFrom(row.public_key).export({ type: 'spki', format: 'pem' }).toString(),
      since: row.since.toISOString(),
    })),
  }),
})

/** Every route of the journal, for the composition root. */
export const journalRoutes: readonly Route[] = [entry, proof, placeOfFact, seals, consistency, keys]
