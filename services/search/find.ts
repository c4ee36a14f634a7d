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
const MOST_RANKED = 240

interface FoundRow {
  kind: string
  id: string
  title: { zh: string; en: string }
  body: string
  link: string
  facets: Record<string, string>
}

type Column = RawBuilder<string>

/** How an item ranks by its title, and by its body when the title does not hold all terms. */
interface Score {
  title(title: Column): RawBuilder<number>
  body(title: Column, body: Column): RawBuilder<number>
}

interface Wanted {
  tsquery: string
  keys: readonly string[]
  score: Score
  /** The terms that make a title count as one, for items whose titles have no index. */
  inTitle: readonly string[]
  /** The body is not looked at. */
  titlesOnly?: boolean
  from: number
  limit: number
}

const holdsAll = (text: Column, parts: readonly string[]) =>
  sql<boolean>`not exists (select from unnest(${parts}::text[]) p where strpos(${text}, p) = 0)`

/**
 * Where the words stand: in the title as typed, scattered in the title, in the body as typed,
 * scattered in the body. A title that is just what was typed comes first.
 */
function wholeScore({ phrases }: Query): Score {
  const typed = phrases.join(' ')
  return {
    title: (title) => sql`case
      when ${title} = ${typed} or starts_with(${title}, ${`${typed}\n`}) then 16
      when ${holdsAll(title, phrases)} then 8
      else 4 end`,
    body: (_title, body) => sql`case when ${holdsAll(body, phrases)} then 2 else 1 end`,
  }
}

/** How many of the parts stand in the title (counting twice) or in the body. */
function countScore(parts: readonly string[]): Score {
  const held = (text: Column, points: number) =>
    sql<number>`(select count(*) * ${points}::int from unnest(${parts}::text[]) p
      where strpos(${text}, p) > 0)::int`
  return {
    title: (title) => held(title, 2),
    body: (title, body) => sql`greatest(${held(title, 2)}, ${held(body, 1)})`,
  }
}

/**
 * One page of the best, and one row more when there are others. Bodies are looked at only when too
 * few titles match: whatever is in a title ranks above them.
 */
async function fetchPage(ctx: Pick<Ctx, 'tx'>, wanted: Wanted): Promise<FoundRow[]> {
  const { tsquery, keys, score, inTitle, titlesOnly, from, limit } = wanted
  const needed = titlesOnly ? 0 : from + limit + 1
  const [title, body] = [sql<string>`i.folded_title`, sql<string>`i.folded_body`]
  const own = sql`union all (
    select i.key, i.weight, case when ${holdsAll(title, inTitle)}
      then ${score.title(title)} else ${score.body(title, body)} end
    from search.item i
    where not i.is_public and i.terms @@ ${forKeys(tsquery, keys)}::tsquery
      and i.audience && ${keys}::text[] limit ${MOST_RANKED})`
  const { rows } = await sql<FoundRow>`
    with titled as materialized (
      select t.key, t.weight, ${score.title(sql`t.folded`)} as score
      from search.title t where t.terms @@ ${tsquery}::tsquery limit ${MOST_RANKED}),
    mentioned as materialized (
      select i.key, i.weight, ${score.body(title, body)} as score
      from search.item i
      where i.is_public and i.terms @@ ${tsquery}::tsquery
        and i.key not in (select key from titled)
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
  const zh = highlight(title.zh, query)
  const titleRanges = { zh, en: title.en === title.zh ? zh : highlight(title.en, query) }
  return { kind, id, title, titleRanges, snippet: snippet(body, query), link, facets }
}

/** The words of the groups, so that what matched in part is pointed at too. */
const partsOf = (query: Query): Query => ({ ...query, terms: query.groups.flat() })

/**
 * What is asked of an item: all terms; else all, with words that go on; else some neighbouring
 * terms; else one of them in its title.
 */
const levels = ['all', 'beginnings', 'groups', 'terms'] as const
type Level = (typeof levels)[number]

/** The levels that differ for this query. */
function levelsOf({ cover, groups }: Query): readonly Level[] {
  const hasWord = cover.some(({ form }) => form === 'word')
  return levels.filter((level) => {
    if (level === 'beginnings') return hasWord
    return level === 'all' || groups.length > 0
  })
}

function wantedAt(level: Level, query: Query, kind: string | undefined) {
  if (level === 'all' || level === 'beginnings') {
    const inTitle = query.cover.map(({ term }) => term)
    return { tsquery: allTerms(query, kind, level), score: wholeScore(query), inTitle }
  }
  const isGroups = level === 'groups'
  const parts = isGroups ? groupTexts(query) : query.groups.flat().map(({ term }) => term)
  return {
    tsquery: isGroups ? anyGroup(query, kind) : anyTerm(query, kind),
    score: countScore([...new Set(parts)]),
    inTitle: [],
    titlesOnly: !isGroups,
  }
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

export interface Typed {
  q: string
  kind?: string | undefined
  cursor?: string | undefined
  /** Hits on one page. */
  limit: number
}

/**
 * What the actor may find by what was typed, best first.
 * @param typed any text; without letters, digits or characters nothing is found
 */
export async function find(ctx: Pick<Ctx, 'tx' | 'actor'>, typed: Typed): Promise<SearchResult> {
  const query = parseQuery(typed.q)
  const nothing = { items: [], next: null, complete: true }
  if (query.cover.length === 0) return nothing
  const keys = keysOfActor(ctx.actor)
  const { from, level: continued } = placeIn(typed.cursor)
  const limit = Math.min(typed.limit, MOST_FOUND - from)
  if (limit === 0) return nothing

  for (const level of continued ? [continued] : levelsOf(query)) {
    const wanted = wantedAt(level, query, typed.kind)
    const rows = await fetchPage(ctx, { ...wanted, keys, from, limit })
    if (rows.length === 0) continue
    const complete = level === 'all' || level === 'beginnings'
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
