// What a change does to everybody: who gains, who loses, what it costs, by city, size and sector.
import { Columnar } from './columnar.ts'
import type { Given } from './evaluation.ts'
import type { RuleSet } from './link.ts'
import { type Column, NO_CODE, type Population } from './population.ts'
import { RuleError } from './rule-error.ts'
import { sameDimension, type Unit } from './units.ts'

/** One side of a change: a set on a day. */
export interface Side {
  set: RuleSet
  on: string
}

/** One value of a grouping, such as a city. */
export interface GroupImpact {
  name: string
  subjects: number
  changed: number
  gain: number
  lose: number
  /** In the unit of the amount; 0 where the set grants no money. */
  delta: number
}

export interface Impact {
  size: number
  /** Those for whom anything changes, for better, and for worse. */
  changed: number
  gain: number
  lose: number
  /** Entitled before and after; who comes in, and who drops out. */
  entitled: { before: number; after: number; enter: number; leave: number }
  /** Of whom it cannot be said without more facts, before and after. */
  open: { before: number; after: number }
  /** Sums of what is granted at most, in the unit of the amount; null where the set grants no money. */
  budget: { before: number; after: number; unit: string } | null
  by: Readonly<Record<string, readonly GroupImpact[]>>
}

/** What one side comes to for everybody: granted as 0, 1 or 2 (not known), and how much. */
interface Standing {
  entitled: Uint8Array
  amounts: Float64Array | null
  /** Null: no money. */
  unit: Unit | null
}

function standingOf({ set, on }: Side, people: Population, workdays: Given['workdays']): Standing {
  const { benefit } = set.definition
  if (!benefit) {
    const { id } = set.definition
    throw new RuleError('name-unknown', `${id} 没有写明权益`, `${id} names no benefit`)
  }
  for (const name of [benefit.entitled, benefit.amount]) {
    if (name === null || set.nodes.has(name)) continue
    throw new RuleError('name-unknown', `没有叫“${name}”的结果`, `There is no outcome ${name}`)
  }
  const columnar = new Columnar(set, people, on, workdays)
  const entitled = columnar.column(benefit.entitled)
  if (entitled.kind !== 'boolean') {
    throw new RuleError('type', '是否享受应为是否', 'Whether it is granted must be yes or no')
  }
  const amount = benefit.amount === null ? null : columnar.column(benefit.amount)
  if (amount && amount.kind !== 'number') {
    throw new RuleError('type', '金额应为数', 'The amount must be a number')
  }
  const type = benefit.amount === null ? null : set.types.get(benefit.amount)!
  return {
    entitled: entitled.values,
    amounts: amount?.values ?? null,
    unit: type?.kind === 'number' ? type.unit : null,
  }
}

/** A standing kept between two edits: the side that did not change is not computed again. */
export class Before {
  readonly people: Population
  readonly workdays: Given['workdays']
  readonly standing: Standing

  constructor(side: Side, people: Population, workdays: Given['workdays']) {
    this.people = people
    this.workdays = workdays
    this.standing = standingOf(side, people, workdays)
  }

  /**
   * @param groups names of text columns of the population
   * @param people the same people as this side's set reads them, where that is another way: what is a
   * fact of one set may be worked out by the other, or be in another unit
   */
  against(side: Side, groups: readonly string[], people: Population = this.people): Impact {
    const after = standingOf(side, people, this.workdays)
    return compared(this.standing, after, this.people, groups)
  }
}

const NOT_KNOWN = 2

/** What an amount of one unit is multiplied by to be one of the other. @throws RuleError unit */
function factorTo(unit: Unit | null, from: Unit | null): number {
  if (!unit || !from) return 1
  if (sameDimension(unit, from)) return from.scale.div(unit.scale).toNumber()
  const [zh, en] = [`${from.name}与${unit.name}`, `${from.name} and ${unit.name}`]
  throw new RuleError('unit', `前后金额的单位不同：${zh}`, `The amounts do not go together: ${en}`)
}

function compared(
  before: Standing,
  after: Standing,
  people: Population,
  groups: readonly string[],
): Impact {
  const { size } = people
  const unit = after.unit ?? before.unit
  const factor = factorTo(unit, before.unit)
  // Those for whom anything changes: how (better, worse, or other in what is not known), and by how much.
  const who: number[] = []
  const turns: Turn[] = []
  const deltas: number[] = []
  const found = {
    changed: 0,
    gain: 0,
    lose: 0,
    entitled: { before: 0, after: 0, enter: 0, leave: 0 },
    open: { before: 0, after: 0 },
  }
  const { entitled, open } = found
  const [olds, nows] = [before.entitled, after.entitled]
  const [paids, payments] = [before.amounts, after.amounts]
  let sumBefore = 0
  let sumAfter = 0
  for (let nth = 0; nth < size; nth++) {
    const old = olds[nth]!
    const now = nows[nth]!
    // Most of a province are neither before nor after.
    if (old === 0 && now === 0) continue
    const paid = old === 1 && paids ? known(paids[nth]!) * factor : 0
    const pays = now === 1 && payments ? known(payments[nth]!) : 0
    sumBefore += paid
    sumAfter += pays
    if (old === 1) entitled.before++
    else if (old === NOT_KNOWN) open.before++
    if (now === 1) entitled.after++
    else if (now === NOT_KNOWN) open.after++
    const delta = pays - paid
    // Less than a billionth is the rounding of doubles: of a billion yuan one.
    const moved = Math.abs(delta) > 1e-9 * Math.max(1, Math.abs(paid)) ? delta : 0
    if (old === now && moved === 0) continue
    if (now === 1 && old !== 1) entitled.enter++
    if (old === 1 && now !== 1) entitled.leave++
    const better = moved > 0 || (moved === 0 && now === 1)
    const worse = moved < 0 || (moved === 0 && old === 1)
    found.changed++
    if (better) found.gain++
    else if (worse) found.lose++
    who.push(nth)
    turns.push(better ? 'gain' : worse ? 'lose' : 'other')
    deltas.push(moved)
  }
  const money = before.amounts !== null || after.amounts !== null
  return {
    size,
    ...found,
    budget: money ? { before: sumBefore, after: sumAfter, unit: unit?.name ?? '' } : null,
    by: Object.fromEntries(
      groups.map((name) => [name, groupsOf(people.columns.get(name), who, turns, deltas)]),
    ),
  }
}

type Turn = 'gain' | 'lose' | 'other'

/** What cannot be worked out is nothing. */
const known = (amount: number): number => (Number.isNaN(amount) ? 0 : amount)

// Groups do not change: who is in which is counted once.
const counted = new WeakMap<Uint16Array, Int32Array>()

/** How many there are of each code of a column. */
function countOf(values: Uint16Array, groups: number): Int32Array {
  const found = counted.get(values)
  if (found?.length === groups) return found
  const counts = new Int32Array(groups)
  for (const code of values) if (code !== NO_CODE) counts[code]!++
  counted.set(values, counts)
  return counts
}

/** Those of whom something changes first. */
function groupsOf(
  column: Column | undefined,
  who: readonly number[],
  turns: readonly Turn[],
  deltas: readonly number[],
): GroupImpact[] {
  if (column?.kind !== 'text') return []
  const { values, dictionary } = column
  const counts = countOf(values, dictionary.length)
  const groups = dictionary.map((name, code) => ({
    name,
    subjects: counts[code]!,
    changed: 0,
    gain: 0,
    lose: 0,
    delta: 0,
  }))
  for (const [at, nth] of who.entries()) {
    const code = values[nth]!
    if (code === NO_CODE) continue
    const group = groups[code]!
    group.changed++
    group.delta += deltas[at]!
    const turn = turns[at]!
    if (turn !== 'other') group[turn]++
  }
  return groups
    .filter(({ subjects }) => subjects > 0)
    .sort((a, b) => Math.abs(b.delta) - Math.abs(a.delta) || b.changed - a.changed)
}
