// Finds: candidates from the indexes, the best of them by where and how the words stand.
import { type RawBuilder, sql } from 'kysely'
import { highlight, snippet } from '#engines/bigram/highlight.ts'
import { parseQuery, type Query } from '#engines/bigram/query.ts'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { decodeCursor, encodeCursor } from '#platform/routes.ts'
import { keysOfActor } from './audience.ts'
import { type Hit, MOST_FOUND, type SearchResult } from './contract.ts'
import { allTerms, anyGroup, anyTerm, forKeys, groupTexts } from './terms.ts'

/** Ranked at most, of those whose title matches and of those whose body does. */
const MOST_RANKED = 300

interface FoundRow {
  kind: string
  id: string
  title: { zh: string; en: string }
  body: string
  link: string
  facets: Record<string, string>
}

/** How an item ranks by its title, and by its body when the title does not hold all terms. */
interface Score {
  title: RawBuilder<number>
  body: RawBuilder<number>
}

interface Wanted {
  tsquery: string
  keys: readonly string[]
  score: Score
  /** The body is not looked at. */
  titlesOnly?: boolean
  from: number
  limit: number
}

const holdsAll = (column: 'folded_title' | 'folded_body', texts: readonly string[]) =>
  sql`not exists (select from unnest(${texts}::text[]) t where strpos(i.${sql.ref(column)}, t) = 0)`

/**
 * Where the words stand: in the title as typed, scattered in the title, in the body as typed,
 * scattered in the body. A title that is just what was typed comes first.
 */
function wholeScore({ phrases }: Query): Score {
  const whole = phrases.join(' ')
  return {
    title: sql`case
      when i.folded_title = ${whole} or starts_with(i.folded_title, ${`${whole}\n`}) then 16
      when ${holdsAll('folded_title', phrases)} then 8
      else 4 end`,
    body: sql`case when ${holdsAll('folded_body', phrases)} then 2 else 1 end`,
  }
}

/** How many of the texts stand in the title (counting twice) or in the body. */
function countScore(texts: readonly string[]): Score {
  const score = sql<number>`(select sum(case
      when strpos(i.folded_title, t) > 0 then 2
      when strpos(i.folded_body, t) > 0 then 1
      else 0 end) from unnest(${texts}::text[]) t)`
  return { title: score, body: score }
}

/**
 * One page of the best, and one row more when there are others. The body is looked at only when
 * too few titles match: whatever is in a title ranks above it.
 */
async function fetchPage(ctx: Pick<Ctx, 'tx'>, wanted: Wanted): Promise<FoundRow[]> {
  const { tsquery, keys, score, titlesOnly, from, limit } = wanted
  const needed = titlesOnly ? 0 : from + limit + 1
  const own = sql`union all (
    select i.key, i.weight, case when i.title_terms @@ ${tsquery}::tsquery
      then ${score.title} else ${score.body} end
    from search.item i
    where not i.is_public and i.terms @@ ${forKeys(tsquery, keys)}::tsquery
      and i.audience && ${keys}::text[] limit ${MOST_RANKED})`
  const { rows } = await sql<FoundRow>`
    with titled as materialized (
      select i.key, i.weight, ${score.title} as score from search.item i
      where i.is_public and i.title_terms @@ ${tsquery}::tsquery limit ${MOST_RANKED}),
    mentioned as materialized (
      select i.key, i.weight, ${score.body} as score from search.item i
      where i.is_public and i.terms @@ ${tsquery}::tsquery
        and not i.title_terms @@ ${tsquery}::tsquery
        and (select count(*) from titled) < ${needed} limit ${MOST_RANKED}),
    best as (
      select * from (
        select * from titled union all select * from mentioned ${keys.length ? own : sql``}) found
      order by score desc, weight desc, key limit ${limit + 1} offset ${from})
    select i.kind, i.id, i.title, i.body, i.link, i.facets
    from best join search.item i using (key)
    order by best.score desc, best.weight desc, best.key`.execute(ctx.tx)
  return rows
}

function hitOf(row: FoundRow, query: Query): Hit {
  const { kind, id, title, body, link, facets } = row
  const titleRanges = { zh: highlight(title.zh, query), en: highlight(title.en, query) }
  return { kind, id, title, titleRanges, snippet: snippet(body, query), link, facets }
}

/** The words of the groups, so that what matched in part is pointed at too. */
const partsOf = (query: Query): Query => ({ ...query, terms: query.groups.flat() })

/** What is asked of an item: all terms; else some neighbouring ones; else one of them in its title. */
const levels = ['all', 'groups', 'terms'] as const
type Level = (typeof levels)[number]

function wantedAt(level: Level, query: Query, kind: string | undefined) {
  const texts = groupTexts(query)
  if (level === 'all') return { tsquery: allTerms(query, kind), score: wholeScore(query) }
  if (level === 'groups') return { tsquery: anyGroup(query, kind), score: countScore(texts) }
  const single = [...new Set(query.groups.flat().map(({ term }) => term))]
  return { tsquery: anyTerm(query, kind), score: countScore(single), titlesOnly: true }
}

function placeIn(cursor: string | undefined): { from: number; level: Level | null } {
  if (!cursor) return { from: 0, level: null }
  const [from, nth] = decodeCursor(cursor)
  const level = levels[Number(nth)]
  if (!Number.isInteger(from) || Number(from) < 1 || Number(from) > MOST_FOUND || !level) {
    throw problem('request.cursor')
  }
  return { from: Number(from), level }
}

/**
 * What the actor may find by what was typed, best first.
 * @param typed any text; without letters, digits or characters nothing is found
 */
export async function find(
  ctx: Pick<Ctx, 'tx' | 'actor'>,
  typed: { q: string; kind?: string; cursor?: string; limit: number },
): Promise<SearchResult> {
  const query = parseQuery(typed.q)
  const nothing = { items: [], next: null, complete: true }
  if (query.cover.length === 0) return nothing
  const keys = keysOfActor(ctx.actor)
  const { from, level: continued } = placeIn(typed.cursor)
  const limit = Math.min(typed.limit, MOST_FOUND - from)
  if (limit === 0) return nothing

  const possible = query.groups.length > 0 ? levels : levels.slice(0, 1)
  for (const level of continued ? [continued] : possible) {
    const wanted = wantedAt(level, query, typed.kind)
    const rows = await fetchPage(ctx, { ...wanted, keys, from, limit })
    if (rows.length === 0) continue
    const complete = level === 'all'
    const pointed = complete ? query : partsOf(query)
    const more = rows.length > limit && from + limit < MOST_FOUND
    return {
      items: rows.slice(0, limit).map((row) => hitOf(row, pointed)),
      next: more ? encodeCursor([from + limit, levels.indexOf(level)]) : null,
      complete,
    }
  }
  return nothing
}
