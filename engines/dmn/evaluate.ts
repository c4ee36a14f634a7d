// Evaluates the decisions of a model, with those of the models that it imports.
import { builtIns } from '#engines/feel/builtins/index.ts'
import { userFunction } from '#engines/feel/calls.ts'
import type { Compiled } from '#engines/feel/compile.ts'
import { Names } from '#engines/feel/names.ts'
import { Scope } from '#engines/feel/scope.ts'
import type { DateTime } from '#engines/feel/temporal.ts'
import { ANY, builtInType, coerce } from '#engines/feel/types.ts'
import { Context, type FeelType, isNull, Null, type Value } from '#engines/feel/values.ts'
import { compileLogic, functionValue, type Surroundings } from './logic.ts'
import type {
  Decision,
  DecisionService,
  ItemDefinition,
  KnowledgeModel,
  Logic,
  Model,
  Reference,
  Variable,
} from './model.ts'
import { compileCell } from './table.ts'

type Inputs = ReadonlyMap<string, Value>

interface Found<T> {
  of: T
  in: Loaded
}

/** Names that a boxed expression makes. */
function namesIn(logic: Logic | null): string[] {
  if (!logic) return []
  switch (logic.kind) {
    case 'context':
      return logic.entries.flatMap(({ variable, logic: inner }) => [
        ...(variable ? [variable.name] : []),
        ...namesIn(inner),
      ])
    case 'list':
      return logic.items.flatMap(namesIn)
    case 'relation':
      return [...logic.columns, ...logic.rows.flat().flatMap(namesIn)]
    case 'invocation':
      return [...namesIn(logic.of), ...logic.bindings.flatMap((one) => namesIn(one.logic))]
    case 'function':
      return [...logic.parameters.map(({ name }) => name), ...namesIn(logic.body)]
    case 'for':
      return [logic.name, ...namesIn(logic.over), ...namesIn(logic.result)]
    case 'some':
    case 'every':
      return [logic.name, ...namesIn(logic.over), ...namesIn(logic.satisfies)]
    case 'filter':
      return [...namesIn(logic.of), ...namesIn(logic.match)]
    case 'conditional':
      return [logic.test, logic.met, logic.otherwise].flatMap(namesIn)
    case 'table':
      return logic.outputs.flatMap(({ name }) => (name === null ? [] : [name]))
    default:
      return []
  }
}

const namesOfItem = (item: ItemDefinition): string[] => [
  item.name,
  ...item.components.flatMap(namesOfItem),
]

/** Properties that stand after a dot. */
const PROPERTIES = ['time offset', 'start included', 'end included']
const TYPES = ['date and time', 'years and months duration', 'days and time duration']

/** One model, compiled where it is first asked for. */
class Loaded {
  readonly model: Model
  readonly imports = new Map<string, Loaded>()
  readonly base: Scope
  private readonly around: Surroundings
  private readonly compiled = new Map<Logic, Compiled>()
  private readonly types = new Map<string, FeelType | undefined>()

  constructor(model: Model, base: Scope, functions: Iterable<string>) {
    this.model = model
    this.base = base
    const { inputs, decisions, knowledge, services, items, imports } = model
    const names = new Names([
      ...functions,
      ...PROPERTIES,
      ...TYPES,
      'item',
      '?',
      ...[...inputs, ...decisions, ...knowledge, ...services].map(({ variable }) => variable.name),
      ...[...decisions, ...knowledge].flatMap(({ logic }) => namesIn(logic)),
      ...items.flatMap(namesOfItem),
      ...imports.map(({ name }) => name),
    ])
    this.around = {
      names,
      types: (name) => this.type(name),
      typeOf: (ref) => (ref === null ? null : (this.type(ref) ?? builtInType(ref))),
    }
  }

  /** Names of an imported model are known where it is imported. */
  link(name: string, other: Loaded): void {
    this.imports.set(name, other)
    const { inputs, decisions, knowledge, services, items } = other.model
    for (const { variable } of [...inputs, ...decisions, ...knowledge, ...services]) {
      this.around.names.add(variable.name)
    }
    for (const one of items.flatMap(namesOfItem)) this.around.names.add(one)
  }

  type(name: string): FeelType | undefined {
    if (this.types.has(name)) return this.types.get(name)
    const dot = name.indexOf('.')
    const other = dot > 0 ? this.imports.get(name.slice(0, dot)) : undefined
    if (other) return other.type(name.slice(dot + 1))
    const item = this.model.items.find((one) => one.name === name)
    if (!item) return undefined
    this.types.set(name, ANY)
    const type = this.itemType(item)
    this.types.set(name, type)
    return type
  }

  private itemType(item: ItemDefinition): FeelType {
    const shape = this.shapeOf(item)
    const narrowed = (of: FeelType, text: string): FeelType => {
      const test = compileCell(text, this.around)
      return { kind: 'allowed', of, allows: (value) => test(value, this.base) === true }
    }
    const one = item.allowed === null ? shape : narrowed(shape, item.allowed)
    const whole: FeelType = item.collection ? { kind: 'list', of: one } : one
    return item.constraint === null ? whole : narrowed(whole, item.constraint)
  }

  private shapeOf(item: ItemDefinition): FeelType {
    const ref = (name: string | null) => this.around.typeOf(name) ?? ANY
    if (item.function) {
      const parameters = item.function.parameters.map(({ typeRef }) => ref(typeRef))
      return { kind: 'function', parameters, result: ref(item.function.result) }
    }
    if (item.components.length === 0) return ref(item.typeRef)
    const entries = new Map(item.components.map((one) => [one.name, this.itemType(one)]))
    return { kind: 'context', entries, open: false }
  }

  typeOf({ typeRef }: Variable): FeelType | null | undefined {
    return this.around.typeOf(typeRef)
  }

  logicOf(logic: Logic): Compiled {
    const known = this.compiled.get(logic)
    if (known) return known
    const compiled = compileLogic(logic, this.around)
    this.compiled.set(logic, compiled)
    return compiled
  }

  functionOf(logic: Extract<Logic, { kind: 'function' }>): Compiled {
    const known = this.compiled.get(logic)
    if (known) return known
    const compiled = functionValue(logic, this.around)
    this.compiled.set(logic, compiled)
    return compiled
  }
}

/** A model ready to be asked. */
export class Decisions {
  private readonly main: Loaded
  private readonly byNamespace = new Map<string, Loaded>()

  /**
   * @param others models that it may import, in any order
   * @param now what `now()` and `today()` answer with
   */
  constructor(model: Model, others: readonly Model[], now: () => DateTime) {
    const functions = builtIns(now)
    const base = new Scope(functions)
    const load = (one: Model) => new Loaded(one, base, functions.keys())
    this.main = load(model)
    for (const one of others) this.byNamespace.set(one.namespace, load(one))
    this.byNamespace.set(model.namespace, this.main)
    for (const loaded of this.byNamespace.values()) {
      for (const { name, namespace } of loaded.model.imports) {
        const other = this.byNamespace.get(namespace)
        if (other) loaded.link(name, other)
      }
    }
  }

  /** Names of the decisions and services that can be asked for. */
  get names(): string[] {
    const { decisions, services } = this.main.model
    return [...decisions, ...services].map(({ variable }) => variable.name)
  }

  /** The value of a decision, or of a decision service, by name. */
  evaluate(name: string, inputs: Inputs): Value {
    const { decisions, services } = this.main.model
    const run = new Run(this.byNamespace, inputs)
    const decision = decisions.find(({ variable }) => variable.name === name)
    if (decision) return run.decision({ of: decision, in: this.main })
    const service = services.find(({ variable }) => variable.name === name)
    return service ? this.invoke(name, inputs) : new Null(`no decision ${name}`)
  }

  /** Calls a decision service or a business knowledge model with named arguments. */
  invoke(name: string, inputs: Inputs): Value {
    const { services, knowledge } = this.main.model
    const run = new Run(this.byNamespace, inputs)
    const service = services.find(({ variable }) => variable.name === name)
    if (service) return run.service({ of: service, in: this.main }, inputs)
    const found = knowledge.find(({ variable }) => variable.name === name)
    if (!found) return new Null(`nothing called ${name}`)
    const fn = run.knowledge({ of: found, in: this.main })
    if (!('call' in (fn as object))) return fn
    const { parameters, call } = fn as unknown as {
      parameters: { name: string }[]
      call(args: Value[]): Value
    }
    return call(parameters.map((one) => inputs.get(one.name) ?? new Null('not given')))
  }
}

/** One evaluation: every decision is worked out once. */
class Run {
  private readonly models: ReadonlyMap<string, Loaded>
  private readonly inputs: Inputs
  private readonly done = new Map<unknown, Value>()
  /** Decisions whose value is given rather than worked out. */
  private readonly given: ReadonlyMap<unknown, Value>

  constructor(
    models: ReadonlyMap<string, Loaded>,
    inputs: Inputs,
    given: ReadonlyMap<unknown, Value> = new Map(),
  ) {
    this.models = models
    this.inputs = inputs
    this.given = given
  }

  private find<T extends { id: string }>(
    { namespace, id }: Reference,
    from: Loaded,
    kind: (model: Model) => readonly T[],
  ): Found<T> | null {
    const loaded = namespace === null ? from : this.models.get(namespace)
    const of = loaded && kind(loaded.model).find((one) => one.id === id)
    return of ? { of, in: loaded } : null
  }

  /** Under its own name, or as an entry of the import it came through. */
  private put(
    own: Map<string, Value>,
    from: Loaded,
    found: Found<{ variable: Variable }>,
    value: Value,
  ) {
    const { name } = found.of.variable
    if (found.in === from) {
      own.set(name, value)
      return
    }
    for (const [alias, loaded] of from.imports) {
      if (loaded !== found.in) continue
      const known = own.get(alias)
      const entries = known instanceof Context ? [...known.entries] : []
      own.set(alias, new Context([...entries, [name, value]]))
    }
  }

  private scopeOf(
    from: Loaded,
    needs: Pick<Decision, 'knowledge'> & Partial<Pick<Decision, 'inputs' | 'decisions'>>,
  ): Scope {
    const own = new Map<string, Value>()
    for (const reference of needs.inputs ?? []) {
      const found = this.find(reference, from, (model) => model.inputs)
      if (found) this.put(own, from, found, this.input(found, from))
    }
    for (const reference of needs.decisions ?? []) {
      const found = this.find(reference, from, (model) => model.decisions)
      if (found) this.put(own, from, found, this.decision(found))
    }
    for (const reference of needs.knowledge) {
      const found = this.find(reference, from, (model) => model.knowledge)
      if (found) this.put(own, from, found, this.knowledge(found))
      const service = this.find(reference, from, (model) => model.services)
      if (service) this.put(own, from, service, this.serviceFunction(service))
    }
    return from.base.with(own)
  }

  private input({ of, in: loaded }: Found<Model['inputs'][number]>, from: Loaded): Value {
    const { name } = of.variable
    let value = this.inputs.get(name)
    if (loaded !== from || value === undefined) {
      for (const [alias, other] of from.imports) {
        const whole = other === loaded ? this.inputs.get(alias) : undefined
        if (whole instanceof Context) value = whole.entries.get(name) ?? value
      }
    }
    if (value === undefined) return new Null(`${name} is not given`)
    const type = loaded.typeOf(of.variable)
    return type === undefined ? new Null('no such type') : coerce(value, type)
  }

  decision({ of, in: loaded }: Found<Decision>): Value {
    const given = this.given.get(of) ?? this.done.get(of)
    if (given !== undefined) return given
    // A circle of decisions finds this instead of going round for ever.
    this.done.set(of, new Null('it depends on itself'))
    const type = loaded.typeOf(of.variable)
    let value: Value
    if (!of.logic) value = new Null('no logic')
    else if (type === undefined) value = new Null(`no type ${of.variable.typeRef}`)
    else value = coerce(loaded.logicOf(of.logic)(this.scopeOf(loaded, of)), type)
    this.done.set(of, value)
    return value
  }

  knowledge({ of, in: loaded }: Found<KnowledgeModel>): Value {
    if (!of.logic) return new Null('no logic')
    const known = this.done.get(of)
    if (known !== undefined) return known
    // A function may call itself: its scope is filled after it is made.
    const own = new Map<string, Value>()
    const scope = loaded.base.with(own)
    const fn = loaded.functionOf(of.logic)(scope)
    if (isNull(fn)) return fn
    const { parameters, call } = fn as unknown as {
      parameters: { name: string; type: FeelType | null }[]
      call(args: readonly Value[]): Value
    }
    const result = loaded.typeOf(of.variable)
    const made = userFunction(
      parameters,
      result?.kind === 'function' ? result.result : (result ?? null),
      (args) => call(parameters.map(({ name }) => args.get(name)!)),
    )
    this.done.set(of, made)
    own.set(of.variable.name, made)
    for (const reference of of.knowledge) {
      const found = this.find(reference, loaded, (model) => model.knowledge)
      if (found) this.put(own, loaded, found, this.knowledge(found))
      const service = this.find(reference, loaded, (model) => model.services)
      if (service) this.put(own, loaded, service, this.serviceFunction(service))
    }
    return made
  }

  private parametersOf({ of, in: loaded }: Found<DecisionService>) {
    const inputs = of.inputData.map((one) => this.find(one, loaded, (model) => model.inputs))
    const decisions = of.inputDecisions.map((one) =>
      this.find(one, loaded, (model) => model.decisions),
    )
    return [...inputs, ...decisions].filter((one) => one !== null)
  }

  /** A decision service as a function: first its input data, then its input decisions. */
  private serviceFunction(service: Found<DecisionService>): Value {
    const parameters = this.parametersOf(service).map((one) => ({
      name: one.of.variable.name,
      type: one.in.typeOf(one.of.variable) ?? null,
    }))
    return userFunction(parameters, null, (args) => this.service(service, args))
  }

  /** The service's outputs, with its inputs as given: one value, or one for each decision. */
  service(service: Found<DecisionService>, args: Inputs): Value {
    const { of, in: loaded } = service
    const given = new Map<unknown, Value>()
    const inputs = new Map<string, Value>()
    for (const one of this.parametersOf(service)) {
      const { name } = one.of.variable
      const value = coerce(
        args.get(name) ?? new Null(`${name} is not given`),
        one.in.typeOf(one.of.variable) ?? null,
      )
      if ('logic' in one.of) given.set(one.of, value)
      else inputs.set(name, value)
    }
    const run = new Run(this.models, inputs, given)
    const results = of.outputs.flatMap((reference) => {
      const found = this.find(reference, loaded, (model) => model.decisions)
      return found ? [[found.of.variable.name, run.decision(found)] as const] : []
    })
    const value = results.length === 1 ? results[0]![1] : new Context(results)
    return coerce(value, loaded.typeOf(of.variable) ?? null)
  }
}
