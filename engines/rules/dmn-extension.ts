// What an export of ours carries in its own namespace, read back; anything else there is refused.
import { child, childrenOf, type Element } from '#engines/dmn/xml.ts'
import type { Benefit, Citation, DatedParameter, Text, TypeDefinition } from './definitions.ts'
import { KAPOK } from './dmn-xml.ts'
import { RuleError } from './rule-error.ts'

export const UNKNOWN_SOURCE: Citation = { source: '导入自 DMN，未注明来源', certainty: 'memory' }

/** The element of ours that an element of DMN carries. */
export const ours = (of: Element, ...names: readonly string[]): Element | undefined =>
  child(of, 'extensionElements')?.children.find(
    ({ namespace, name }) => namespace === KAPOK && names.includes(name),
  )

function spoilt(what: string): never {
  throw new RuleError(
    'syntax',
    `Kapok 的扩展元素不完整：${what}；请从 Kapok 重新导出，或删去全部扩展元素后再导入`,
    `An element of Kapok is not whole: ${what}; export again, or remove all of them and import`,
  )
}

/** @throws RuleError where it is not there */
export const attributeOf = ({ attributes, name }: Element, key: string): string =>
  attributes[key] ?? spoilt(`${name}/@${key}`)

const partOf = (of: Element, name: string): Element =>
  child(of, name) ?? spoilt(`${of.name}/${name}`)

export function bilingualOf(of: Element, name: string): Text {
  const found = partOf(of, name)
  return { zh: attributeOf(found, 'zh'), en: attributeOf(found, 'en') }
}

const CERTAINTIES: readonly string[] = ['official', 'secondary', 'memory', 'example']

function citationOf(of: Element): Citation {
  const certainty = attributeOf(of, 'certainty')
  if (!CERTAINTIES.includes(certainty)) spoilt(`certainty ${certainty}`)
  return { source: of.text, certainty: certainty as Citation['certainty'] }
}

export const citationsOf = (of: Element): Citation[] => childrenOf(of, 'cite').map(citationOf)

export const datedOf = (of: Element): DatedParameter[] =>
  childrenOf(of, 'dated').map((one) => ({
    from: attributeOf(one, 'from'),
    to: one.attributes.to ?? null,
    value: attributeOf(one, 'value'),
    cite: citationOf(one),
  }))

export function typeIn(of: Element): TypeDefinition {
  const found = partOf(of, 'type')
  const kind = attributeOf(found, 'kind')
  switch (kind) {
    case 'boolean':
    case 'date':
      return { kind }
    case 'number':
      return { kind, unit: attributeOf(found, 'unit') }
    case 'text': {
      const values = childrenOf(found, 'value').map(({ text }) => text)
      return { kind, values: found.attributes.any === 'true' ? null : values }
    }
    default:
      return spoilt(`type ${kind}`)
  }
}

export function costOf(of: Element): number {
  const cost = Number(attributeOf(of, 'cost'))
  return Number.isFinite(cost) ? cost : spoilt('cost')
}

/** What the set grants, where it says so. */
export function benefitOf(set: Element | undefined): { benefit?: Benefit } {
  const found = set && child(set, 'benefit')
  if (!found) return {}
  const entitled = attributeOf(found, 'entitled')
  return { benefit: { entitled, amount: found.attributes.amount ?? null } }
}

/** The law's name of what DMN calls so; one that was renamed since goes by its new name. */
export const lawName = (own: Element | undefined, name: string): string =>
  own?.attributes.as === name ? attributeOf(own, 'name') : name
