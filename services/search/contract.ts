// What the search service says and hears.
import { z } from 'zod'

export const MOST_TYPED = 200
/** Nobody reads further; a better query does more than a further page. */
export const MOST_FOUND = 200

const text = z.strictObject({ zh: z.string(), en: z.string() })
/** Start and end (exclusive) in UTF-16 units: `text.slice(start, end)` is what matched. */
const ranges = z.array(z.tuple([z.int(), z.int()]))

export const kind = z
  .string()
  .regex(/^[a-z][a-z-]*(\.[a-z][a-z-]*)?$/)
  .max(60)

export const searchQuery = {
  q: z.string().max(MOST_TYPED),
  kind: kind.optional(),
}

export const hit = z.strictObject({
  kind: z.string(),
  id: z.string(),
  title: text,
  titleRanges: z.strictObject({ zh: ranges, en: ranges }),
  snippet: z.strictObject({
    text: z.string(),
    ranges,
    /** Whether something was left out before and after. */
    cut: z.tuple([z.boolean(), z.boolean()]),
  }),
  /** A page of the portal. */
  link: z.string(),
  facets: z.record(z.string(), z.string()),
})
export type Hit = z.output<typeof hit>

export const searchResult = z.strictObject({
  items: z.array(hit),
  next: z.string().nullable(),
  /** False: nothing held all of what was typed, and these hold parts of it. */
  complete: z.boolean(),
})
export type SearchResult = z.output<typeof searchResult>
