// Citations of the regulation point to articles and paragraphs that exist.
import type { Citation, NodeDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import type { Fault } from '#engines/rules/review.ts'

/** Article -> how many paragraphs it has. */
export type Clauses = ReadonlyMap<number, number>

const DIGITS = '零一二三四五六七八九'
const NUMBER = '[一二三四五六七八九十]+'
/** The regulation by its name, or as people cite it: 条例第七条第三款. */
const CITED = new RegExp(
  `人工智能(?:发展)?促进条例[^第]{0,12}第(${NUMBER})条(?:第(${NUMBER})款)?|^条例第(${NUMBER})条(?:第(${NUMBER})款)?`,
  'gu',
)

/** 二十三 -> 23. */
function numberOf(text: string): number {
  const [tens, ones] = text.includes('十') ? text.split('十') : ['零', text]
  const digit = (one: string | undefined, none: number) => (one ? DIGITS.indexOf(one) : none)
  return (text.includes('十') ? digit(tens, 1) * 10 : 0) + digit(ones, 0)
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

/** Citations of clauses that are not there, and rows or values without any source. */
export function citationFaults({ nodes }: RuleSetDefinition, clauses: Clauses): Fault[] {
  return nodes.flatMap(citationsOf).flatMap(({ place, cite }) =>
    [...cite.source.matchAll(CITED)].flatMap(([text, named, namedPart, short, shortPart]) => {
      const article = numberOf((named ?? short)!)
      const part = namedPart ?? shortPart
      const paragraphs = clauses.get(article) ?? 0
      if (paragraphs > 0 && (part === undefined || numberOf(part) <= paragraphs)) return []
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
