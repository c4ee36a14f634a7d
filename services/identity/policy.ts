// Who may do what in identity: one sentence per right.
import { type Actor, holds, type Role } from '#platform/context.ts'
import { having, type Policy } from '#platform/policy.ts'

const holdsHere = (actor: Actor, roles: readonly Role[]): boolean =>
  actor.subjectId !== null && holds(actor, roles, actor.subjectId)

const anyMember: Role[] = ['owner', 'member', 'operator', 'community-manager']

/** Whoever belongs to the subject acted for, by hand or by key. */
export const memberHere: Policy = {
  sentence: { zh: '本单位成员可用', en: 'Members of the organisation that is acted for' },
  roles: anyMember,
  allows: (actor) => holdsHere(actor, anyMember),
}

/** Owners themselves: no API key and no mandate passes rights on. */
export const ownerInPerson: Policy = {
  sentence: {
    zh: '本单位负责人本人可用，接口密钥和受托人不可用',
    en: 'Owners in person; neither API keys nor holders of a mandate',
  },
  roles: ['owner'],
  allows: (actor) =>
    actor.kind === 'person' && actor.mandateId === null && holdsHere(actor, ['owner']),
}

/** Members themselves; leaving is one's own decision. */
export const memberInPerson: Policy = {
  sentence: { zh: '本单位成员本人可用', en: 'Members in person' },
  roles: anyMember,
  allows: (actor) =>
    actor.kind === 'person' && actor.mandateId === null && holdsHere(actor, anyMember),
}

export const securityAdministrator = having(['security-admin'], {
  zh: '安全管理员可用，且不能为自己授权',
  en: 'The security administrator, who cannot grant anything to themself',
})

export const seesPeople = having(['security-admin', 'audit-admin'], {
  zh: '安全管理员可用；审计管理员只读',
  en: 'The security administrator; the audit administrator may read',
})
