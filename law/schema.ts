// The shape of the law's documents: pure parsers from YAML text to checked objects, and the value on a date.
import { parse } from 'yaml'
import { z } from 'zod'

const text = z.strictObject({ zh: z.string().trim().min(1), en: z.string().trim().min(1) })
const date = z.iso.date()
/** How sure a number is: read in the official text, at second hand, from memory, or our own example. */
const certainty = z.enum(['official', 'secondary', 'memory', 'example'])
/** The verb of a duty; law/regulation.yaml says how each is read. */
const modality = z.enum(['应当', '职责', '支持', '鼓励', '可以', '探索', '不得', '说明'])

const regulation = z.strictObject({
  name: text,
  status: z.enum(['draft', 'passed', 'repealed']),
  inForce: date.nullable(),
  source: text,
  modalities: z.array(z.strictObject({ key: modality, en: z.string(), note: text })),
})

const names = z.array(z.string().regex(/^[a-z0-9-]+$/))

const duty = z.strictObject({
  /** article.paragraph.duty */
  id: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** Which sentence of the paragraph the duty comes from. */
  sentence: z.int().min(1),
  modality,
  /** The softer verb that the modality governs: 应当支持, 应当探索. */
  manner: z.enum(['支持', '鼓励', '探索']).optional(),
  /** Who is to act; empty where the draft names nobody. */
  who: names,
  /** Who joins in (会同). */
  with: names.min(1).optional(),
  /** Whom the sentence encourages, supports or serves. */
  toward: names.min(1).optional(),
  /** Places it names: GB/T 2260 codes, region groups or zones. */
  where: names.min(1).optional(),
  zh: z.string().trim().min(1),
  en: z.string().trim().min(1),
})

const chapter = z
  .strictObject({
    chapter: z.int().min(1),
    title: text,
    articles: z
      .array(
        z.strictObject({
          article: z.int().min(1),
          title: text,
          paragraphs: z
            .array(z.strictObject({ paragraph: z.int().min(1), duties: z.array(duty).min(1) }))
            .min(1),
        }),
      )
      .min(1),
  })
  .superRefine((found, check) => {
    for (const { article, paragraphs } of found.articles) {
      for (const [at, { paragraph, duties }] of paragraphs.entries()) {
        if (paragraph !== at + 1) {
          check.addIssue({ code: 'custom', message: `article ${article}: paragraph ${at + 1}?` })
        }
        let sentence = 0
        for (const [nth, one] of duties.entries()) {
          const id = `${article}.${paragraph}.${nth + 1}`
          if (one.id !== id) {
            check.addIssue({ code: 'custom', message: `duty ${one.id} should be ${id}` })
          }
          if (one.sentence !== sentence && one.sentence !== sentence + 1) {
            check.addIssue({ code: 'custom', message: `duty ${one.id} skips a sentence` })
          }
          sentence = one.sentence
        }
      }
    }
  })

const authorities = z.strictObject({
  authorities: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z-]+$/),
      kind: z.enum(['government', 'department', 'court', "people's organisation"]),
      level: z.enum(['province', 'city', 'county', 'any']),
      name: text,
      aliases: z.array(z.string()).optional(),
      members: names.optional(),
      competences: z.array(
        z.strictObject({ zh: z.string(), en: z.string(), duties: z.array(z.string()).min(1) }),
      ),
    }),
  ),
  actors: z.array(z.strictObject({ id: z.string().regex(/^[a-z-]+$/), name: text })),
})

const code = z.string().regex(/^44\d{4}$/)

const regions = z.strictObject({
  source: z.strictObject({
    name: z.string(),
    version: z.string(),
    licence: z.string(),
    url: z.url(),
    basis: z.string(),
    certainty,
    note: text,
  }),
  province: z.strictObject({ code, name: text }),
  groups: z.array(z.strictObject({ id: z.string(), name: text })),
  zones: z.array(z.strictObject({ id: z.string(), name: text, city: code })),
  cities: z.array(
    z.strictObject({
      code,
      name: text,
      group: z.string(),
      counties: z.array(z.strictObject({ code, name: text })),
    }),
  ),
})

const units = ['CNY', 'bp', 'count', 'byte', 'second', 'minute', 'hour', 'day', 'month'] as const

const value = z.strictObject({
  /** First day in force, in Guangdong. */
  from: date,
  /** First day no longer in force, or null. */
  to: date.nullable(),
  /** CNY: whole yuan as a decimal string. bp: 1/10,000. Every other unit: a whole number. */
  value: z.union([z.string().regex(/^(0|[1-9]\d*)$/), z.int().min(0)]),
  source: z.string().trim().min(1),
  certainty,
  note: z.string().trim().min(1),
})

const parameter = z
  .strictObject({
    id: z.string().regex(/^[a-z]+(\.[a-z-]+)+$/),
    title: text,
    unit: z.enum(units),
    values: z.array(value).min(1),
  })
  .superRefine(({ id, unit, values }, check) => {
    const refuse = (message: string) =>
      check.addIssue({ code: 'custom', message: `${id}: ${message}` })
    for (const [nth, { from, to, value: amount, certainty: sure, source }] of values.entries()) {
      if ((unit === 'CNY') !== (typeof amount === 'string'))
        refuse('CNY is a string, all else a number')
      if (unit === 'bp' && Number(amount) > 10_000) refuse('a ratio is at most 10000 bp')
      if (to !== null && to <= from) refuse(`${from} ends before it begins`)
      if ((sure === 'example') !== (source === '示例值（非官方）')) {
        refuse('an example names 示例值（非官方） as its source, and nothing else does')
      }
      const next = values[nth + 1]
      if (next && (to === null || next.from < to)) refuse(`${from} and ${next.from} overlap`)
    }
  })

const parameters = z.strictObject({ title: text, parameters: z.array(parameter).min(1) })

const calendar = z
  .strictObject({
    year: z.int(),
    source: z.string().min(1),
    certainty,
    holidays: z.array(z.strictObject({ name: text, from: date, through: date })),
    /** Days of a weekend that are worked. */
    workdays: z.array(date),
  })
  .superRefine(({ year, holidays, workdays }, check) => {
    const refuse = (message: string) => check.addIssue({ code: 'custom', message })
    let last = ''
    for (const { from, through } of holidays) {
      if (through < from || from <= last) refuse(`holiday from ${from} is out of order`)
      last = through
    }
    for (const day of workdays) {
      if (![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())) refuse(`${day} is no weekend`)
      if (holidays.some(({ from, through }) => from <= day && day <= through)) {
        refuse(`${day} is a holiday too`)
      }
    }
    for (const day of [...workdays, ...holidays.flatMap(({ from, through }) => [from, through])]) {
      if (!day.startsWith(`${year}-`)) refuse(`${day} is not in ${year}`)
    }
  })

const ruleType = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('boolean') }),
  z.strictObject({ kind: z.literal('date') }),
  z.strictObject({ kind: z.literal('number'), unit: z.string() }),
  z.strictObject({ kind: z.literal('text'), values: z.array(z.string()).min(1).nullable() }),
])
const citation = z
  .strictObject({ source: z.string().trim().min(1), certainty })
  .refine(
    ({ source, certainty: sure }) => (sure === 'example') === (source === '示例值（非官方）'),
    'an example names 示例值（非官方） as its source, and nothing else does',
  )
const cite = z.array(citation).min(1)
const ruleName = z.string().trim().min(1).max(40)

const ruleNode = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fact'),
    name: ruleName,
    type: ruleType,
    ask: text,
    cost: z.int().min(0).max(10),
  }),
  z.strictObject({
    kind: z.literal('parameter'),
    name: ruleName,
    type: ruleType,
    values: z
      .array(z.strictObject({ from: date, to: date.nullable(), value: z.string(), cite: citation }))
      .min(1),
  }),
  z.strictObject({
    kind: z.literal('formula'),
    name: ruleName,
    type: ruleType,
    expression: z.string(),
    cite,
  }),
  z
    .strictObject({
      kind: z.literal('table'),
      name: ruleName,
      hit: z.enum(['U', 'A', 'F', 'P', 'C', 'C+', 'C#', 'C<', 'C>', 'R', 'O']),
      inputs: z.array(z.string()).min(1),
      outputs: z.array(z.strictObject({ name: ruleName, type: ruleType })).min(1),
      /** Of every row that names no source of its own. */
      cite: cite.optional(),
      rows: z
        .array(
          z.strictObject({
            id: ruleName,
            when: z.array(z.string()),
            gives: z.array(z.string()),
            cite: cite.optional(),
          }),
        )
        .min(1),
      otherwise: z.array(z.string()).nullable(),
    })
    .transform(({ cite: common, ...table }, check) => ({
      ...table,
      rows: table.rows.map((row) => {
        const found = row.cite ?? common
        if (!found) check.addIssue({ code: 'custom', message: `${row.id}: 没有依据 no source` })
        return { ...row, cite: found ?? [] }
      }),
    })),
  z.strictObject({
    kind: z.literal('judgement'),
    name: ruleName,
    type: ruleType,
    ask: text,
    by: text,
    cite,
  }),
])

/** As engines/rules/definitions.ts takes it; whether its texts make sense is linked there. */
export const ruleSetSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  title: text,
  benefit: z.strictObject({ entitled: ruleName, amount: ruleName.nullable() }).optional(),
  outcomes: z.array(ruleName).min(1),
  nodes: z.array(ruleNode).min(1),
})

const fact = z.union([z.boolean(), z.number(), z.string()])
export const ruleCaseSchema = z.strictObject({
  name: z.string().trim().min(1),
  on: date,
  facts: z.record(z.string(), fact),
  expect: z.record(z.string(), fact),
  source: z.string().trim().min(1),
})
const ruleCases = z.strictObject({ set: z.string(), cases: z.array(ruleCaseSchema).min(1) })

export type Regulation = z.output<typeof regulation>
export type Duty = z.output<typeof duty>
export type Chapter = z.output<typeof chapter>
export type Authorities = z.output<typeof authorities>
export type Regions = z.output<typeof regions>
export type DatedValue = z.output<typeof value>
export type Parameter = z.output<typeof parameter>
export type Parameters = z.output<typeof parameters>
export type Calendar = z.output<typeof calendar>

function parser<S extends z.ZodType>(schema: S): (yaml: string, name: string) => z.output<S> {
  return (yaml, name) => {
    const found = schema.safeParse(parse(yaml))
    if (!found.success) throw new Error(`${name}: ${z.prettifyError(found.error)}`)
    return found.data
  }
}

/** Each takes the text of one document and its name; throws an Error that names document and place. */
export const parseRegulation = parser(regulation)
export const parseChapter = parser(chapter)
export const parseAuthorities = parser(authorities)
export const parseRegions = parser(regions)
export const parseParameters = parser(parameters)
export const parseCalendar = parser(calendar)
export const parseRuleSet = parser(ruleSetSchema)
export const parseRuleCases = parser(ruleCases)

const CHINA_OFFSET_MS = 8 * 3_600_000

/** The calendar date (YYYY-MM-DD) that it is in Guangdong at an instant. */
export function dateInChina(instant: Date): string {
  return new Date(instant.getTime() + CHINA_OFFSET_MS).toISOString().slice(0, 10)
}

/** The value of a parameter on a date (YYYY-MM-DD), or null when none is in force that day. */
export function valueOn(parameter: Pick<Parameter, 'values'>, on: string): DatedValue | null {
  return parameter.values.find(({ from, to }) => from <= on && (to === null || on < to)) ?? null
}

/** Whether the regulation is in force on a date; a draft without a date never is. */
export function isInForce(
  { status, inForce }: Pick<Regulation, 'status' | 'inForce'>,
  on: string,
): boolean {
  return status === 'passed' && inForce !== null && inForce <= on
}
