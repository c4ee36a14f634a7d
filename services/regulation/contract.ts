// What the regulation service answers: the law, its parameters, authorities and regions; shared with the portal.
import { z } from 'zod'

const text = z.strictObject({ zh: z.string(), en: z.string() })
const named = z.strictObject({ id: z.string(), name: text })
const date = z.iso.date()
const certainty = z.enum(['official', 'secondary', 'memory', 'example'])
const modality = z.enum(['应当', '职责', '支持', '鼓励', '可以', '探索', '不得', '说明'])

/** How often a duty's service was really used: facts of the journal, by kind. */
const used = z.strictObject({
  services: z.array(z.string()),
  /** Facts in all; 0 when the service stands but nobody has used it yet. */
  count: z.int(),
  lastAt: z.iso.datetime().nullable(),
  facts: z.array(
    z.strictObject({ kind: z.string(), count: z.int(), lastAt: z.iso.datetime().nullable() }),
  ),
})

export const dutyView = z.strictObject({
  /** article.paragraph.duty */
  id: z.string(),
  sentence: z.int(),
  modality,
  manner: z.enum(['支持', '鼓励', '探索']).nullable(),
  who: z.array(named),
  with: z.array(named),
  toward: z.array(named),
  where: z.array(named),
  what: text,
  /** null: nothing serves it yet. */
  served: used.nullable(),
})

export const articleView = z.strictObject({
  article: z.int(),
  title: text,
  paragraphs: z.array(z.strictObject({ paragraph: z.int(), duties: z.array(dutyView) })),
})

export const lawTotals = z.strictObject({
  articles: z.int(),
  paragraphs: z.int(),
  /** Duties that ask something of somebody: all but 说明. */
  duties: z.int(),
  served: z.int(),
  used: z.int(),
})

export const lawView = z.strictObject({
  name: text,
  status: z.enum(['draft', 'passed', 'repealed']),
  /** First day in force, or null while there is none. */
  inForce: date.nullable(),
  inForceToday: z.boolean(),
  source: text,
  modalities: z.array(z.strictObject({ key: modality, en: z.string(), note: text })),
  totals: lawTotals,
  chapters: z.array(
    z.strictObject({ chapter: z.int(), title: text, articles: z.array(articleView) }),
  ),
})

export const articleParams = z.strictObject({ article: z.coerce.number().int().min(1) })
export const articleReply = z.strictObject({
  chapter: z.strictObject({ chapter: z.int(), title: text }),
  ...articleView.shape,
})

const datedValue = z.strictObject({
  from: date,
  to: date.nullable(),
  /** CNY: whole yuan as a decimal string; bp: 1/10,000; else a whole number. */
  value: z.union([z.string(), z.int()]),
  source: z.string(),
  certainty,
  note: z.string(),
})

export const parametersQuery = z.strictObject({ on: date.optional() })
export const parametersReply = z.strictObject({
  /** The date that `current` is for; today in Guangdong unless one was asked for. */
  on: date,
  documents: z.array(
    z.strictObject({
      title: text,
      parameters: z.array(
        z.strictObject({
          id: z.string(),
          title: text,
          unit: z.string(),
          current: datedValue.nullable(),
          values: z.array(datedValue),
        }),
      ),
    }),
  ),
})

export const authoritiesReply = z.strictObject({
  authorities: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.string(),
      level: z.enum(['province', 'city', 'county', 'any']),
      name: text,
      aliases: z.array(z.string()).optional(),
      members: z.array(z.string()).optional(),
      competences: z.array(
        z.strictObject({ zh: z.string(), en: z.string(), duties: z.array(z.string()) }),
      ),
    }),
  ),
  actors: z.array(named),
})

const place = z.strictObject({ code: z.string(), name: text })

export const regionsReply = z.strictObject({
  source: z.strictObject({
    name: z.string(),
    version: z.string(),
    licence: z.string(),
    url: z.string(),
    basis: z.string(),
    certainty,
    note: text,
  }),
  province: place,
  groups: z.array(named),
  zones: z.array(z.strictObject({ id: z.string(), name: text, city: z.string() })),
  cities: z.array(z.strictObject({ ...place.shape, group: z.string(), counties: z.array(place) })),
})

export type DutyView = z.output<typeof dutyView>
export type ArticleView = z.output<typeof articleView>
export type LawView = z.output<typeof lawView>
export type ArticleReply = z.output<typeof articleReply>
export type ParametersReply = z.output<typeof parametersReply>
export type AuthoritiesReply = z.output<typeof authoritiesReply>
export type RegionsReply = z.output<typeof regionsReply>
export type LawTotals = z.output<typeof lawTotals>
