// 谁用过我的数据: recording that somebody else read personal fields, and showing it to the person.
import { sql } from 'kysely'
import { dateInChina } from '#law/schema.ts'
import type { Ctx, Role, Text } from '#platform/context.ts'
import { decodeCursor, page } from '#platform/routes.ts'
import { actingPerson, store } from './store.ts'

/** A reading of personal fields by somebody else. */
export interface Access {
  personIds: readonly string[]
  /** Names of the fields read, such as `name`. */
  fields: readonly string[]
  /** For what, in words that the person will understand. */
  purpose: Text
}

/**
 * Records a reading, one row per person, reader, purpose and day. Reading one's own data is none.
 * A GET route that calls this needs `writes: true`.
 */
export async function recordAccess(ctx: Ctx, access: Access): Promise<void> {
  const { actor } = ctx
  const others = [...new Set(access.personIds)].filter((id) => id !== actor.personId).sort()
  if (others.length === 0) return
  const office = actor.grants.find(({ role }) => role !== 'owner' && role !== 'member')
  const fields = [...access.fields]
  await store(ctx.tx)
    .insertInto('identity.access')
    .values(
      others.map((person) => ({
        person,
        day: dateInChina(ctx.now),
        reader: actor.personId ?? actor.name,
        purpose: access.purpose.zh,
        purpose_en: access.purpose.en,
        reader_subject: actor.subjectId,
        reader_role: office?.role ?? null,
        fields,
        reads: 1,
        first_at: ctx.now,
        last_at: ctx.now,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['person', 'day', 'reader', 'purpose']).doUpdateSet({
        reads: sql<number>`access.reads + 1`,
        last_at: ctx.now,
        fields: sql<
          string[]
        >`array(select distinct unnest(access.fields || excluded.fields) order by 1)`,
      }),
    )
    .execute()
}

const titles: Record<Role, Text> = {
  'system-admin': { zh: '系统管理员', en: 'System administrator' },
  'security-admin': { zh: '安全管理员', en: 'Security administrator' },
  'audit-admin': { zh: '审计管理员', en: 'Audit administrator' },
  auditor: { zh: '审计人员', en: 'Auditor' },
  official: { zh: '部门工作人员', en: 'Official' },
  operator: { zh: '算力运营单位', en: 'Cluster operator' },
  'community-manager': { zh: '社区管理员', en: 'Community manager' },
  owner: { zh: '单位负责人', en: 'Owner' },
  member: { zh: '单位成员', en: 'Member' },
}
const platform: Text = { zh: '平台', en: 'The platform' }

/** Who read, as the person sees it: the body read for and the office, never another's name. */
function readerText(body: string | null, role: string | null): Text {
  const title = role ? titles[role as Role] : null
  if (body && title) return { zh: `${body}（${title.zh}）`, en: `${body} (${title.en})` }
  if (body) return { zh: body, en: body }
  return title ?? platform
}

/** The newest readings of the actor's own data. */
export async function listAccesses(
  ctx: Ctx,
  query: { cursor?: string | undefined; limit: number },
) {
  let found = store(ctx.tx)
    .selectFrom('identity.access as a')
    .leftJoin('identity.subject as s', (join) =>
      join.onRef('s.id', '=', 'a.reader_subject').on('s.kind', '<>', 'person'),
    )
    .select([
      'a.reader',
      'a.purpose',
      'a.purpose_en',
      'a.reader_role',
      'a.fields',
      'a.reads',
      'a.first_at',
      'a.last_at',
      's.name as body',
    ])
    .where('a.person', '=', actingPerson(ctx))
    .orderBy('a.last_at', 'desc')
    .orderBy('a.reader')
    .orderBy('a.purpose')
    .limit(query.limit + 1)
  if (query.cursor) {
    const [at, reader, purpose] = decodeCursor(query.cursor)
    found = found.where(
      sql<boolean>`(a.last_at < ${at}::timestamptz
        or (a.last_at = ${at}::timestamptz and (a.reader, a.purpose) > (${reader}, ${purpose})))`,
    )
  }
  const { items, next } = page(await found.execute(), query.limit, (last) => [
    last.last_at.toISOString(),
    last.reader,
    last.purpose,
  ])
  return {
    items: items.map((row) => ({
      reader: readerText(row.body, row.reader_role),
      purpose: { zh: row.purpose, en: row.purpose_en },
      fields: row.fields,
      reads: row.reads,
      firstAt: row.first_at.toISOString(),
      lastAt: row.last_at.toISOString(),
    })),
    next,
  }
}
