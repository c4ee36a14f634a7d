// A rule set as DMN 1.5: what any engine can run, and beside it in our namespace what DMN has no place for.
import { dateOf } from './check.ts'
import type {
  FactDefinition,
  HitPolicy,
  JudgementDefinition,
  NodeDefinition,
  RowDefinition,
  RuleSetDefinition,
  TableDefinition,
  TypeDefinition,
} from './definitions.ts'
import { FeelWriter, literal } from './dmn-feel.ts'
import { DmnNames } from './dmn-names.ts'
import {
  bilingual,
  citation,
  isList,
  NOTHING,
  POLICIES,
  simpleRef,
  slot,
  sources,
  tests,
  typed,
  unitTold,
  valuesOf,
} from './dmn-parts.ts'
import { extension, FEEL, KAPOK, type Made, MODEL, make, rendered } from './dmn-xml.ts'
import { link, type Node, type RuleSet, readsOf, type Table, THE_DAY } from './link.ts'

interface Place {
  id: string
  requirement: 'requiredInput' | 'requiredDecision'
}

class Writer {
  private readonly set: RuleSet
  private readonly on: string
  private readonly names = new DmnNames()
  /** Where what the law calls so stands. */
  private readonly places = new Map<string, Place>()
  private readonly items: Made[] = []
  private calendar: string | null = null
  /** Whether what is being written counts working days. */
  private counts = false
  /** Whether anything reads the day itself. */
  private dated = false
  private readonly feel = new FeelWriter(
    (law) => this.names.of(law),
    () => {
      this.counts = true
      this.calendar ??= this.names.fresh('工作日历')
      return this.calendar
    },
    (law) => {
      const { node } = this.set.nodes.get(law)!
      return (
        node.kind === 'parameter' && !node.values.some(({ value }) => String(value).startsWith('-'))
      )
    },
  )

  constructor(set: RuleSet, on: string) {
    this.set = set
    this.on = on
  }

  document(): string {
    const { id, title, nodes, outcomes, benefit } = this.set.definition
    const day = this.names.add(THE_DAY)
    this.places.set(THE_DAY, { id: 'day', requirement: 'requiredDecision' })
    const tables = nodes.map((node, nth) => this.introduce(node, `n${nth + 1}`))
    const elements = nodes.flatMap((node, nth) => this.node(node, `n${nth + 1}`, tables[nth]!))
    const calendar = this.calendar === null ? null : this.workingDays(this.calendar)
    const about = make('kapok:ruleSet', { id, on: this.on }, [
      bilingual('title', title),
      benefit ? make('kapok:benefit', { ...benefit }) : null,
      ...outcomes.map((name) => make('kapok:outcome', {}, name)),
    ])
    return rendered(
      make(
        'definitions',
        {
          xmlns: MODEL,
          'xmlns:kapok': KAPOK,
          id: 'definitions',
          name: title.zh,
          label: title.en,
          namespace: `urn:kapok:rules:${id}`,
          expressionLanguage: FEEL,
          exporter: 'Kapok',
        },
        [
          make('description', {}, `适用日期：${this.on}。`),
          extension(about),
          ...this.items,
          ...elements,
          this.dated ? this.theDay(day) : null,
          calendar,
        ],
      ),
    )
  }

  /** Names what a node can be asked for; what a table as a whole is called. */
  private introduce(node: NodeDefinition, id: string): string {
    const given = node.kind === 'fact' || node.kind === 'judgement'
    const requirement = given ? 'requiredInput' : 'requiredDecision'
    if (node.kind !== 'table' || node.outputs.length === 1) {
      this.places.set(node.name, { id, requirement })
      return this.names.add(node.name)
    }
    const whole = this.names.fresh(node.name)
    for (const [nth, { name }] of node.outputs.entries()) {
      const law = `${node.name}.${name}`
      this.names.add(law, `${node.name}_${name}`)
      this.places.set(law, { id: `${id}_${nth + 1}`, requirement })
    }
    return whole
  }

  private node(definition: NodeDefinition, id: string, name: string): Made[] {
    if (definition.kind === 'fact' || definition.kind === 'judgement') {
      return [this.input(definition, id, name)]
    }
    const key =
      definition.kind === 'table' && definition.outputs.length > 1
        ? `${definition.name}.${definition.outputs[0]!.name}`
        : definition.name
    const { node } = this.set.nodes.get(key)!
    if (node.kind === 'table') return this.table(node, id, name)
    if (definition.kind === 'parameter') return [this.parameter(node, id, name)]
    if (node.kind !== 'formula' || definition.kind !== 'formula') return []
    const { type, expression, cite } = definition
    this.counts = false
    const feel = this.feel.expression(node.expr)
    return [
      make('decision', { id, name }, [
        make('description', {}, `依据：${sources(cite)}。${unitTold(type)}`),
        extension(
          this.own('formula', definition.name, name, {}, [typed(type), ...cite.map(citation)]),
        ),
        make('variable', { name, typeRef: simpleRef(type) }),
        ...this.requirements(readsOf(node)),
        slot('literalExpression', feel, expression, simpleRef(type)),
      ]),
    ]
  }

  /** An element of ours, with the law's name where DMN has another. */
  private own(
    kind: string,
    law: string,
    name: string,
    attributes: Readonly<Record<string, string>>,
    inside: readonly Made[],
  ): Made {
    const [own, as] = law === name ? [null, null] : [law, name]
    return make(`kapok:${kind}`, { name: own, as, ...attributes }, inside)
  }

  private input(node: FactDefinition | JudgementDefinition, id: string, name: string): Made {
    const { type, ask } = node
    const values = valuesOf(type)
    let typeRef = simpleRef(type)
    if (values !== null) {
      this.items.push(
        make('itemDefinition', { name: this.names.fresh(`t_${node.name}`) }, [
          make('typeRef', {}, typeRef),
          tests('allowedValues', values),
        ]),
      )
      typeRef = this.items.at(-1)!.attributes.name!
    }
    const told =
      node.kind === 'fact' ? '' : `由人判断：${node.by.zh}。依据：${sources(node.cite)}。`
    const own =
      node.kind === 'fact'
        ? this.own('fact', node.name, name, { cost: String(node.cost) }, [
            typed(type),
            bilingual('ask', ask),
          ])
        : this.own('judgement', node.name, name, {}, [
            typed(type),
            bilingual('ask', ask),
            bilingual('by', node.by),
            ...node.cite.map(citation),
          ])
    return make('inputData', { id, name }, [
      make('description', {}, `${ask.zh}${told}${unitTold(type)}`),
      extension(own),
      make('variable', { name, typeRef }),
    ])
  }

  private parameter(node: Node, id: string, name: string): Made {
    const { definition, type, values } = node as Extract<Node, { kind: 'parameter' }>
    const { on } = this
    const found = values.find(({ from, to }) => from <= on && (to === null || on < to))
    const feel = found ? literal(found.value, type) : 'null'
    const told = found
      ? `${found.from} 起，依据：${sources([found.cite])}。`
      : `${on} 没有生效的取值。`
    const dated = definition.values.map(({ from, to, value, cite }) =>
      make('kapok:dated', { from, to, value, certainty: cite.certainty }, cite.source),
    )
    const typeRef = simpleRef(definition.type)
    return make('decision', { id, name }, [
      make('description', {}, `${told}${unitTold(definition.type)}`),
      extension(
        this.own('parameter', definition.name, name, { feel }, [typed(definition.type), ...dated]),
      ),
      make('variable', { name, typeRef }),
      make('literalExpression', { typeRef }, [make('text', {}, feel)]),
    ])
  }

  private table(node: Table, id: string, name: string): Made[] {
    const { definition } = node
    const { hit, outputs } = definition
    const columns = new DmnNames()
    const parts = outputs.map((one) => columns.fresh(one.name))
    this.counts = false
    const logic = this.decisionTable(node, id, parts)
    const whole = make('decision', { id, name }, [
      extension(this.own('table', definition.name, name, {}, [])),
      make('variable', { name, typeRef: this.wholeRef(definition, name, parts) }),
      ...this.requirements(readsOf(node)),
      logic,
    ])
    if (outputs.length === 1) return [whole]
    // The law asks for each of them by name: a decision each.
    const each = parts.map((part, nth) => {
      const law = `${definition.name}.${outputs[nth]!.name}`
      const [own, path] = [this.names.of(law), `${name}.${part}`]
      return make('decision', { id: this.places.get(law)!.id, name: own }, [
        extension(make('kapok:part', { of: name })),
        make('variable', {
          name: own,
          typeRef: isList(hit) ? null : simpleRef(outputs[nth]!.type),
        }),
        required({ id, requirement: 'requiredDecision' }),
        make('literalExpression', {}, [
          make('text', {}, isList(hit) ? `if ${name} = null then [] else ${path}` : path),
        ]),
      ])
    })
    return [whole, ...each]
  }

  /** The type of all that a table comes to. */
  private wholeRef({ hit, outputs }: TableDefinition, name: string, parts: string[]): string {
    const [only, ...more] = outputs
    if (hit === 'C#') return 'number'
    if (more.length === 0 && !isList(hit)) return simpleRef(only!.type)
    const ref = (type: TypeDefinition) => make('typeRef', {}, simpleRef(type))
    const item = this.names.fresh(`t_${name}`)
    const components = outputs.map(({ type }, nth) =>
      make('itemComponent', { name: parts[nth]! }, [ref(type)]),
    )
    this.items.push(
      make(
        'itemDefinition',
        { name: item, isCollection: isList(hit) ? 'true' : null },
        more.length === 0 ? [ref(only!.type)] : components,
      ),
    )
    return item
  }

  private decisionTable(node: Table, id: string, parts: readonly string[]): Made {
    const { definition, inputs, outputs } = node
    const { hit, otherwise } = definition
    const [hitPolicy, aggregation] = POLICIES[hit]
    return make('decisionTable', { id: `${id}_table`, hitPolicy, aggregation }, [
      ...inputs.map((column, nth) =>
        make('input', { label: definition.inputs[nth]! }, [
          slot(
            'inputExpression',
            this.feel.expression(column),
            definition.inputs[nth]!,
            column.type.kind === 'text' ? 'string' : column.type.kind,
          ),
          tests('inputValues', valuesOf(column.type)),
        ]),
      ),
      ...outputs.map(({ name, type }, nth) => {
        const several = outputs.length > 1
        const ours = definition.outputs[nth]!.type
        const rest = otherwise?.[nth] ?? null
        const told = NOTHING[hit]
        return make(
          'output',
          { label: name, name: several ? parts[nth]! : null, typeRef: simpleRef(ours) },
          [
            extension(make('kapok:output', { name, otherwise: told ? rest : null }, [typed(ours)])),
            tests('outputValues', valuesOf(type)),
            told ? nothing(told, hit, several) : rest !== null ? this.rest(node, nth) : null,
          ],
        )
      }),
      make('annotation', { name: '依据' }),
      ...node.rows.map(({ definition: row, tests: cells, gives }, nth) =>
        this.rule(row, `${id}_r${nth + 1}`, {
          cells: cells.map((cell, at) => this.feel.cell(cell, inputs[at]!)),
          gives: gives.map((one) => this.feel.expression(one)),
        }),
      ),
    ])
  }

  private rest({ definition, otherwise }: Table, output: number): Made {
    const feel = this.feel.expression(otherwise![output]!)
    return slot('defaultOutputEntry', feel, definition.otherwise![output]!)
  }

  private rule(
    { id: law, when, gives, cite }: RowDefinition,
    id: string,
    feel: { cells: readonly string[]; gives: readonly string[] },
  ): Made {
    return make('rule', { id, label: law }, [
      extension(make('kapok:row', { id: law }, cite.map(citation))),
      ...feel.cells.map((text, nth) => slot('inputEntry', text, when[nth]!)),
      ...feel.gives.map((text, nth) => slot('outputEntry', text, gives[nth]!)),
      make('annotationEntry', {}, [make('text', {}, sources(cite))]),
    ])
  }

  private requirements(reads: ReadonlySet<string>): Made[] {
    const found = [...reads].map((law) => this.places.get(law)!)
    this.dated ||= reads.has(THE_DAY)
    if (this.counts) found.push({ id: 'calendar', requirement: 'requiredInput' })
    return found.map(required)
  }

  private theDay(name: string): Made {
    return make('decision', { id: 'day', name }, [
      extension(make('kapok:day')),
      make('variable', { name, typeRef: 'date' }),
      make('literalExpression', { typeRef: 'date' }, [
        make('text', {}, literal(this.on, { kind: 'date' })),
      ]),
    ])
  }

  /** Which days are worked DMN is told rather than knows. */
  private workingDays(name: string): Made {
    const item = this.names.fresh(`t_${name}`)
    this.items.push(
      make('itemDefinition', { name: item, isCollection: 'true' }, [make('typeRef', {}, 'date')]),
    )
    return make('inputData', { id: 'calendar', name }, [
      make('description', {}, '全部工作日，从早到晚。'),
      extension(make('kapok:calendar')),
      make('variable', { name, typeRef: item }),
    ])
  }
}

/** A list of several outputs is made empty where each of them is picked out. */
const nothing = (told: string, hit: HitPolicy, several: boolean): Made | null =>
  several && isList(hit) ? null : tests('defaultOutputEntry', told)

const required = ({ id, requirement }: Place): Made =>
  make('informationRequirement', {}, [make(requirement, { href: `#${id}` })])

/**
 * A rule set as DMN 1.5 XML, its parameters as they stand on a day (YYYY-MM-DD). Amounts are in the base
 * unit of their kind (万元 in 元, 5% as 0.05), so facts must be too; `definitionOf` gives back the set.
 * @throws RuleError where the set does not link, or holds what XML cannot
 */
export function dmnOf(definition: RuleSetDefinition, on: string): string {
  const set = link(definition)
  return new Writer(set, dateOf(on)).document()
}
