// What the platform holds about an organisation, as facts by the names that rule sets use.

import { knownOf, type RuleSet } from '#engines/rules/link.ts'
import { RuleError } from '#engines/rules/rule-error.ts'
import type { Known } from '#engines/rules/types.ts'
import type { Ctx } from '#platform/context.ts'
import { areaName, cityOf, findSubjects, ownership, reaches } from '#services/identity/index.ts'

export type Held = Readonly<Record<string, string | boolean>>

const CLASSES: Readonly<Record<string, string>> = {
  enterprise: '企业',
  'individual-business': '个体工商户',
  university: '高校',
  'research-institute': '科研机构',
}
const SIZES: Readonly<Record<string, string>> = {
  large: '大型',
  medium: '中型',
  small: '小型',
  micro: '微型',
}
const PROVINCE = '440000'
const SHENZHEN = '440300'
const WHOLE = 10_000

/**
 * Facts held about organisations, by id; what is not held is absent, never guessed. A person and a
 * department have none.
 */
export async function heldFacts(ctx: Ctx, ids: readonly string[]): Promise<Map<string, Held>> {
  const found = await findSubjects(ctx, ids)
  const graph = await ownership(ctx, ids)
  const bodies = new Set(graph.organisations.map(({ id }) => id))
  const all = new Map<string, Held>()
  for (const subject of found.values()) {
    if (subject.kind !== 'organisation') continue
    const { area, class: kind, size, foundedOn } = subject
    const facts: Record<string, string | boolean> = {}
    if (kind) facts.主体类型 = CLASSES[kind] ?? '其他'
    if (size) facts.企业规模 = SIZES[size]!
    if (foundedOn) facts.成立日期 = foundedOn
    if (area) {
      facts.省内登记 = reaches(PROVINCE, area)
      facts.在深圳登记 = reaches(SHENZHEN, area)
      const city = cityOf(area)
      if (city) facts.市 = areaName(city).zh
    }
    const holders = graph.holdings.filter(({ organisation }) => organisation === subject.id)
    if (kind === 'individual-business') facts.法律形式 = '个体工商户'
    else if (holders.length === 1 && holders[0]!.basisPoints === WHOLE) {
      const { holder } = holders[0]!
      facts.法律形式 = bodies.has(holder) ? '法人独资有限责任公司' : '自然人独资有限责任公司'
    } else if (holders.length > 1) facts.法律形式 = '其他'
    all.set(subject.id, facts)
  }
  return all
}

/** Those that a set asks for; one that is held in other words than the set's is not known to it. */
export function factsThatFit(set: RuleSet, held: Held): Map<string, Known> {
  const known = new Map<string, Known>()
  for (const [name, value] of Object.entries(held)) {
    const definition = set.nodes.get(name)?.node.definition
    if (definition?.kind !== 'fact') continue
    try {
      known.set(name, knownOf(value, definition.type))
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
    }
  }
  return known
}
