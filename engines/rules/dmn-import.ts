// DMN XML to a rule set: ours comes back exactly, another tool's as well as it can be read, or not at all.
import { child, childrenOf, type Element, parseXml, textOf } from '#engines/dmn/xml.ts'
import type { Citation, RuleSetDefinition, Text, TypeDefinition } from './definitions.ts'
import {
  attributeOf,
  benefitOf,
  bilingualOf,
  citationsOf,
  costOf,
  datedOf,
  lawName,
  ours,
  typeIn,
  UNKNOWN_SOURCE,
} from './dmn-extension.ts'
import { type Draft, typed } from './dmn-infer.ts'
import { cleanName, Items, refOf, type Shape, sameValues, textsOf } from './dmn-items.ts'
import { Notes } from './dmn-notes.ts'
import { slotOf, TableReader } from './dmn-table.ts'
import { link } from './link.ts'
import { RuleError, within } from './rule-error.ts'

const MOST_CHARACTERS = 5_000_000

/** The years of the versions whose elements are read alike: 1.2 to 1.5. */
const VERSION =
  /^https?:\/\/www\.omg\.org\/spec\/DMN\/(20180521|20191111|20211108|20230324)\/MODEL\/$/

/** Elements that only tell or draw something, and those that pack what is there already. */
const SILENT = [
  'description',
  'extensionElements',
  'itemDefinition',
  'inputData',
  'decision',
  'DMNDI',
]
const NOTED = [
  ...['decisionService', 'textAnnotation', 'association', 'group', 'elementCollection'],
  ...['organizationUnit', 'performanceIndicator', 'knowledgeSource'],
]

function refuse(zh: string, en: string, ...place: string[]): never {
  throw new RuleError('not-in-law', zh, en, place)
}

function rootOf(xml: string): Element {
  if (xml.length > MOST_CHARACTERS) {
    const most = MOST_CHARACTERS / 1_000_000
    throw new RuleError(
      'too-much',
      `文件超过 ${most} 百万字符，请拆分`,
      `More than ${most} million characters: split it`,
    )
  }
  const unreadable = (zh: string, en: string): never => {
    throw new RuleError('syntax', zh, en)
  }
  if (/<!DOCTYPE|<!ENTITY/i.test(xml)) {
    unreadable('文件里不能有 DOCTYPE 或实体定义，请删去', 'No DOCTYPE or entities; remove them')
  }
  try {
    const root = parseXml(xml)
    if (root.name === 'definitions' && VERSION.test(root.namespace)) return root
  } catch (error) {
    const why = (error as Error).message
    return unreadable(`不是合格的 XML：${why}`, `This is no well-formed XML: ${why}`)
  }
  return unreadable(
    '不是 DMN 1.2–1.5 的文件，请用 DMN 工具另存为 1.5 版',
    'This is no file of DMN 1.2 to 1.5; save it as 1.5 with a tool for DMN',
  )
}

const nameOf = (of: Element): string =>
  cleanName(child(of, 'variable')?.attributes.name ?? of.attributes.name)

class Reader {
  private readonly root: Element
  private readonly items: Items
  /** Names of what decisions may rest on, by id. */
  private readonly sources: ReadonlyMap<string, string>
  private readonly notes = new Notes()
  private readonly tables: TableReader
  /** Values that tables list for what they read, by its text; null: they differ. */
  private readonly listed = new Map<string, readonly string[] | null>()
  /** Types that tables name for what they read. */
  private readonly refs = new Map<string, string>()

  constructor(root: Element) {
    this.root = root
    this.items = new Items(root)
    this.sources = new Map(
      childrenOf(root, 'knowledgeSource').map(({ attributes }) => [
        attributes.id ?? '',
        cleanName(attributes.name),
      ]),
    )
    this.tables = new TableReader(this.items, this.notes)
  }

  read(): { definition: RuleSetDefinition; notes: Text[] } {
    this.look()
    const elements = this.root.children.filter(
      ({ name }) => name === 'inputData' || name === 'decision',
    )
    const drafts = elements.flatMap((one): Draft[] =>
      within([nameOf(one)], () => {
        const found = one.name === 'inputData' ? this.input(one) : this.decision(one)
        return found ? [found] : []
      }),
    )
    const nodes = typed(drafts, (name) => this.notes.add('guessed', name))
    this.tables.giveUnits(nodes)
    const set = ours(this.root, 'ruleSet')
    const name = cleanName(this.root.attributes.name)
    const definition: RuleSetDefinition = {
      id: set ? attributeOf(set, 'id') : idOf(name),
      title: set ? bilingualOf(set, 'title') : { zh: name, en: name },
      nodes,
      ...benefitOf(set),
      outcomes: set ? childrenOf(set, 'outcome').map(({ text }) => text) : this.ends(drafts),
    }
    link(definition)
    return { definition, notes: this.notes.all() }
  }

  /** What there is besides, and what tables say of the things that they read. */
  private look(): void {
    for (const { name, attributes, namespace } of this.root.children) {
      if (SILENT.includes(name) || namespace !== this.root.namespace) continue
      const called = cleanName(attributes.name) || name
      if (NOTED.includes(name)) {
        if (name !== 'knowledgeSource') this.notes.add('ignored', called)
      } else {
        refuse(
          `规则里没有 ${name}，请把它的内容写进用到它的决策`,
          `The law has no ${name}; write it out in the decisions that use it`,
          called,
        )
      }
    }
    for (const decision of childrenOf(this.root, 'decision')) {
      const table = child(decision, 'decisionTable')
      for (const column of table ? childrenOf(table, 'input') : []) {
        const expression = child(column, 'inputExpression')
        const text = expression && textOf(expression, 'text')
        if (!text) continue
        const [ref, tests] = [refOf(expression), child(column, 'inputValues')]
        if (ref) this.refs.set(text, ref)
        const values = tests ? textsOf(textOf(tests, 'text')) : null
        if (!values) continue
        const before = this.listed.get(text)
        const same = before === undefined || before?.join('\n') === values.join('\n')
        this.listed.set(text, same ? values : null)
      }
    }
  }

  private input(of: Element): Draft | null {
    const own = ours(of, 'fact', 'judgement', 'calendar')
    if (own?.name === 'calendar') return null
    const name = nameOf(of)
    const ref = refOf(child(of, 'variable'))
    const shape = this.items.shapeOf(ref ?? this.refs.get(name) ?? null)
    if (own) {
      const type = this.confirmed(typeIn(own), shape, name)
      const [law, ask] = [lawName(own, name), bilingualOf(own, 'ask')]
      if (own.name === 'fact') return { kind: 'fact', name: law, type, ask, cost: costOf(own) }
      const [by, cite] = [bilingualOf(own, 'by'), citationsOf(own)]
      return { kind: 'judgement', name: law, type, ask, by, cite }
    }
    let type = single(shape) ?? refuse('请注明它的类型', 'Name the type of this')
    if (ref === null) this.notes.add('guessed', name)
    if (shape.narrowed) this.notes.add('constraint', name)
    if (type.kind === 'number') this.notes.add('unit', name)
    if (type.kind === 'text' && !type.values)
      type = { ...type, values: this.listed.get(name) ?? null }
    const told = textOf(of, 'description')
    if (!told) this.notes.add('question', name)
    const ask = { zh: told || `${name}？`, en: told || `${name}?` }
    return { kind: 'fact', name, type, ask, cost: 1 }
  }

  /** The type that we wrote, unless the file has been given another since. */
  private confirmed(type: TypeDefinition, shape: Shape, name: string): TypeDefinition {
    const now = single(shape)
    const same = now?.kind === type.kind && sameValues(now, type)
    if (same || now === null) return type
    this.notes.add('changed', name)
    return now
  }

  private decision(of: Element): Draft | null {
    const own = ours(of, 'parameter', 'formula', 'table', 'part', 'day')
    if (own?.name === 'part' || own?.name === 'day') return null
    const name = nameOf(of)
    const table = child(of, 'decisionTable')
    if (table) {
      const source = own?.name === 'table' ? null : this.sourcesOf(of, name)
      return this.tables.table(table, this.shapeOf(of), lawName(own, name), source)
    }
    const logic = child(of, 'literalExpression')
    if (!logic) {
      const found = of.children.find(
        (one) => !SILENT.includes(one.name) && !PLAIN.includes(one.name),
      )
      if (!found) refuse('没有写怎么决定，请补上', 'Nothing says how it is decided; write it')
      return refuse(
        `规则里没有 ${found.name} 这种写法，请改为决策表或表达式`,
        `The law has no ${found.name}; use a decision table or a literal expression`,
      )
    }
    if (own?.name === 'parameter') {
      if (textOf(logic, 'text') !== attributeOf(own, 'feel')) {
        refuse(
          '参数的取值在别处改过；取值有生效日期和来源，请在 Kapok 里改',
          'The value was changed elsewhere; it has dates and a source: change it in Kapok',
        )
      }
      return {
        kind: 'parameter',
        name: lawName(own, name),
        type: typeIn(own),
        values: datedOf(own),
      }
    }
    const formula = own?.name === 'formula' ? own : null
    const type = formula ? typeIn(formula) : single(this.shapeOf(of))
    const { text: expression, changed } = slotOf(logic, type)
    if (changed) this.notes.add('changed', name)
    const cite = formula ? citationsOf(formula) : this.sourcesOf(of, name)
    const law = lawName(formula ?? undefined, name)
    // Two shapes, as the type of one is yet to be told.
    return type === null
      ? { kind: 'formula', name: law, type, expression, cite }
      : { kind: 'formula', name: law, type, expression, cite }
  }

  private shapeOf(decision: Element): Shape {
    return this.items.shapeOf(refOf(child(decision, 'variable')))
  }

  /** The knowledge sources that a decision rests on. */
  private sourcesOf(decision: Element, name: string): Citation[] {
    const found = childrenOf(decision, 'authorityRequirement').flatMap((one): Citation[] => {
      const id = child(one, 'requiredAuthority')?.attributes.href?.replace(/^#/, '')
      const source = id === undefined ? undefined : this.sources.get(id)
      return source ? [{ source, certainty: 'memory' }] : []
    })
    if (found.length > 0) return found
    this.notes.add('source', name)
    return [UNKNOWN_SOURCE]
  }

  /** What no other decision needs is what is asked. */
  private ends(drafts: readonly Draft[]): string[] {
    const needed = new Set(
      childrenOf(this.root, 'decision').flatMap((one) =>
        childrenOf(one, 'informationRequirement').map((need) =>
          child(need, 'requiredDecision')?.attributes.href?.replace(/^.*#/, ''),
        ),
      ),
    )
    const ends = childrenOf(this.root, 'decision').filter(
      ({ attributes }) => !needed.has(attributes.id),
    )
    const names = new Set(ends.map(nameOf))
    return drafts.flatMap((one) => {
      if (!names.has(one.name) || one.kind === 'fact') return []
      const several = one.kind === 'table' && one.outputs.length > 1
      return several ? one.outputs.map(({ name }) => `${one.name}.${name}`) : [one.name]
    })
  }
}

/** What may stand in a decision beside its logic. */
const PLAIN = [
  ...[
    'variable',
    'question',
    'allowedAnswers',
    'supportedObjective',
    'impactedPerformanceIndicator',
  ],
  ...['informationRequirement', 'knowledgeRequirement', 'authorityRequirement'],
  ...['decisionMaker', 'decisionOwner', 'usingProcess', 'usingTask'],
]

/** The type of one value; null where none is named. @throws RuleError where it is more than one */
function single({ type, list, parts }: Shape): TypeDefinition | null {
  if (!list && !parts) return type
  const [zh, en] = list ? ['列表', 'list'] : ['结构', 'context']
  throw new RuleError(
    'type',
    `规则里一个名称只能是一个值，不能是${zh}，请拆开`,
    `A name of the law has one value, no ${en}; take it apart`,
  )
}

function idOf(name: string): string {
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
  return id || 'imported'
}

/**
 * The rule set that a DMN file holds, ready to link, with what it had to leave out or make up. A file that
 * `dmnOf` wrote gives back the same set; what was changed in it elsewhere is taken as it stands now.
 * @throws RuleError with its place, of what has no place in the law
 */
export function definitionOf(xml: string): { definition: RuleSetDefinition; notes: Text[] } {
  return new Reader(rootOf(xml)).read()
}
