// What runs beside the requests: numbering, reactions, sealing and periodic jobs, each in its own loop.
import { setTimeout as wait } from 'node:timers/promises'
import { lastPosition, numberEntries } from './journal.ts'
import { catchUp, laggingBehind, registerReactions } from './reactions.ts'
import { seal } from './sealer.ts'
import type { Job, Reaction, Service } from './service.ts'
import type { World } from './world.ts'

const NUMBER_EVERY_MS = 200

export interface Background {
  /** Ends every loop after the step it is in. */
  stop(): Promise<void>
}

/** Numbers entries, brings reactions up to date; returns whether anything happened. */
export async function advance(world: World, reactions: readonly Reaction[]): Promise<boolean> {
  let moved = (await numberEntries(world.db)) > 0
  const behind = await laggingBehind(world.db)
  for (const reaction of reactions.filter(({ name }) => behind.has(name))) {
    moved = (await catchUp(world, reaction)) > 0 || moved
  }
  return moved
}

/** Starts the loops of a process; several processes may run them, one at a time gets each step. */
export async function startBackground(
  world: World,
  services: readonly Service[],
): Promise<Background> {
  const stopping = new AbortController()
  const reactions = services.flatMap((service) => service.reactions ?? [])
  const jobs = services.flatMap((service) => service.jobs ?? [])
  await registerReactions(world.db, reactions)

  const loop = async (name: string, everyMs: number, step: () => Promise<unknown>) => {
    while (!stopping.signal.aborted) {
      try {
        await step()
      } catch (error) {
        if (stopping.signal.aborted) return
        world.log.error({ err: error, loop: name }, 'background step failed')
      }
      await wait(everyMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const periodic = (job: Job) => loop(job.name, job.everySeconds * 1000, () => job.run())
  const loops = [
    loop('journal', NUMBER_EVERY_MS, async () => {
      if (world.demo) await world.clock.load(world.db)
      await advance(world, reactions)
      world.metrics.journalPosition.set(Number(await lastPosition(world.db)))
    }),
    loop('seal', world.settings.KAPOK_SEAL_SECONDS * 1000, () => seal(world)),
    ...jobs.map(periodic),
  ]
  return {
    async stop() {
      stopping.abort()
      await Promise.all(loops)
    },
  }
}
