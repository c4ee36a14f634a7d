// What the tests of capacity share: nodes and quotas, operations in transactions, what is taken now.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { Ranges } from '#engines/intervals/types.ts'
import { type Ctx, system } from '#platform/context.ts'
import { Problem, type ProblemCode } from '#platform/errors.ts'
import { type TestWorld, testWorld } from '#platform/test-world.ts'
import { checkCapacity } from './check.ts'
import { type HoldInput, hold } from './hold.ts'
import { addResource, type NewResource } from './resources.ts'
import { claimsOf } from './views.ts'

export interface Bookings {
  world: TestWorld
  /** The clock's time in milliseconds. */
  now: number
  at<T>(work: (ctx: Ctx) => Promise<T>): Promise<T>
  node(change?: Partial<NewResource>): Promise<string>
  quota(units: number, change?: Partial<NewResource>): Promise<string>
  /** Holds for 'compute', under a fresh key, to be committed within a minute. */
  hold(claims: HoldInput['claims'], change?: Partial<HoldInput>): Promise<string>
  /** [resource, units or amount, from, to] relative to `now`. */
  taken(holdId: string): Promise<[string, Ranges | number, number, number][]>
  /** The state of a hold and the kinds of its facts. */
  state(holdId: string): Promise<{ state: string; facts: string[] }>
  check(): Promise<unknown[]>
}

/** A fresh world with capacity on it. */
export async function bookings(t: TestContext): Promise<Bookings> {
  const world = await testWorld(t)
  const now = world.clock.now().getTime()
  const at = <T>(work: (ctx: Ctx) => Promise<T>) => world.transact(system('test'), work)
  const add = async (resource: NewResource): Promise<string> => {
    await at((ctx) => addResource(ctx, resource))
    return resource.id
  }
  return {
    world,
    now,
    at,
    node: (change) =>
      add({
        id: randomUUID(),
        kind: 'compute.node',
        owner: null,
        mode: 'exact',
        units: 8000,
        grain: 1000,
        ...change,
      }),
    quota: (units, change) =>
      add({
        id: randomUUID(),
        kind: 'compute.quota',
        owner: null,
        mode: 'pooled',
        units,
        ...change,
      }),
    hold: async (claims, change) => {
      const { holdId } = await at((ctx) =>
        hold(ctx, {
          service: 'compute',
          holder: 'workload-1',
          subjectId: null,
          key: randomUUID(),
          expiresAt: new Date(ctx.now.getTime() + 60_000),
          claims,
          ...change,
        }),
      )
      return holdId
    },
    taken: async (holdId) => {
      const claims = await at((ctx) => claimsOf(ctx, [holdId]))
      return claims.map((claim) => [
        claim.resource,
        'units' in claim ? claim.units : claim.amount,
        claim.from - now,
        claim.to - now,
      ])
    },
    state: async (holdId) => {
      const { rows } = await world.pool.query<{ state: string }>(
        'select state from capacity.hold where id = $1',
        [holdId],
      )
      const facts = await world.pool.query<{ kind: string }>(
        `select kind from journal.entry where payload ->> 'hold' = $1 order by id`,
        [holdId],
      )
      return { state: rows[0]!.state, facts: facts.rows.map(({ kind }) => kind) }
    },
    check: () => world.read(system('test'), (ctx) => checkCapacity(ctx)),
  }
}

/** Expects a refusal and returns its parameters. */
export async function refused(work: Promise<unknown>, code: ProblemCode) {
  const error = await work.then(
    () => assert.fail(`not refused with ${code}`),
    (error: unknown) => error,
  )
  if (!(error instanceof Problem)) throw error
  assert.equal(error.code, code)
  return error.params
}

/** What came of many at once: values, and codes of refusals. */
export async function many<T>(count: number, work: (nth: number) => Promise<T>) {
  const results = await Promise.all(
    Array.from({ length: count }, (_, nth) =>
      work(nth).then(
        (value) => ({ value }),
        (error: unknown) => {
          if (error instanceof Problem) return { code: error.code }
          throw error
        },
      ),
    ),
  )
  return {
    won: results.flatMap((one) => ('value' in one ? [one.value] : [])),
    lost: results.flatMap((one) => ('code' in one ? [one.code] : [])),
  }
}
