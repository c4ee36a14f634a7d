// Types of a DMN model, as far as the law has them: what an item definition says, and what it cannot be here.
import { child, childrenOf, type Element, textOf } from '#engines/dmn/xml.ts'
import { FeelError } from '#engines/feel/error.ts'
import { Names } from '#engines/feel/names.ts'
import { parseTests } from '#engines/feel/parser.ts'
import type { TypeDefinition } from './definitions.ts'
import { RuleError } from './rule-error.ts'

/** A type of DMN as the law sees it. */
export interface Shape {
  /** Null: nothing is said. */
  type: TypeDefinition | null
  list: boolean
  /** Of a context, by name; null: it is none. */
  parts: ReadonlyMap<string, Shape> | null
  /** Whether something narrows it that the law has no words for. */
  narrowed: boolean
}

const SIMPLE: Readonly<Record<string, TypeDefinition>> = {
  boolean: { kind: 'boolean' },
  date: { kind: 'date' },
  number: { kind: 'number', unit: '' },
  ...Object.fromEntries(
    ['integer', 'decimal', 'double', 'long', 'int', 'float'].map((name) => [
      name,
      { kind: 'number', unit: '' } as const,
    ]),
  ),
  string: { kind: 'text', values: null },
}

const NOTHING: Shape = { type: null, list: false, parts: null, narrowed: false }
export const cleanName = (name: string | undefined): string =>
  (name ?? '').trim().replaceAll(/\s+/g, ' ')

/** A prefix of FEEL or XML Schema says nothing more than the name. */
export const refOf = (of: Element | undefined): string | null => {
  const ref = of?.attributes.typeRef ?? (of && textOf(of, 'typeRef'))
  return ref ? ref.replace(/^(feel|xsd|dmn)[.:]/, '') : null
}

/** The texts that a list of tests names one by one, or null where it is no such list. */
export function textsOf(tests: string | null): string[] | null {
  if (tests === null || tests === '') return null
  try {
    const found = parseTests(tests, new Names())
    if (found.kind === 'any' || found.negated) return null
    const texts = found.tests.map((one) => (one.kind === 'string' ? one.text : null))
    return texts.includes(null) ? null : (texts as string[])
  } catch (error) {
    if (error instanceof FeelError) return null
    throw error
  }
}

/** Whether two texts have the same values; none listed is as good as any. */
export function sameValues(a: TypeDefinition | null, b: TypeDefinition | null): boolean {
  const values = (of: TypeDefinition | null) => (of?.kind === 'text' && of.values) || []
  return JSON.stringify(values(a)) === JSON.stringify(values(b))
}

export class Items {
  private readonly items: ReadonlyMap<string, Element>
  /** Null while one is being read: it must not be part of itself. */
  private readonly known = new Map<string, Shape | null>()

  constructor(root: Element) {
    this.items = new Map(
      childrenOf(root, 'itemDefinition').map((one) => [cleanName(one.attributes.name), one]),
    )
  }

  /** @throws RuleError where the law has no such type */
  shapeOf(ref: string | null): Shape {
    if (ref === null || ref === 'Any') return NOTHING
    const known = this.known.get(ref)
    if (known) return known
    if (known === null) {
      throw new RuleError('cycle', `类型互相引用：${ref}`, `Types refer to each other: ${ref}`)
    }
    const item = this.items.get(ref)
    const type = SIMPLE[ref]
    if (!item && type) return { ...NOTHING, type }
    if (!item) {
      throw new RuleError(
        'type',
        `规则里没有 ${ref} 这种类型，请改为是否、数、日期或文字`,
        `The law has no type ${ref}; use boolean, number, date or string`,
      )
    }
    this.known.set(ref, null)
    const shape = this.itemShape(item)
    this.known.set(ref, shape)
    return shape
  }

  private itemShape(item: Element): Shape {
    const list = item.attributes.isCollection === 'true'
    const components = childrenOf(item, 'itemComponent')
    if (components.length > 0) {
      const parts = components.map((one): [string, Shape] => [
        cleanName(one.attributes.name),
        this.itemShape(one),
      ])
      return { type: null, list, parts: new Map(parts), narrowed: false }
    }
    const of = this.shapeOf(refOf(item))
    const tests = ['allowedValues', 'typeConstraint'].map((name) => child(item, name))
    const texts = tests.map((one) => (one ? textOf(one, 'text') : null)).filter((one) => one)
    if (texts.length === 0) return { ...of, list: list || of.list }
    const values = texts.length === 1 ? textsOf(texts[0]!) : null
    const named = values && of.type?.kind === 'text'
    return {
      ...of,
      list: list || of.list,
      type: named ? { kind: 'text', values } : of.type,
      narrowed: of.narrowed || !named,
    }
  }
}
