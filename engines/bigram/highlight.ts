// Where the words of a query stand in a text, and the stretch of it worth showing.

import type { Query } from './query.ts'
import { fold, isInsideWord } from './tokens.ts'

/** Start and end (exclusive) in UTF-16 units, so that `text.slice(start, end)` is the match. */
export type Range = [start: number, end: number]

export interface Snippet {
  text: string
  ranges: Range[]
  /** Whether something was left out before or after. */
  cut: [before: boolean, after: boolean]
}

/** Places that overlap or touch become one. */
function merge(ranges: Range[]): Range[] {
  const merged: Range[] = []
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = merged.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return merged
}

/** All places of the query's terms in a text, in its own units; words count from their start. */
export function highlight(text: string, query: Query): Range[] {
  const folded = fold(text)
  const found: Range[] = []
  for (const { term, form } of query.terms) {
    let at = folded.text.indexOf(term)
    for (; at >= 0; at = folded.text.indexOf(term, at + 1)) {
      if (form === 'word' && isInsideWord(folded.text, at)) continue
      found.push([folded.origin(at), folded.origin(at + term.length)])
    }
  }
  return merge(found)
}

/** Where the window starts that shows the most of what was found, a little before the first. */
function bestStart(ranges: readonly Range[], length: number): number {
  let best = { start: 0, shown: -1 }
  for (const [start] of ranges) {
    let shown = 0
    for (const [a, b] of ranges) if (a >= start && b <= start + length) shown += b - a
    if (shown > best.shown) best = { start, shown }
  }
  return Math.max(0, best.start - Math.floor(length / 5))
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff

/** Moves a cut that would part a pair of surrogates. */
const whole = (text: string, at: number): number =>
  at > 0 && at < text.length && isLowSurrogate(text.charCodeAt(at)) ? at - 1 : at

/** At most `length` units of a text, around what was found. */
export function snippet(text: string, query: Query, length = 90): Snippet {
  const ranges = highlight(text, query)
  const latest = Math.max(0, text.length - length)
  const start = whole(text, Math.min(bestStart(ranges, length), latest))
  const end = whole(text, Math.min(text.length, start + length))
  const inside = ranges.flatMap(([a, b]): Range[] => {
    const [from, to] = [Math.max(a, start), Math.min(b, end)]
    return from < to ? [[from - start, to - start]] : []
  })
  return { text: text.slice(start, end), ranges: inside, cut: [start > 0, end < text.length] }
}
