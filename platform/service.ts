// What a service shows to the composition root: its routes, reactions, jobs and the duties it serves.
import type { Ctx } from './context.ts'
import type { JournalEntry } from './journal.ts'
import type { Route } from './routes.ts'

/** A duty of the regulation (an id in law/articles) and the kinds of fact that show its use. */
export interface Serves {
  duty: string
  facts: readonly string[]
}

/** Answers facts of the journal, each position once, in its own transaction. */
export interface Reaction {
  name: string
  kinds: readonly string[]
  handle(ctx: Ctx, entry: JournalEntry): Promise<void>
}

/** Background work: a queue of pg-boss, or a period in seconds on the machine's clock. */
export interface Job {
  name: string
  everySeconds: number
  run(): Promise<void>
}

export interface Service {
  /** Also the name of its database schema. */
  name: string
  serves: readonly Serves[]
  routes: readonly Route[]
  reactions?: readonly Reaction[]
  jobs?: readonly Job[]
}
