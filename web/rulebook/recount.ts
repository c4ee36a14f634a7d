// The effect of a draft on all the made-up companies, computed anew after every edit.
import {
  GROUPS,
  makePeople,
  type People,
  peopleFor,
  type Recipe,
} from '#engines/population/people.ts'
import type { RuleSetDefinition } from '#engines/rules/definitions.ts'
import { noCalendar } from '#engines/rules/evaluation.ts'
import { Before, type Impact } from '#engines/rules/impact.ts'
import { link, type RuleSet } from '#engines/rules/link.ts'
import type { Column, Population } from '#engines/rules/population.ts'
import { KeptColumns, type Side } from './kept-columns.ts'

export class Recount {
  readonly people: People
  private readonly base: RuleSetDefinition
  private readonly old: RuleSet
  /** As long as both sides read the same facts. */
  private kept: { facts: string; told: Population; columns: KeptColumns } | null = null
  private before: { facts: string; on: string; columns: Map<string, Column>; of: Before } | null =
    null

  constructor(recipe: Recipe, base: RuleSetDefinition, people = makePeople(recipe)) {
    this.people = people
    this.base = base
    this.old = link(base)
  }

  /** What changes for whom from the first day of the draft on; null where one side grants nothing. */
  against(set: RuleSet, on: string): Impact | null {
    const { definition } = set
    if (!this.base.benefit || !definition.benefit) return null
    const { facts, told, columns } = this.peopleOf(definition)
    if (this.before?.facts !== facts || this.before.on !== on) {
      const read = this.withResults(told, columns, { set: this.old, on })
      const of = new Before({ set: this.old, on }, { size: told.size, columns: read }, noCalendar)
      this.before = { facts, on, columns: read, of }
    }
    const { of, columns: read } = this.before
    for (const [name, column] of this.withResults(told, columns, { set, on }))
      read.set(name, column)
    return of.against({ set, on }, GROUPS)
  }

  private peopleOf(definition: RuleSetDefinition) {
    const mine = new Set(definition.nodes.map(({ name }) => name))
    // Facts that only the version in force reads are columns too.
    const nodes = [...definition.nodes, ...this.base.nodes.filter(({ name }) => !mine.has(name))]
    const told = nodes.filter(({ kind }) => kind === 'fact' || kind === 'judgement')
    const facts = JSON.stringify(told)
    if (this.kept?.facts !== facts) {
      const population = peopleFor({ ...definition, nodes }, this.people)
      const columns = new KeptColumns(population, noCalendar)
      this.kept = { facts, told: population, columns }
    }
    return this.kept
  }

  /** The facts, and with them what is granted: of amounts only those that somebody is entitled to. */
  private withResults(told: Population, kept: KeptColumns, side: Side): Map<string, Column> {
    const { entitled, amount } = side.set.definition.benefit!
    const columns = new Map(told.columns)
    const granted = kept.column(side, entitled)
    columns.set(entitled, granted)
    if (amount !== null) columns.set(amount, kept.column(side, amount, granted))
    return columns
  }
}
