// Front door of the regulation service: the law as data, and 条例落实, from what all services declare.
import type { Serves, Service } from '#platform/service.ts'
import { servingByDuty, viewLaw } from './coverage.ts'
import { countFacts } from './fact-uses.ts'
import { readLaw } from './law.ts'
import { regulationRoutes } from './routes.ts'

/** Showing the law is no duty of the draft: nothing is claimed here. */
export const serves: readonly Serves[] = []

/**
 * Opens the service on what the other services declare that they serve.
 * @throws Error when a document of the law is wrong, or a service names a duty that is not there
 */
export function regulation(services: readonly Pick<Service, 'name' | 'serves'>[]): Service {
  const law = readLaw()
  const serving = servingByDuty(law, services)
  const kinds = [...new Set([...serving.values()].flatMap((one) => one.kinds))]
  const usesOf = countFacts(kinds)
  return {
    name: 'regulation',
    serves,
    routes: regulationRoutes(law, async ({ tx, now }) =>
      viewLaw(law, serving, await usesOf(tx), now),
    ),
  }
}
