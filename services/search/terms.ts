// Terms as PostgreSQL reads them: tsvector and tsquery, every lexeme quoted.
import type { Query, QueryTerm } from '#engines/bigram/query.ts'

/** Nothing inside the quotes is an operator. */
const quoted = (lexeme: string): string =>
  `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

const SHORTEST_BEGINNING = 2

/** A term; a lone character always as a beginning, a word only when `open`. */
function lexeme({ term, form }: QueryTerm, open: boolean): string {
  const isOpen =
    form === 'character' || (open && form === 'word' && term.length >= SHORTEST_BEGINNING)
  return quoted(term) + (isOpen ? ':*' : '')
}
const whole = (term: QueryTerm): string => lexeme(term, false)
const allOf = (parts: readonly string[]): string => parts.join(' & ')

export const kindLexeme = (kind: string): string => `=${kind}`
export const audienceLexeme = (key: string): string => `@${key}`

/** A tsvector without positions. */
export function vector(lexemes: readonly string[]): string {
  return [...new Set(lexemes)].map(quoted).join(' ')
}

/**
 * All terms, of one kind when one is named.
 * @param words as typed, or as beginnings of words, which takes the index longer
 */
export function allTerms(
  query: Query,
  kind: string | undefined,
  words: 'all' | 'beginnings',
): string {
  const terms = query.cover.map((term) => lexeme(term, words === 'beginnings'))
  return allOf(kind ? [...terms, quoted(kindLexeme(kind))] : terms)
}

const oneOf = (parts: readonly string[], kind: string | undefined): string => {
  const any = `(${parts.join(' | ')})`
  return kind ? `${any} & ${quoted(kindLexeme(kind))}` : any
}

/** At least one group of terms, of one kind when one is named. */
export function anyGroup(query: Query, kind: string | undefined): string {
  return oneOf(
    query.groups.map((group) => `(${allOf(group.map(whole))})`),
    kind,
  )
}

/** At least one term of a group, of one kind when one is named. */
export function anyTerm(query: Query, kind: string | undefined): string {
  return oneOf(query.groups.flat().map(whole), kind)
}

/** The same for what only the holders of these keys may find. */
export function forKeys(tsquery: string, keys: readonly string[]): string {
  const holders = keys.map((key) => quoted(audienceLexeme(key))).join(' | ')
  return `(${tsquery}) & (${holders})`
}

/** The texts of the groups, to count which of them stand in a text. */
export function groupTexts(query: Query): string[] {
  return query.groups.map(([first, second]) => {
    if (!second) return first!.term
    // Neighbouring pairs share a character.
    const last = [...second.term].at(-1)!
    return [...first!.term].at(-1) === [...second.term][0] ? first!.term + last : first!.term
  })
}
