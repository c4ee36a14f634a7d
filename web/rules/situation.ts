// What somebody has told of a case: answers, what they do not know, and what is taken for the sake of it.
import { Decimal } from '#engines/feel/values.ts'
import type { NodeDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import { knownOf } from '#engines/rules/link.ts'
import { RuleError } from '#engines/rules/rule-error.ts'
import { factsIn, judgementsIn } from './rules.ts'

/** Numbers and dates as they are written, so that nothing is lost on the way. */
export type Answer = boolean | string

export interface Situation {
  answers: Readonly<Record<string, Answer>>
  /** Facts that whoever answers does not know. */
  skipped: readonly string[]
  /** Judgements of a person, assumed to see what would follow. */
  assumed: Readonly<Record<string, Answer>>
  /** An answer that is to be given anew. */
  again: string | null
}

export const NOTHING_TOLD: Situation = { answers: {}, skipped: [], assumed: {}, again: null }

function without<T>(some: Readonly<Record<string, T>>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(some).filter(([name]) => !names.includes(name)))
}

/** The same with answers to some of what was asked; the rest of it is not known. */
export function answered(
  situation: Situation,
  asked: readonly string[],
  given: Readonly<Record<string, Answer>>,
): Situation {
  const open = asked.filter((name) => !Object.hasOwn(given, name))
  return {
    ...situation,
    answers: { ...without(situation.answers, open), ...given },
    skipped: [...situation.skipped.filter((name) => !asked.includes(name)), ...open],
    again: null,
  }
}

/** Asks for one once more; what is known of it stays until there is another answer. */
export const reopened = (situation: Situation, name: string): Situation => ({
  ...situation,
  again: name,
})

export const keptAsIs = (situation: Situation): Situation => ({ ...situation, again: null })

/** @param value null: no longer assumed */
export function assume(situation: Situation, name: string, value: Answer | null): Situation {
  const assumed = without(situation.assumed, [name])
  return { ...situation, assumed: value === null ? assumed : { ...assumed, [name]: value } }
}

/** Everything that is computed with. */
export const factsTold = ({ answers, assumed }: Situation): Record<string, Answer> => ({
  ...answers,
  ...assumed,
})

/** The facts as the API takes them: plain numbers are numbers where nothing is lost by it. */
export function factsForApi(
  definition: RuleSetDefinition,
  situation: Situation,
): Record<string, Answer | number> {
  const told = Object.entries(factsTold(situation))
  return Object.fromEntries(
    told.map(([name, value]) => {
      const node = definition.nodes.find((one) => one.name === name)
      const number = node && 'type' in node && node.type.kind === 'number' ? Number(value) : null
      const exact = number !== null && new Decimal(String(value)).eq(new Decimal(number))
      return [name, exact ? number : value] as const
    }),
  )
}

/** 1,000,000 and １０００ as they were meant. */
export function numberAsTyped(text: string): string {
  const narrow = text.replace(/[０-９．－]/g, (sign) =>
    String.fromCharCode(sign.charCodeAt(0) - 0xfee0),
  )
  const bare = narrow.replace(/[\s,，_]/g, '')
  return bare.startsWith('.') ? `0${bare}` : bare
}

/** Whether a value is one that the fact may have. */
export function fits(
  definition: Extract<NodeDefinition, { kind: 'fact' | 'judgement' }>,
  value: Answer,
): boolean {
  try {
    knownOf(value, definition.type)
    return true
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return false
  }
}

/** Only what this set asks for and in the form it asks: of another version, or from an address. */
export function fitting(definition: RuleSetDefinition, situation: Situation): Situation {
  const facts = new Map(factsIn(definition).map((one) => [one.name, one]))
  const judgements = new Map(judgementsIn(definition).map((one) => [one.name, one]))
  const keep = (some: Situation['answers'], of: typeof facts | typeof judgements) =>
    Object.fromEntries(
      Object.entries(some).filter(([name, value]) => {
        const node = of.get(name)
        return node !== undefined && fits(node, value)
      }),
    )
  const { again } = situation
  return {
    answers: keep(situation.answers, facts),
    skipped: situation.skipped.filter((name) => facts.has(name)),
    assumed: keep(situation.assumed, judgements),
    again: again !== null && facts.has(again) ? again : null,
  }
}

const PREFIX = 'f.'
const WORDS: Readonly<Record<string, boolean>> = { true: true, false: false, 是: true, 否: false }

/** A situation that an address carries: f.名称=值, in its query or after its #. */
export function situationIn(
  definition: RuleSetDefinition,
  entries: Iterable<readonly [string, string]>,
): Situation {
  const answers: Record<string, Answer> = {}
  const assumed: Record<string, Answer> = {}
  for (const [key, text] of entries) {
    const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : null
    const node = definition.nodes.find((one) => one.name === name)
    if (name === null || (node?.kind !== 'fact' && node?.kind !== 'judgement')) continue
    const value = node.type.kind === 'boolean' ? (WORDS[text] ?? text) : text
    if (node.kind === 'fact') answers[name] = value
    else assumed[name] = value
  }
  return fitting(definition, { ...NOTHING_TOLD, answers, assumed })
}

/** The same as the part of an address after its #, which no browser sends to a server. */
export const addressOf = (told: Readonly<Record<string, Answer | number>>): string =>
  Object.entries(told)
    .map(([name, value]) => `${PREFIX}${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')

/** Reads f.名称=值 pairs after the # of an address. */
export function* entriesOf(hash: string): Generator<readonly [string, string]> {
  for (const pair of hash.replace(/^#/, '').split('&')) {
    const at = pair.indexOf('=')
    if (at < 0) continue
    yield [plain(pair.slice(0, at)), plain(pair.slice(at + 1))]
  }
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
