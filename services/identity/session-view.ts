// Who is signed in, for whom they act, and what else they may act for: the portal's first question.
import type { FastifyRequest } from 'fastify'
import type { Actor } from '#platform/context.ts'
import manifest from '../../package.json' with { type: 'json' }
import { listChoices } from './acting.ts'
import type { SessionView } from './contract.ts'
import { mayEnterDemo } from './demo-entry.ts'
import type { Parts } from './parts.ts'

/** The answer for one request; `demoEntry` says whether this very request could enter. */
export async function viewSession(
  parts: Parts,
  actor: Actor,
  request: FastifyRequest,
): Promise<SessionView> {
  const { world, ports } = parts
  const { personId, subjectId, mandateId } = actor
  const choices = personId
    ? await world.read(actor, (ctx) => listChoices(ctx.tx, personId, ctx.now))
    : []
  const self = choices.find(({ via }) => via === 'self')
  const present = choices.find((one) => one.id === subjectId && one.mandateId === mandateId)
  const subject = present ?? self
  return {
    person: self ? { id: self.id, name: self.name } : null,
    subject: subject
      ? { id: subject.id, name: subject.name, kind: subject.kind, area: subject.area }
      : null,
    mandateId,
    subjects: choices.map(({ area: _, ...choice }) => choice),
    grants: [...actor.grants],
    demo: world.demo,
    demoEntry: mayEnterDemo(world, request),
    clockOffsetMs: world.clock.offset,
    oidc: Boolean(ports.oidc),
    version: manifest.version,
  }
}
