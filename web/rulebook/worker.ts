// The thread of the rule editor: makes the companies once, then counts and reviews the newest edit.
import type { Recipe } from '#engines/population/people.ts'
import type { CaseDefinition, RuleSetDefinition } from '#engines/rules/definitions.ts'
import { noCalendar } from '#engines/rules/evaluation.ts'
import type { Impact } from '#engines/rules/impact.ts'
import { link } from '#engines/rules/link.ts'
import { type Review, review } from '#engines/rules/review.ts'
import { RuleError } from '#engines/rules/rule-error.ts'
import { Recount } from './recount.ts'

/** One state of the draft, by its number. */
export interface Look {
  number: number
  definition: RuleSetDefinition
  cases: readonly CaseDefinition[]
  /** The first day in force. */
  on: string
}

export type Told =
  | { kind: 'begin'; recipe: Recipe; base: RuleSetDefinition | null }
  | { kind: 'look'; look: Look }

export type Answer =
  | { kind: 'impact'; number: number; impact: Impact; ms: number }
  /** Rules that cannot be read have no impact; the review says why. */
  | { kind: 'unread'; number: number }
  | { kind: 'review'; number: number; found: Review }

const say = (answer: Answer) => globalThis.postMessage(answer)

let recount: Recount | null = null
let waiting: Look | null = null

function count({ number, definition, on }: Look): void {
  const begun = performance.now()
  try {
    const set = link(definition)
    const impact = recount?.against(set, on)
    if (impact) say({ kind: 'impact', number, impact, ms: performance.now() - begun })
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    say({ kind: 'unread', number })
  }
}

function examine({ number, definition, cases, on }: Look): void {
  say({ kind: 'review', number, found: review(definition, cases, on, noCalendar) })
}

/** So many counts make the engine quick before the first edit comes. */
const WARM = 3

/** Counts changes that nobody made, while nobody waits: the first real one is then as quick as the rest. */
function warm({ definition, on }: Look, left = WARM): void {
  if (waiting || !recount || left === 0) return
  const names = definition.nodes.filter(({ kind }) => kind === 'parameter').map(({ name }) => name)
  const nodes = definition.nodes.map((node) =>
    node.kind === 'parameter' && node.name === names[left % names.length]
      ? { ...node, values: node.values.map((one) => ({ ...one, value: `${one.value}1` })) }
      : node,
  )
  try {
    recount.against(link({ ...definition, nodes }), on)
  } catch (error) {
    // A draft that cannot be read yet warms nothing.
    if (!(error instanceof RuleError)) throw error
    return
  }
  setTimeout(() => warm({ definition, on, number: 0, cases: [] }, left - 1))
}

let isWarm = false

/** Runs when all messages that came meanwhile are read, so that only the newest is worked on. */
function work(): void {
  const look = waiting
  if (!look) return
  waiting = null
  count(look)
  setTimeout(() => {
    if (waiting) work()
    else {
      examine(look)
      if (!isWarm) setTimeout(() => warm(look))
      isWarm = true
    }
  })
}

globalThis.addEventListener('message', ({ data }: MessageEvent<Told>) => {
  if (data.kind === 'begin') {
    const { recipe, base } = data
    // Where nothing is granted nobody needs to be made.
    recount = base?.benefit ? new Recount(recipe, base) : null
    return
  }
  if (!waiting) setTimeout(work)
  waiting = data.look
})
