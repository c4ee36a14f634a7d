// DMN XML to a model. Versions 1.2 to 1.5 differ in their namespace only, as far as this reads.
import type {
  Aggregation,
  Decision,
  DecisionService,
  HitPolicy,
  ItemDefinition,
  KnowledgeModel,
  Logic,
  Model,
  Reference,
  Table,
  Variable,
} from './model.ts'
import { child, childrenOf, type Element, parseXml, textOf } from './xml.ts'

const typeRefOf = (of: Element): string | null => {
  const ref = of.attributes.typeRef ?? textOf(of, 'typeRef')
  // A prefix of XML Schema or FEEL says nothing more than the name.
  return ref ? ref.replace(/^(feel|xsd|dmn)[.:]/, '') : null
}

const nameOf = (of: Element): string => (of.attributes.name ?? '').trim().replaceAll(/\s+/g, ' ')

const variableOf = (of: Element): Variable => {
  const variable = child(of, 'variable')
  return { name: nameOf(variable ?? of), typeRef: variable ? typeRefOf(variable) : null }
}

const referenceOf = (of: Element): Reference => {
  const [namespace, id] = (of.attributes.href ?? '').split('#')
  return { namespace: namespace || null, id: id ?? '' }
}

const referencesOf = (of: Element, requirement: string, kind: string): Reference[] =>
  childrenOf(of, requirement).flatMap((one) => childrenOf(one, kind).map(referenceOf))

function itemOf(of: Element): ItemDefinition {
  const allowed = child(of, 'allowedValues')
  const constraint = child(of, 'typeConstraint')
  const fn = child(of, 'functionItem')
  return {
    name: nameOf(of),
    typeRef: typeRefOf(of),
    collection: of.attributes.isCollection === 'true',
    components: childrenOf(of, 'itemComponent').map(itemOf),
    allowed: allowed ? textOf(allowed, 'text') : null,
    constraint: constraint ? textOf(constraint, 'text') : null,
    function: fn
      ? {
          parameters: childrenOf(fn, 'parameters').map((one) => ({
            name: nameOf(one),
            typeRef: typeRefOf(one),
          })),
          result: fn.attributes.outputTypeRef ?? null,
        }
      : null,
  }
}

const EXPRESSIONS = [
  ...['literalExpression', 'context', 'list', 'relation', 'invocation', 'functionDefinition'],
  ...['decisionTable', 'conditional', 'for', 'some', 'every', 'filter'],
]

/** The expression among the children of an element. */
function logicIn(of: Element | undefined): Logic | null {
  const found = of?.children.find(({ name }) => EXPRESSIONS.includes(name))
  return found ? logicOf(found) : null
}

const NOTHING: Logic = { kind: 'literal', text: '', typeRef: null }
const orNothing = (logic: Logic | null): Logic => logic ?? NOTHING

function tableOf(of: Element): Table {
  const allowed = (one: Element, name: string) => {
    const found = child(one, name)
    return found ? textOf(found, 'text') : null
  }
  const text = (one: Element) => textOf(one, 'text') ?? ''
  return {
    kind: 'table',
    typeRef: typeRefOf(of),
    hitPolicy: (of.attributes.hitPolicy ?? 'UNIQUE') as HitPolicy,
    aggregation: (of.attributes.aggregation ?? null) as Aggregation | null,
    inputs: childrenOf(of, 'input').map((one) => {
      const expression = child(one, 'inputExpression')
      return {
        text: expression ? text(expression) : '',
        typeRef: expression ? typeRefOf(expression) : null,
        values: allowed(one, 'inputValues'),
      }
    }),
    outputs: childrenOf(of, 'output').map((one) => {
      return {
        name: one.attributes.name === undefined ? null : nameOf(one),
        typeRef: typeRefOf(one),
        values: allowed(one, 'outputValues'),
        byDefault: allowed(one, 'defaultOutputEntry'),
      }
    }),
    rules: childrenOf(of, 'rule').map((rule) => ({
      tests: childrenOf(rule, 'inputEntry').map(text),
      results: childrenOf(rule, 'outputEntry').map(text),
    })),
  }
}

function functionOf(of: Element): Extract<Logic, { kind: 'function' }> {
  return {
    kind: 'function',
    typeRef: typeRefOf(of),
    language: (of.attributes.kind ?? 'FEEL') === 'FEEL' ? 'FEEL' : 'other',
    parameters: childrenOf(of, 'formalParameter').map((one) => ({
      name: nameOf(one),
      typeRef: typeRefOf(one),
    })),
    body: logicIn(of),
  }
}

function logicOf(of: Element): Logic {
  const typeRef = typeRefOf(of)
  const part = (name: string) => orNothing(logicIn(child(of, name)))
  const iterator = of.attributes.iteratorVariable ?? ''
  switch (of.name) {
    case 'context':
      return {
        kind: 'context',
        typeRef,
        entries: childrenOf(of, 'contextEntry').map((entry) => ({
          variable: child(entry, 'variable') ? variableOf(entry) : null,
          logic: orNothing(logicIn(entry)),
        })),
      }
    case 'list':
      return {
        kind: 'list',
        typeRef,
        items: of.children.filter(({ name }) => EXPRESSIONS.includes(name)).map(logicOf),
      }
    case 'relation':
      return {
        kind: 'relation',
        typeRef,
        columns: childrenOf(of, 'column').map(nameOf),
        rows: childrenOf(of, 'row').map((row) =>
          row.children.filter(({ name }) => EXPRESSIONS.includes(name)).map(logicOf),
        ),
      }
    case 'invocation':
      return {
        kind: 'invocation',
        typeRef,
        of: orNothing(logicIn(of)),
        bindings: childrenOf(of, 'binding').map((binding) => {
          const parameter = child(binding, 'parameter')
          return { name: parameter ? nameOf(parameter) : '', logic: logicIn(binding) }
        }),
      }
    case 'functionDefinition':
      return functionOf(of)
    case 'decisionTable':
      return tableOf(of)
    case 'conditional':
      return {
        kind: 'conditional',
        typeRef,
        test: part('if'),
        met: part('then'),
        otherwise: part('else'),
      }
    case 'for':
      return { kind: 'for', typeRef, name: iterator, over: part('in'), result: part('return') }
    case 'some':
    case 'every':
      return {
        kind: of.name,
        typeRef,
        name: iterator,
        over: part('in'),
        satisfies: part('satisfies'),
      }
    case 'filter':
      return { kind: 'filter', typeRef, of: part('in'), match: part('match') }
    default:
      return { kind: 'literal', text: textOf(of, 'text') ?? '', typeRef }
  }
}

function decisionOf(of: Element): Decision {
  return {
    id: of.attributes.id ?? '',
    variable: variableOf(of),
    inputs: referencesOf(of, 'informationRequirement', 'requiredInput'),
    decisions: referencesOf(of, 'informationRequirement', 'requiredDecision'),
    knowledge: referencesOf(of, 'knowledgeRequirement', 'requiredKnowledge'),
    logic: logicIn(of),
  }
}

function knowledgeOf(of: Element): KnowledgeModel {
  const logic = child(of, 'encapsulatedLogic')
  return {
    id: of.attributes.id ?? '',
    variable: variableOf(of),
    knowledge: referencesOf(of, 'knowledgeRequirement', 'requiredKnowledge'),
    logic: logic ? functionOf(logic) : null,
  }
}

function serviceOf(of: Element): DecisionService {
  const all = (name: string) => childrenOf(of, name).map(referenceOf)
  return {
    id: of.attributes.id ?? '',
    variable: variableOf(of),
    outputs: all('outputDecision'),
    encapsulated: all('encapsulatedDecision'),
    inputDecisions: all('inputDecision'),
    inputData: all('inputData'),
  }
}

/** @throws Error where the text is no XML, or no DMN */
export function readModel(text: string): Model {
  const root = parseXml(text)
  if (root.name !== 'definitions') throw new Error('not a DMN document: no <definitions>')
  return {
    namespace: root.attributes.namespace ?? '',
    name: nameOf(root),
    imports: childrenOf(root, 'import').map((one) => ({
      name: nameOf(one),
      namespace: one.attributes.namespace ?? '',
    })),
    items: childrenOf(root, 'itemDefinition').map(itemOf),
    inputs: childrenOf(root, 'inputData').map((one) => ({
      id: one.attributes.id ?? '',
      variable: variableOf(one),
    })),
    decisions: childrenOf(root, 'decision').map(decisionOf),
    knowledge: childrenOf(root, 'businessKnowledgeModel').map(knowledgeOf),
    services: childrenOf(root, 'decisionService').map(serviceOf),
  }
}
