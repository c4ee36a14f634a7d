// Who may do what with rules: one sentence per right.
import { type Actor, holds, type Role } from '#platform/context.ts'
import type { Policy } from '#platform/policy.ts'

const members: Role[] = ['owner', 'member', 'operator', 'community-manager']

const officialHere = (actor: Actor): boolean =>
  actor.subjectId !== null && holds(actor, ['official'], actor.subjectId)

/** Writing, handing in, publishing and withdrawing; who passes a draft is another person than wrote it. */
export const writesRules: Policy = {
  sentence: {
    zh: '部门工作人员本人可用；发布须由起草人以外的人审核',
    en: 'Officials in person; a draft is passed by somebody else than its author',
  },
  roles: ['official'],
  allows: (actor) => actor.kind === 'person' && actor.mandateId === null && officialHere(actor),
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

/** Whether a decision about this subject may be shown. */
export const maySee = (actor: Actor, subject: string): boolean =>
  officialHere(actor) ||
  holds(actor, ['auditor']) ||
  (actor.subjectId === subject && holds(actor, members, subject))
