// The front door of the rulebook: versions of rule sets, checks, decisions with receipts, drafts.
import { dateInChina } from '#law/schema.ts'
import type { Ctx } from '#platform/context.ts'
import type { Serves, Service } from '#platform/service.ts'
import type { World } from '#platform/world.ts'
import type { Notices } from '#services/notices/index.ts'
import type { Item } from '#services/search/index.ts'
import type { Clauses } from './citations.ts'
import { type Deciding, type Decision, decide, type Looked, look } from './decide.ts'
import { findableSets } from './findable.ts'
import { readWorkdays } from './law-sets.ts'
import type { RulebookParts } from './parts.ts'
import { asking, keepCensus } from './population.ts'
import { reactionsOf } from './reactions.ts'
import { publicRoutes } from './routes.ts'
import { officeRoutes } from './routes-office.ts'
import { keepAll } from './standing.ts'
import { loadLawSets } from './versions.ts'

export type { Clauses } from './citations.ts'
export type { Deciding, Decision, Looked } from './decide.ts'
export { factsThatFit, heldFacts } from './held.ts'

/** The rules serve what other services do with them; the rulebook claims nothing of its own. */
export const serves: readonly Serves[] = []

export interface RulebookPorts {
  notify: Notices['notify']
  /** The regulation's articles and how many paragraphs each has. */
  clauses: Clauses
  /** How many synthetic companies rules are tried on. */
  populationSize: number
}

export interface Rulebook {
  service: Service
  /** Publishes what law/rules holds and the rulebook does not. */
  prepare(): Promise<void>
  /** Sets in force, for the search. */
  findable(ctx: Ctx): Promise<{ kind: string; items: Item[] }>
  /** Decides for another service, in its transaction, and keeps the decision. */
  decide(ctx: Ctx, input: Deciding): Promise<Decision>
  /** What it would decide; nothing is kept. Null where the set is not in force. */
  look(ctx: Ctx, input: Omit<Deciding, 'purpose'>): Promise<Looked | null>
}

export function rulebook(world: World, ports: RulebookPorts): Rulebook {
  const today = () => dateInChina(world.clock.now())
  const parts: RulebookParts = {
    ...ports,
    workdays: readWorkdays(),
    asking: asking(world),
    today,
  }
  return {
    service: {
      name: 'rulebook',
      serves,
      routes: [...officeRoutes(world, parts), ...publicRoutes(world, parts)],
      reactions: reactionsOf(parts),
      jobs: [
        {
          name: 'rulebook.keep-standings',
          everySeconds: 60,
          run: async () => void (await keepAll(world, parts)),
        },
        {
          name: 'rulebook.keep-census',
          everySeconds: 60,
          run: async () => void (await keepCensus(world, ports.populationSize)),
        },
      ],
    },
    prepare: () => loadLawSets(world, today()),
    findable: findableSets,
    decide: (ctx, input) => decide(ctx, parts, input),
    look: (ctx, input) => look(ctx, parts, input),
  }
}
