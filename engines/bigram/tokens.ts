// Cuts Chinese and other text into search terms: pairs of characters, words and numbers.

/** A term with its place in the original text (UTF-16 units, end exclusive). */
export interface Token {
  term: string
  start: number
  end: number
}

/** Text in the form that is compared, and for each of its units the place it came from. */
export interface Folded {
  text: string
  /** `from[i]` is where unit i of `text` begins in the original; one more entry closes it. */
  from: number[]
}

const LONGEST_WORD = 64
const cluster = /\P{M}\p{M}*|\p{M}+/gu
const ideograph = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u
const wordPart = /[\p{L}\p{N}\p{M}]/u

/**
 * Full-width forms, compatibility characters and capitals become plain (NFKC, lower case), so that
 * ＧＰＵ, GPU and gpu are one. Text that is already plain is not copied character by character.
 */
export function fold(text: string): Folded {
  let folded = ''
  const from: number[] = []
  for (const match of text.matchAll(cluster)) {
    const plain = match[0].normalize('NFKC').toLowerCase()
    folded += plain
    for (let unit = 0; unit < plain.length; unit++) from.push(match.index)
  }
  from.push(text.length)
  return { text: folded, from }
}

/** Only the folded text, where places do not matter. */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

type Kind = 'ideographs' | 'word' | 'gap'

interface Run {
  kind: Kind
  start: number
  end: number
}

const kindOf = (character: string): Kind =>
  ideograph.test(character) ? 'ideographs' : wordPart.test(character) ? 'word' : 'gap'

/** Stretches of one kind; punctuation and spaces part them. */
function runsOf(text: string): Run[] {
  const runs: Run[] = []
  let at = 0
  for (const character of text) {
    const kind = kindOf(character)
    const last = runs.at(-1)
    if (last && last.kind === kind && last.end === at) last.end += character.length
    else if (kind !== 'gap') runs.push({ kind, start: at, end: at + character.length })
    at += character.length
  }
  return runs
}

/** The pairs of neighbours of a run, and its last character, which begins no pair. */
function pairsOf(text: string, { start, end }: Run): Token[] {
  const tokens: Token[] = []
  let before = -1
  for (let at = start; at < end; ) {
    const next = at + (text.codePointAt(at)! > 0xffff ? 2 : 1)
    if (before >= 0) tokens.push({ term: text.slice(before, next), start: before, end: next })
    before = at
    at = next
  }
  tokens.push({ term: text.slice(before, end), start: before, end })
  return tokens
}

const wordOf = (text: string, { start, end }: Run): Token => ({
  term: [...text.slice(start, Math.min(end, start + 2 * LONGEST_WORD))]
    .slice(0, LONGEST_WORD)
    .join(''),
  start,
  end,
})

/** All terms of a folded text, in order; places are those of the folded text. */
export function tokensOf(folded: string): Token[] {
  return runsOf(folded).flatMap((run) =>
    run.kind === 'ideographs' ? pairsOf(folded, run) : [wordOf(folded, run)],
  )
}

/** The distinct terms that a text is found by. */
export function indexTerms(text: string): string[] {
  return [...new Set(tokensOf(foldText(text)).map((token) => token.term))]
}
