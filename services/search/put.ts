// Puts things into the index, in the transaction of what they tell of; and takes them out.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { foldText, indexTerms } from '#engines/bigram/tokens.ts'
import type { Ctx, Text } from '#platform/context.ts'
import { type Audience, keysOfItem } from './audience.ts'
import { audienceLexeme, kindLexeme, vector } from './terms.ts'

/** Longer texts are found by their beginning. */
const MOST_INDEXED = 20_000
const BATCH = 200

export interface Item {
  kind: string
  /** Unique within its kind. */
  id: string
  title: Text
  /** Plain text in any language; null when the title says everything. */
  text: string | null
  /** A page of the portal. */
  link: string
  audience: readonly Audience[]
  facets?: Record<string, string>
  /** 0 to 1; decides among equals. */
  weight?: number
}

type Row = Record<string, unknown>

/** What PostgreSQL cannot store becomes a space or a replacement character. */
const storable = (text: string): string => text.replaceAll('\0', ' ').toWellFormed()

function rowOf(item: Item): Row {
  const { kind, id, link, facets = {}, weight = 0 } = item
  const text = storable((item.text ?? '').slice(0, MOST_INDEXED))
  const title = { zh: storable(item.title.zh), en: storable(item.title.en) }
  const audience = keysOfItem(item.audience)
  const isPublic = audience.includes('public')
  const titles = title.zh === title.en ? title.zh : `${title.zh}\n${title.en}`
  const titleTerms = [...indexTerms(titles), kindLexeme(kind)]
  const holders = isPublic ? [] : audience.map(audienceLexeme)
  const shown = { kind, id, title, body: text, link, audience, facets, weight }
  return {
    ...shown,
    folded_title: foldText(titles),
    folded_body: foldText(text),
    title_terms: vector(titleTerms),
    terms: vector([...titleTerms, ...indexTerms(text), ...holders]),
    is_public: isPublic,
    digest: createHash('sha256').update(JSON.stringify(shown)).digest('hex'),
  }
}

/** Inserts or replaces items; one that has not changed is not written again. */
export async function putAll(ctx: Pick<Ctx, 'tx' | 'now'>, items: readonly Item[]): Promise<void> {
  for (let at = 0; at < items.length; at += BATCH) {
    const rows = JSON.stringify(items.slice(at, at + BATCH).map(rowOf))
    await sql`
      with given as materialized (
        select * from jsonb_to_recordset(${rows}::jsonb) as g(kind text, id text, title jsonb,
          body text, link text, audience text[], facets jsonb, weight real, folded_title text,
          folded_body text, title_terms text, terms text, is_public boolean, digest text)),
      written as (
        insert into search.item as i (kind, id, title, body, link, audience, facets, weight,
          folded_title, folded_body, terms, is_public, digest, updated_at)
        select kind, id, title, body, link, audience, facets, weight, folded_title, folded_body,
          terms::tsvector, is_public, decode(digest, 'hex'), ${ctx.now}
        from given order by kind, id
        on conflict (kind, id) do update set
          title = excluded.title, body = excluded.body, link = excluded.link,
          audience = excluded.audience, facets = excluded.facets, weight = excluded.weight,
          folded_title = excluded.folded_title, folded_body = excluded.folded_body,
          terms = excluded.terms, is_public = excluded.is_public, digest = excluded.digest,
          updated_at = excluded.updated_at
        where i.digest <> excluded.digest
        returning key, kind, id, is_public),
      hidden as (
        delete from search.title t using written w where t.key = w.key and not w.is_public)
      insert into search.title as t (key, weight, folded, terms)
      select w.key, g.weight, g.folded_title, g.title_terms::tsvector
      from written w join given g using (kind, id) where w.is_public order by w.key
      on conflict (key) do update set
        weight = excluded.weight, folded = excluded.folded, terms = excluded.terms`.execute(ctx.tx)
  }
}

export async function remove(ctx: Pick<Ctx, 'tx'>, kind: string, id: string): Promise<void> {
  await sql`delete from search.item where kind = ${kind} and id = ${id}`.execute(ctx.tx)
}

/** Makes the items of a kind these and no others. */
export async function seed(
  ctx: Pick<Ctx, 'tx' | 'now'>,
  kind: string,
  items: readonly Item[],
): Promise<void> {
  const stranger = items.find((item) => item.kind !== kind)
  if (stranger) throw new Error(`${stranger.kind} ${stranger.id} is not of kind ${kind}`)
  await putAll(ctx, items)
  const ids = items.map((item) => item.id)
  await sql`delete from search.item where kind = ${kind} and id <> all(${ids}::text[])`.execute(
    ctx.tx,
  )
}

/** Takes out everything that only this person may find. */
export async function erasePerson(ctx: Pick<Ctx, 'tx'>, personId: string): Promise<void> {
  const key = `person:${personId}`
  await sql`delete from search.item where not is_public and audience && ${[key]}::text[]
    and audience <@ ${[key, `subject:${personId}`]}::text[]`.execute(ctx.tx)
}
