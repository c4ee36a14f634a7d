// Front door of the regulation service: the law as data, and 条例落实, from what all services declare.
import { system } from '#platform/context.ts'
import type { Serves, Service } from '#platform/service.ts'
import type { World } from '#platform/world.ts'
import { servingByDuty, viewLaw } from './coverage.ts'
import { findableLaw } from './findable.ts'
import { clausesOf, readLaw } from './law.ts'
import { regulationRoutes } from './routes.ts'
import { keepUses, readUses } from './store.ts'

/** The articles of the law and how many paragraphs each has, for whoever cites them. */
export const clauses = (): ReadonlyMap<number, number> => clausesOf(readLaw())

/** Showing the law is no duty of the draft: nothing is claimed here. */
export const serves: readonly Serves[] = []

export interface RegulationService {
  service: Service
  /** Duties, numbers and authorities, for the search. */
  findable: ReturnType<typeof findableLaw>
}

/**
 * Opens the service on what the other services declare that they serve.
 * @throws Error when a document of the law is wrong, or a service names a duty that is not there
 */
export function regulation(
  world: Pick<World, 'transact'>,
  services: readonly Pick<Service, 'name' | 'serves'>[],
): RegulationService {
  const law = readLaw()
  const serving = servingByDuty(law, services)
  const kinds = [...new Set([...serving.values()].flatMap((one) => one.kinds))]
  const service: Service = {
    name: 'regulation',
    serves,
    routes: regulationRoutes(law, async ({ tx, now }) =>
      viewLaw(law, serving, await readUses(tx, kinds), now),
    ),
    jobs: [
      {
        name: 'regulation.keep-uses',
        everySeconds: 60,
        run: () => world.transact(system('regulation.keep-uses'), ({ tx }) => keepUses(tx, kinds)),
      },
    ],
  }
  return { service, findable: findableLaw(law) }
}
