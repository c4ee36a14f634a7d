// The front door of compute: quotes, workloads, the scheduler's loop, and what operators do.
import { type Ctx, system } from '#platform/context.ts'
import type { Serves, Service } from '#platform/service.ts'
import type { World } from '#platform/world.ts'
import { loadDemoCompute } from './demo-world.ts'
import { Dispatcher } from './dispatcher.ts'
import { LiveJobs } from './live.ts'
import type { Parts } from './parts.ts'
import { lowerPools } from './pools.ts'
import { readPrograms } from './programs.ts'
import { placeQueues } from './quota.ts'
import { reactionsOf } from './reactions.ts'
import { forgetOld, unstageRemoved } from './retention.ts'
import { useRoutes } from './routes.ts'
import { operatorRoutes } from './routes-operator.ts'
import { queueRoutes } from './routes-queues.ts'
import { store } from './store.ts'

export type { Executor } from './ports.ts'
export { examplesFolder } from './programs.ts'

export const serves: readonly Serves[] = [
  {
    // 全省公共算力调度平台: any organisation, any site, one queue with reasons.
    duty: '7.3.1',
    facts: ['compute.submitted', 'compute.placed', 'compute.settled'],
  },
  {
    // 异构算力互通、弹性调度、共用共享: many chips, shared cards, jobs that give way and go on.
    duty: '7.3.3',
    facts: ['compute.started', 'compute.preempted', 'compute.requeued'],
  },
]

export interface Compute {
  service: Service
  /** Fills a demo world with its sites, and with the real cards of this machine. */
  loadDemoWorld(): Promise<void>
  /** Starts to schedule and to run, as soon as no other process does. */
  start(): void
  /** Ends after the step in hand; what runs, runs on. */
  stop(): Promise<void>
}

/** Quotes that ended a day ago are of no use to anybody. */
async function forgetQuotes(ctx: Ctx): Promise<void> {
  await store(ctx)
    .deleteFrom('compute.quote')
    .where('valid_until', '<', new Date(ctx.now.getTime() - 86_400_000))
    .execute()
}

/** Opens compute on a world. */
export async function compute(
  world: World,
  ports: Omit<Parts, 'world' | 'machine' | 'programs'>,
): Promise<Compute> {
  const parts: Parts = {
    ...ports,
    world,
    machine: await ports.executor.discover(),
    programs: readPrograms(),
  }
  const dispatcher = new Dispatcher(parts)
  const live = new LiveJobs(parts)
  return {
    service: {
      name: 'compute',
      serves,
      routes: [...useRoutes(parts, live), ...operatorRoutes(parts), ...queueRoutes],
      reactions: reactionsOf(parts.notify),
      jobs: [
        {
          name: 'compute.place-queues',
          everySeconds: 3_600,
          run: () => world.transact(system('compute.place-queues'), placeQueues),
        },
        {
          name: 'compute.lower-pools',
          everySeconds: 60,
          run: () => world.transact(system('compute.lower-pools'), lowerPools),
        },
        {
          name: 'compute.forget-quotes',
          everySeconds: 3_600,
          run: () => world.transact(system('compute.forget-quotes'), forgetQuotes),
        },
        {
          name: 'compute.forget-old',
          everySeconds: 3_600,
          run: async () => {
            await forgetOld(parts)
            await unstageRemoved(parts)
          },
        },
      ],
    },
    loadDemoWorld: () => loadDemoCompute(world, parts.machine),
    start: () => dispatcher.start(),
    stop: async () => {
      live.close()
      await dispatcher.stop()
    },
  }
}
