// The population that rules are tried on: synthetic companies from a seed, and what is derived of them.
import { Columnar } from '#engines/rules/columnar.ts'
import type { RuleSetDefinition, TypeDefinition } from '#engines/rules/definitions.ts'
import { link } from '#engines/rules/link.ts'
import { type Column, emptyColumn, NO_CODE, type Population } from '#engines/rules/population.ts'
import { type City, fitting, SYNTHETIC_FACTS, syntheticCompanies } from './synthetic.ts'

/** Everything the population is made of: the same for the same, here and in a browser. */
export interface Recipe {
  seed: number
  size: number
  /** YYYY-MM-DD */
  today: string
  cities: readonly City[]
  /** The set whose outcome is the size class of a firm; null: it is not known. */
  sizes: RuleSetDefinition | null
}

const SIZE = '企业规模'
const IS_SMALL = '符合中小企业划型'

export interface People {
  population: Population
  /** What the columns hold, by name. */
  types: Readonly<Record<string, TypeDefinition>>
}

/** Makes everybody; the size class, and who is small or medium, is what the rules say of the made-up figures. */
export function makePeople({ sizes, ...making }: Recipe): People {
  const made = syntheticCompanies(making)
  if (!sizes) return { population: made, types: SYNTHETIC_FACTS }
  const set = link(sizes)
  const column = new Columnar(set, fittingTo(sizes, made, SYNTHETIC_FACTS), making.today).column(
    SIZE,
  )
  const type = sizes.nodes.find(({ name }) => name === SIZE)
  const values =
    type?.kind === 'table' ? type.outputs[0]!.type : { kind: 'text' as const, values: null }
  const small = smallOf(made, column)
  return {
    population: {
      size: made.size,
      columns: new Map([...made.columns, [SIZE, column], [IS_SMALL, small]]),
    },
    types: { ...SYNTHETIC_FACTS, [SIZE]: values, [IS_SMALL]: { kind: 'boolean' } },
  }
}

/** Of firms those that are not large; nobody else is a small firm. */
function smallOf({ columns, size }: Population, sizes: Column): Column {
  const small = emptyColumn({ kind: 'boolean' }, size)
  const kinds = columns.get('主体类型')!
  if (kinds.kind !== 'text' || sizes.kind !== 'text') return small
  const firm = kinds.dictionary.indexOf('企业')
  const large = sizes.dictionary.indexOf('大型')
  for (let nth = 0; nth < size; nth++) {
    const [kind, code] = [kinds.values[nth], sizes.values[nth]]
    if (kind !== firm) small.values[nth] = 0
    else if (code !== NO_CODE) small.values[nth] = code === large ? 0 : 1
  }
  return small
}

function fittingTo(
  { nodes }: RuleSetDefinition,
  population: Population,
  types: Readonly<Record<string, TypeDefinition>>,
): Population {
  const facts = nodes.flatMap((node) =>
    node.kind === 'fact' || node.kind === 'judgement' ? [{ name: node.name, type: node.type }] : [],
  )
  return fitting(facts, population, types)
}

/**
 * The population as one set reads it, with the columns by which effects are grouped, save those that
 * the set works out itself.
 */
export function peopleFor(
  definition: RuleSetDefinition,
  { population, types }: People,
): Population {
  const fit = fittingTo(definition, population, types)
  const columns = new Map([...fit.columns])
  const own = new Set(definition.nodes.map(({ name }) => name))
  for (const name of GROUPS) {
    const column = population.columns.get(name)
    if (column && !own.has(name)) columns.set(name, column)
  }
  return { size: fit.size, columns }
}

/** City, size, sector. */
export const GROUPS: readonly string[] = ['市', SIZE, '行业']
