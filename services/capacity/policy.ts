// Who may see what is taken: one sentence per right.
import { type Actor, holds } from '#platform/context.ts'
import type { Policy } from '#platform/policy.ts'

/** Of whose resources and holds, the operation says. */
export const readsOwn: Policy = {
  sentence: {
    zh: '登录后可查看本人或所代表单位的资源与占用，以及公开资源的忙闲',
    en: 'Signed in: one’s own resources and holds, and when public resources are free',
  },
  roles: ['person'],
  allows: (actor) => actor.kind === 'person' || actor.kind === 'key',
}

/** Auditors read what is not theirs; they change nothing. */
export function mayReadAll(actor: Actor): boolean {
  return holds(actor, ['auditor'])
}
