// The front door of identity: who exists, who acts for whom, and who may sign in.
import type { FastifyRequest } from 'fastify'
import { type Actor, type Ctx, system } from '#platform/context.ts'
import type { Serves, Service } from '#platform/service.ts'
import type { World } from '#platform/world.ts'
import { authenticate } from './authenticate.ts'
import { syncDepartments } from './departments.ts'
import { createFirstLinks } from './links.ts'
import { openParts } from './parts.ts'
import type { IdentityPorts } from './ports.ts'
import { adminRoutes } from './routes-admin.ts'
import { figureRoutes } from './routes-figures.ts'
import { membershipRoutes } from './routes-members.ts'
import { peopleRoutes } from './routes-people.ts'
import { sessionRoutes } from './routes-session.ts'
import { subjectRoutes } from './routes-subjects.ts'
import { removeOldSignIns } from './sessions.ts'

export { type Access, recordAccess } from './access-log.ts'
export { addressOf, membersOf } from './addresses.ts'
export { loadDemoWorld } from './demo-world.ts'
export { areaName, cities, cityOf, isArea, province, reaches } from './jurisdiction.ts'
export { ownership } from './ownership.ts'
export type { IdentityPorts, PersonalData } from './ports.ts'
export { demoId, departmentId } from './stable-id.ts'
export { findSubjects, organisationsAfter, type SubjectSummary } from './subject-view.ts'

/** The draft orders no such service; what others serve with it is theirs to claim. */
export const serves: readonly Serves[] = []

export interface Identity {
  service: Service
  /** The actor of a request, for the HTTP server. */
  authenticate(request: FastifyRequest): Promise<Actor>
  /** What must be there before the first request: the departments of the law. */
  prepare(): Promise<void>
  /** One-time links for the administrators' offices that nobody holds. */
  createFirstLinks(ctx: Ctx): ReturnType<typeof createFirstLinks>
}

/** Opens identity on a world. */
export function identity(world: World, ports: IdentityPorts = {}): Identity {
  const parts = openParts(world, ports)
  const makers = [
    sessionRoutes,
    peopleRoutes,
    subjectRoutes,
    membershipRoutes,
    adminRoutes,
    figureRoutes,
  ]
  return {
    service: {
      name: 'identity',
      serves,
      routes: makers.flatMap((make) => make(parts)),
      jobs: [
        {
          name: 'identity.remove-old-sign-ins',
          everySeconds: 3_600,
          run: () => world.transact(system('identity.remove-old-sign-ins'), removeOldSignIns),
        },
      ],
    },
    authenticate: (request) => authenticate(world, request),
    prepare: () => world.transact(system('identity.prepare'), syncDepartments),
    createFirstLinks,
  }
}
