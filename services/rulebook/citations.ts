// Citations of the regulation point to articles and paragraphs that exist.
import type { Citation, NodeDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import type { Fault } from '#engines/rules/review.ts'

/** Article -> how many paragraphs it has. */
export type Clauses = ReadonlyMap<number, number>

const DIGITS = '零一二三四五六七八九'
/** Also what is no number of an article, so that it is told and not overlooked. */
const NUMBER = '[零一二三四五六七八九十百\\d]+'
const CLAUSE = `第(${NUMBER})条(?:第(${NUMBER})款)?`
/** The regulation by its name, or as people cite it: 条例第七条第三款. */
const CITED = new RegExp(`(?:人工智能(?:发展)?促进条例[^第]{0,12}|^条例)${CLAUSE}`, 'gu')
/** What follows: 、第八条第二款, or of the same article 和第三款. */
const MORE = new RegExp(`(?:[、，和及与]|以及)(?:${CLAUSE}|第(${NUMBER})款)`, 'uy')

/** 二十三 -> 23; NaN of what is written in no such way. */
function numberOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  const [, tens, ten, ones] =
    /^([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)$/.exec(text) ?? []
  if (ten === undefined || (ten === '' && tens && ones)) return Number.NaN
  const digit = (one: string | undefined, none: number) => (one ? DIGITS.indexOf(one) : none)
  return ten === '' ? digit(tens || ones, 0) : digit(tens, 1) * 10 + digit(ones, 0)
}

interface Clause {
  text: string
  article: number
  /** Null: the article as a whole. */
  paragraph: number | null
}

function* clausesIn(source: string): Generator<Clause> {
  const part = (text: string | undefined) => (text === undefined ? null : numberOf(text))
  for (const { 0: text, 1: first, 2: paragraph, index } of source.matchAll(CITED)) {
    let article = numberOf(first!)
    yield { text, article, paragraph: part(paragraph) }
    MORE.lastIndex = index + text.length
    for (let more = MORE.exec(source); more; more = MORE.exec(source)) {
      const [also, another, ofAnother, ofSame] = more
      if (another !== undefined) article = numberOf(another)
      yield { text: also.slice(also.indexOf('第')), article, paragraph: part(ofAnother ?? ofSame) }
    }
  }
}

function citationsOf(node: NodeDefinition): { place: string[]; cite: Citation }[] {
  const at = (place: string[], some: readonly Citation[]) => some.map((cite) => ({ place, cite }))
  switch (node.kind) {
    case 'parameter':
      return node.values.map(({ from, cite }) => ({ place: [node.name, from], cite }))
    case 'table':
      return node.rows.flatMap(({ id, cite }) => at([node.name, id], cite))
    case 'fact':
      return []
    default:
      return at([node.name], node.cite)
  }
}

/** Citations of clauses that are not there. That everything has a source is for the schema of law to say. */
export function citationFaults({ nodes }: RuleSetDefinition, clauses: Clauses): Fault[] {
  return nodes.flatMap(citationsOf).flatMap(({ place, cite }) =>
    [...clausesIn(cite.source)].flatMap(({ text, article, paragraph }) => {
      const paragraphs = clauses.get(article) ?? 0
      if (paragraphs > 0 && (paragraph === null || (paragraph > 0 && paragraph <= paragraphs))) {
        return []
      }
      return [
        {
          code: 'citation',
          place,
          says: { zh: `没有这一条款：${text}`, en: `There is no such clause: ${text}` },
        },
      ]
    }),
  )
}
