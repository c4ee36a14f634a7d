// The composition root: opens the world and joins the services to their adapters and to each other.
import { join } from 'node:path'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { diskFiles } from '#adapters/disk-files.ts'
import { localExecutor } from '#adapters/local-executor/executor.ts'
import { openOidc } from '#adapters/oidc.ts'
import { smtp } from '#adapters/smtp.ts'
import { adminRoutes } from '#platform/admin-routes.ts'
import { type Background, startBackground } from '#platform/background.ts'
import { StoredClock } from '#platform/clock.ts'
import { type Actor, system } from '#platform/context.ts'
import type { Connection } from '#platform/database.ts'
import { healthRoutes } from '#platform/health.ts'
import { housekeeping } from '#platform/housekeeping.ts'
import { buildServer } from '#platform/http.ts'
import { openJobs } from '#platform/jobs.ts'
import { journalRoutes } from '#platform/journal-routes.ts'
import { createLog } from '#platform/log.ts'
import { migrate } from '#platform/migrate.ts'
import { servePortal } from '#platform/portal.ts'
import type { Route } from '#platform/routes.ts'
import { openSecrets } from '#platform/secrets.ts'
import type { Service } from '#platform/service.ts'
import type { Settings } from '#platform/settings.ts'
import { StartError } from '#platform/start-error.ts'
import { openWorld, type World } from '#platform/world.ts'
import { capacity } from '#services/capacity/index.ts'
import { compute, examplesFolder } from '#services/compute/index.ts'
import { files } from '#services/files/index.ts'
import {
  addressOf,
  identity,
  loadDemoWorld,
  membersOf,
  ownership,
} from '#services/identity/index.ts'
import { ledger, loadDemoLedger, obligations } from '#services/ledger/index.ts'
import { notices } from '#services/notices/index.ts'
import { clauses, regulation } from '#services/regulation/index.ts'
import { rulebook } from '#services/rulebook/index.ts'
import { search } from '#services/search/index.ts'

export interface Services {
  /** Every service, for reactions, jobs and the page of the regulation. */
  all: readonly Service[]
  routes: readonly Route[]
  authenticate(request: FastifyRequest): Promise<Actor>
  /** Fills a demo world with what is missing of it. */
  loadDemoWorld(): Promise<void>
  /** One-time links for the administrators' offices that nobody holds. */
  createFirstLinks(): Promise<{ role: string; path: string }[]>
  /** Starts what works beside the requests: sending mail. */
  start(): Promise<void>
  close(): Promise<void>
}

/** Joins the services to each other and to their adapters. */
async function joinServices(world: World): Promise<Services> {
  const { KAPOK_DATA, KAPOK_MAIL_URL, KAPOK_MAIL_FROM } = world.settings
  const jobs = await openJobs(world)
  const stored = files(world, { blobs: diskFiles(join(KAPOK_DATA, 'files')) })
  const told = notices(world, {
    mailer: KAPOK_MAIL_URL ? smtp(KAPOK_MAIL_URL, KAPOK_MAIL_FROM) : null,
    addresses: { addressOf, membersOf },
    jobs,
  })
  const rules = rulebook(world, {
    notify: told.notify,
    clauses: clauses(),
    populationSize: world.settings.KAPOK_POPULATION,
  })
  const index = search(world)
  const money = ledger(world, { ownership, rules })
  const bookings = capacity(world)
  const people = identity(world, {
    oidc: openOidc(world.settings),
    personalData: [stored, told, index, money, bookings].map(({ personalData }) => personalData),
    obligations,
  })
  await people.prepare()
  await rules.prepare()
  const executor = await localExecutor({
    folder: join(KAPOK_DATA, 'executor'),
    examples: examplesFolder,
    log: (line) => world.log.info({ executor: line }, 'executor'),
  })
  const workloads = await compute(world, {
    capacity: bookings,
    files: stored,
    vouchers: money.vouchers,
    notify: told.notify,
    executor,
  })
  const platform: Service = {
    name: 'platform',
    serves: [],
    routes: [...adminRoutes(world), ...healthRoutes(world), ...journalRoutes],
    jobs: [housekeeping(world)],
  }
  const below = [
    platform,
    people.service,
    stored.service,
    told.service,
    index.service,
    rules.service,
    money.service,
    bookings.service,
    workloads.service,
  ]
  const law = regulation(world, below)
  const all = [...below, law.service]
  await world.transact(system('search.seed'), async (ctx) => {
    await index.prepare(ctx)
    const found = [...law.findable, await rules.findable(ctx)]
    for (const { kind, items } of found) await index.seed(ctx, kind, items)
  })
  return {
    all,
    routes: all.flatMap((service) => service.routes),
    authenticate: people.authenticate,
    loadDemoWorld: async () => {
      await loadDemoWorld(world)
      await loadDemoLedger(world, money)
      await workloads.loadDemoWorld()
    },
    createFirstLinks: () => world.transact(system('first-links'), people.createFirstLinks),
    start: async () => {
      await told.startSending()
      workloads.start()
    },
    close: async () => {
      await workloads.stop()
      await executor.close()
      await told.close()
      await jobs.stop()
    },
  }
}

export interface Kapok {
  world: World
  services: Services
  app: FastifyInstance
  /** True when this start made the world: its demo data or first links are still to be made. */
  isNew: boolean
  /** Starts numbering, sealing, reactions and jobs. */
  startBackground(): Promise<Background>
  close(): Promise<void>
}

export interface Opening {
  settings: Settings
  /** A connection that may create roles and schemas. */
  admin: Connection
  /** Set when `--empty` was asked for in so many words. */
  empty: boolean
  /** For tools that join a running server: apply no migration. */
  onlyCheck?: boolean
}

/** The application connects as kapok_app, which holds only what migrations granted it. */
function appConnection(admin: Connection, password: string): Connection {
  if (!admin.connectionString) return { ...admin, user: 'kapok_app', password }
  const url = new URL(admin.connectionString)
  url.username = 'kapok_app'
  url.password = password
  return { ...admin, connectionString: url.href }
}

/** Reads whether this database holds a demo world, deciding it when it is new. */
async function settleWorldKind(world: World, empty: boolean): Promise<[boolean, boolean]> {
  const made = await sql<{ demo: boolean }>`
    insert into platform.world (singleton, id, demo, created_at)
    values (true, gen_random_uuid(), ${!empty}, ${world.clock.now()})
    on conflict do nothing returning demo`.execute(world.db)
  if (made.rows[0]) return [made.rows[0].demo, true]
  const found = await sql<{ demo: boolean }>`select demo from platform.world`.execute(world.db)
  const demo = found.rows[0]!.demo
  if (empty && demo) throw new StartError('other-world', {})
  return [demo, false]
}

/**
 * Migrates the database, opens the world on it and builds the HTTP server (not yet listening).
 * @throws StartError when the data is of a newer version or of the other kind
 */
export async function openKapok({ settings, admin, empty, onlyCheck }: Opening): Promise<Kapok> {
  const secrets = openSecrets(join(settings.KAPOK_DATA, 'keys'))
  const password = secrets.derive('database-app').toString('hex')
  const connection = appConnection(admin, password)
  await migrate(admin, password, { onlyCheck })
  const clock = new StoredClock()
  const log = createLog(settings.KAPOK_LOG_LEVEL, join(settings.KAPOK_DATA, 'log/kapok.log'))
  const world = openWorld({ settings, log, clock, secrets, connection, demo: false })
  try {
    const [demo, isNew] = await settleWorldKind(world, empty)
    Object.assign(world, { demo })
    await clock.load(world.db)
    const services = await joinServices(world)
    const { routes, authenticate } = services
    const app = await buildServer(world, { routes, authenticate })
    await servePortal(app)
    return {
      world,
      services,
      app,
      isNew,
      startBackground: () => startBackground(world, services.all),
      close: async () => {
        await app.close()
        await services.close()
        await world.close()
      },
    }
  } catch (error) {
    await world.close()
    throw error
  }
}
