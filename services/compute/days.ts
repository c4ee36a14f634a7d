// Past days published for simulations: what was asked for, how long it waited and ran, without names.
import { sql } from 'kysely'
import type { z } from 'zod'
import type { Ctx } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { readCatalogue } from './catalogue.ts'
import type * as contract from './contract.ts'
import { DAY_MS, numberOn } from './parameters.ts'
import { named, store } from './store.ts'

type OpenDays = z.output<typeof contract.openDays>
type OpenDay = z.output<typeof contract.openDay>

/** So many days back are listed, and so many jobs of one are published. */
const DAYS = 30
const MOST = 20_000

const seconds = (ms: number | bigint) => Math.max(0, Math.round(Number(ms) / 1_000))
/** The day in China that a job was submitted on. */
const dayOf = sql<string>`to_char(submitted_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD')`

/** Days of which something that ran has ended, the newest first. */
export async function listOpenDays(ctx: Ctx): Promise<OpenDays> {
  const leastOrganisations = numberOn('open-day.organisations', ctx.now)
  const rows = await store(ctx)
    .selectFrom('compute.workload')
    .select(dayOf.as('date'))
    .select(({ fn }) => fn.countAll<bigint>().as('jobs'))
    .select(({ fn }) => fn.count<bigint>('subject').distinct().as('organisations'))
    .where('submitted_at', '>=', new Date(ctx.now.getTime() - DAYS * DAY_MS))
    .where('outcome', 'is not', null)
    .where('started_at', 'is not', null)
    .groupBy('date')
    .having(sql<boolean>`count(distinct subject) >= ${leastOrganisations}`)
    .orderBy('date', 'desc')
    .execute()
  return {
    leastOrganisations,
    items: rows.map(({ date, jobs, organisations }) => ({
      date,
      jobs: Number(jobs),
      organisations: Number(organisations),
    })),
  }
}

/**
 * Everything submitted on that day that ran and has ended.
 * @throws request.not-found also where too few organisations were there to stay unknown
 */
export async function readOpenDay(ctx: Ctx, date: string): Promise<OpenDay> {
  const from = new Date(`${date}T00:00:00+08:00`)
  const rows = await store(ctx)
    .selectFrom('compute.workload')
    .select(['subject', 'flavor_id', 'submitted_at', 'started_at', 'ran_ms', 'limit_ms'])
    .select(['expected_ms', 'tasks', 'milli', 'priority', 'outcome'])
    .where('submitted_at', '>=', from)
    .where('submitted_at', '<', new Date(from.getTime() + DAY_MS))
    .orderBy('submitted_at')
    .orderBy('id')
    .limit(MOST + 1)
    .execute()
  const ran = rows.filter(({ outcome, started_at: at }) => outcome !== null && at !== null)
  const users = [...new Set(ran.map(({ subject }) => subject))]
  if (users.length < numberOn('open-day.organisations', ctx.now)) {
    throw problem('request.not-found')
  }
  const userOf = new Map(users.map((subject, nth) => [subject, nth + 1]))
  const { flavors } = await readCatalogue(ctx)
  const flavorOf = new Map(flavors.map(({ flavor }, nth) => [flavor.id, nth]))
  return {
    date,
    flavors: flavors.map(({ cluster, flavor, nodes }) => ({
      cluster: named(cluster),
      flavor: named(flavor),
      simulated: cluster.simulated,
      chipClass: flavor.chip_class,
      nodes: nodes.map(({ cards }) => cards),
    })),
    jobs: ran.slice(0, MOST).map((row) => ({
      user: userOf.get(row.subject)!,
      flavor: flavorOf.get(row.flavor_id)!,
      at: seconds(row.submitted_at.getTime() - from.getTime()),
      waited: seconds(row.started_at!.getTime() - row.submitted_at.getTime()),
      ran: seconds(row.ran_ms),
      limit: seconds(row.limit_ms),
      expected: seconds(row.expected_ms),
      tasks: row.tasks,
      milli: row.milli,
      priority: row.priority,
    })),
    leftOut: rows.length - ran.length,
    more: rows.length > MOST,
  }
}
