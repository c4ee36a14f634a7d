// Who may do what with rules: one sentence per right.
import { type Actor, holds, type Role } from '#platform/context.ts'
import type { Policy } from '#platform/policy.ts'
import { province, reaches } from '#services/identity/index.ts'

const members: Role[] = ['owner', 'member', 'operator', 'community-manager']

/** An official of the office acted for whose area it is. */
const officialOf = (actor: Actor, area: string): boolean =>
  actor.grants.some(
    (grant) =>
      grant.role === 'official' && grant.subjectId === actor.subjectId && reaches(grant.area, area),
  )

/** Rules are the province's: writing, handing in, publishing and withdrawing. */
export const writesRules: Policy = {
  sentence: {
    zh: '省级部门工作人员本人可用；发布须由起草人以外的人审核',
    en: 'Officials of the province in person; a draft is passed by somebody else than its author',
  },
  roles: ['official'],
  allows: (actor) =>
    actor.kind === 'person' && actor.mandateId === null && officialOf(actor, province),
}

export const readsOwnDecisions: Policy = {
  sentence: {
    zh: '本单位成员可查看本单位的权益与决定',
    en: 'Members see what their organisation is entitled to and what was decided on it',
  },
  roles: members,
  allows: (actor) => actor.subjectId !== null && holds(actor, members, actor.subjectId),
}

/** Members of the subject, officials and auditors. */
export const seesDecisions: Policy = {
  sentence: {
    zh: '本单位成员、部门工作人员和审计人员可用',
    en: 'Members of the organisation it is about, officials, auditors',
  },
  roles: [...members, 'official', 'auditor'],
  allows: (actor) => holds(actor, [...members, 'official', 'auditor']),
}

/** Whether a decision about somebody may be shown: to its own people, its area's officials, auditors. */
export function maySee(actor: Actor, subject: { id: string; area: string | null }): boolean {
  if (holds(actor, ['auditor'])) return true
  if (actor.subjectId === subject.id && holds(actor, members, subject.id)) return true
  return subject.area !== null && officialOf(actor, subject.area)
}
