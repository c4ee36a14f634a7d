// The recipe of the population of this world, and questions about it, asked in a worker thread.

import type { Recipe } from '#engines/population/people.ts'
import type { City } from '#engines/population/synthetic.ts'
import type { RuleSetDefinition } from '#engines/rules/definitions.ts'
import type { Impact } from '#engines/rules/impact.ts'
import type { Review } from '#engines/rules/review.ts'
import { dateInChina } from '#law/schema.ts'
import { type Ctx, type JsonObject, system } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import type { World } from '#platform/world.ts'
import { areaName, cities } from '#services/identity/index.ts'
import { json, store } from './store.ts'
import { versionOn, versionsOn } from './versions.ts'
import type { CensusInput, Counts, ImpactInput, Imported, ReviewInput } from './worker.ts'

const SEED = 34
const SIZES = 'sme-size'
const PATIENCE_MS = 20_000
const module = import.meta.resolve('./worker.ts')

/** Made up, as everything about these companies: the larger the city, the more of them. */
const WEIGHTS: Readonly<Record<string, number>> = {
  '440100': 24,
  '440300': 30,
  '441900': 12,
  '440600': 10,
  '440400': 4,
  '441300': 4,
  '442000': 4,
  '440700': 3,
}

const weighed = (): City[] =>
  cities().map((code) => ({ name: areaName(code).zh, weight: WEIGHTS[code] ?? 1 }))

/** The recipe as of today: the same all day long, for everybody. */
export async function recipeOf(ctx: Ctx, size: number): Promise<Recipe> {
  const today = dateInChina(ctx.now)
  const sizes = await versionOn(ctx, SIZES, today)
  return { seed: SEED, size, today, cities: weighed(), sizes: sizes?.definition ?? null }
}

export interface Asking {
  review(input: ReviewInput): Promise<Review>
  imported(xml: string): Promise<Imported>
  impact(recipe: Recipe, input: Omit<ImpactInput, 'recipe'>): Promise<Impact | null>
  census(recipe: Recipe, input: Omit<CensusInput, 'recipe'>): Promise<Record<string, Counts>>
}

/** Questions that take longer than a request should be held up on its thread. */
export function asking({ pools }: Pick<World, 'pools'>): Asking {
  const run = async <T>(name: string, input: unknown): Promise<T> => {
    try {
      return await pools.run<T>(module, name, input, AbortSignal.timeout(PATIENCE_MS))
    } catch (error) {
      const slow = error instanceof Error && error.name === 'AbortError'
      throw slow ? problem('rules.too-slow') : error
    }
  }
  return {
    review: (input) => run('reviewed', input),
    imported: (xml) => run('imported', xml),
    impact: (recipe, input) => run('impact', { ...input, recipe }),
    census: (recipe, input) => run('census', { ...input, recipe }),
  }
}

/** Counts anew whom each set in force grants something to, where day or version is another than last time. */
export async function keepCensus(world: World, size: number): Promise<number> {
  if (size === 0) return 0
  const actor = system('rulebook.keep-census')
  const due = await world.read(actor, async (ctx) => {
    const on = dateInChina(ctx.now)
    const versions = (await versionsOn(ctx, on)).filter(({ definition }) => definition.benefit)
    const kept = await store(ctx).selectFrom('rulebook.census').selectAll().execute()
    const stale = versions.filter(
      ({ id, set_id: set }) =>
        !kept.some((one) => one.set_id === set && one.version === id && one.on_date === on),
    )
    return { on, stale, recipe: await recipeOf(ctx, size) }
  })
  if (due.stale.length === 0) return 0
  const definitions: RuleSetDefinition[] = due.stale.map(({ definition }) => definition)
  const counts = await asking(world).census(due.recipe, { definitions, on: due.on })
  await world.transact(actor, async (ctx) => {
    for (const { id, set_id: set } of due.stale) {
      const row = {
        set_id: set,
        version: id,
        on_date: due.on,
        population: `synthetic/${SEED}/${size}`,
        counts: json(counts[set]! as unknown as JsonObject),
        computed_at: ctx.now,
      }
      await store(ctx)
        .insertInto('rulebook.census')
        .values(row)
        .onConflict((conflict) => conflict.column('set_id').doUpdateSet(row))
        .execute()
    }
  })
  return due.stale.length
}
