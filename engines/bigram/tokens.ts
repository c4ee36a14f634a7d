// Cuts Chinese and other text into search terms: pairs of characters, words and numbers.

/** A term with its place in the original text (UTF-16 units, end exclusive). */
export interface Token {
  term: string
  start: number
  end: number
}

/** Text in the form that is compared, and the way back to where each unit came from. */
export interface Folded {
  text: string
  /** The place in the original where unit `at` begins; `text.length` gives the original's end. */
  origin(at: number): number
}

const LONGEST_WORD = 64
const cluster = /\P{M}\p{M}*|\p{M}+/gu
/** Marks, jamo, half-width sound marks and astral characters may change the number of units. */
const uneven = /[\p{M}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\uff9e\uff9f\u{10000}-\u{10ffff}]/u
const ideograph = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u
const wordPart = /[\p{L}\p{N}\p{M}]/u

const same = (at: number): number => at

/**
 * Full-width forms, compatibility characters and capitals become plain (NFKC, lower case), so that
 * ＧＰＵ, GPU and gpu are one.
 */
export function fold(text: string): Folded {
  const whole = foldText(text)
  // Unit by unit none can shrink here, so that equal length means equal places.
  if (whole.length === text.length && !uneven.test(text)) return { text: whole, origin: same }
  let folded = ''
  const from: number[] = []
  for (const match of text.matchAll(cluster)) {
    const plain = foldText(match[0])
    folded += plain
    for (let unit = 0; unit < plain.length; unit++) from.push(match.index)
  }
  return { text: folded, origin: (at) => from[at] ?? text.length }
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

/** The usual characters are told apart by their code, the others by their script. */
function kindOf(code: number): Kind {
  if (code >= 0x4e00 && code <= 0x9fff) return 'ideographs'
  if (code < 0x80) {
    const isDigit = code >= 0x30 && code <= 0x39
    return isDigit || (code >= 0x61 && code <= 0x7a) ? 'word' : 'gap'
  }
  const character = String.fromCodePoint(code)
  return ideograph.test(character) ? 'ideographs' : wordPart.test(character) ? 'word' : 'gap'
}

/** Whether the character before `at` belongs to the same word as the one there. */
export function isInsideWord(text: string, at: number): boolean {
  return at > 0 && kindOf(text.charCodeAt(at - 1)) === 'word'
}

/** Stretches of one kind; punctuation and spaces part them. */
function runsOf(text: string): Run[] {
  const runs: Run[] = []
  let last: Run | undefined
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at)!
    const next = at + (code > 0xffff ? 2 : 1)
    const kind = kindOf(code)
    if (kind === 'gap') last = undefined
    else if (last?.kind === kind) last.end = next
    else {
      last = { kind, start: at, end: next }
      runs.push(last)
    }
    at = next
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
