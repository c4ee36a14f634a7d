// What somebody typed, as terms to look for and phrases to prefer.
import { foldText, tokensOf } from './tokens.ts'

export interface QueryTerm {
  term: string
  /** A lone character counts wherever a pair begins with it; a word may be the beginning of one. */
  form: 'pair' | 'character' | 'word'
}

export interface Query {
  /** Every term, to point at in what was found. */
  terms: QueryTerm[]
  /** All of these must be there: every character is in one of them, as few as that takes. */
  cover: QueryTerm[]
  /** The stretches between spaces and punctuation; found whole they rank higher. */
  phrases: string[]
  /** For a sentence of which not everything is found: groups of terms, any of which may be there. */
  groups: QueryTerm[][]
}

const MOST_TERMS = 40
/** Words that carry no subject: they are left out of the groups. */
const empty =
  /如何|怎么样?|怎样|什么|哪些|哪里|哪个|是否|可以|能否|能不能|请问|关于|我们?|你们?|想要?|需要|(有限|股份|责任)+公司|吗|呢|的|了|和|与|及|在|对/gu

const ideographs = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+$/u

/** Terms of one stretch, in order. */
function termsOf(phrase: string): QueryTerm[] {
  const tokens = tokensOf(phrase)
  return tokens.flatMap(({ term, end }, nth): QueryTerm[] => {
    if (!ideographs.test(term)) return [{ term, form: 'word' }]
    if ([...term].length > 1) return [{ term, form: 'pair' }]
    // The single character that ends a run is needed only when the run is nothing else.
    const before = tokens[nth - 1]
    const isAlone = !before || before.end !== end || !ideographs.test(before.term)
    return isAlone ? [{ term, form: 'character' }] : []
  })
}

function distinct(terms: readonly QueryTerm[]): QueryTerm[] {
  return [...new Map(terms.map((term) => [term.term, term])).values()].slice(0, MOST_TERMS)
}

/** Of the overlapping pairs of each run, every second one and the last. */
function coverOf(phrase: string): QueryTerm[] {
  const terms = termsOf(phrase)
  let isCovered = false
  return terms.filter(({ form }, nth) => {
    if (form !== 'pair' || terms[nth + 1]?.form !== 'pair') {
      isCovered = false
      return true
    }
    isCovered = !isCovered
    return isCovered
  })
}

/** Neighbouring pairs of a stretch overlap: 算力 and 力券 together stand for 算力券. */
function groupsOf(phrase: string): QueryTerm[][] {
  const terms = termsOf(phrase)
  if (terms.length < 2) return terms.length === 1 ? [terms] : []
  return terms.slice(1).map((term, nth) => [terms[nth]!, term])
}

const stretches = (text: string): string[] =>
  text.split(/[^\p{L}\p{N}\p{M}]+/u).filter((part) => part !== '')

/** Parses what was typed; without any letter, digit or character there is nothing to look for. */
export function parseQuery(typed: string): Query {
  const folded = foldText(typed)
  const phrases = stretches(folded)
  return {
    terms: distinct(phrases.flatMap(termsOf)),
    cover: distinct(phrases.flatMap(coverOf)),
    phrases: [...new Set(phrases)],
    groups: stretches(folded.replace(empty, ' ')).flatMap(groupsOf).slice(0, MOST_TERMS),
  }
}
