// Who may do what with money and vouchers: one sentence per right.
import { type Actor, holds, type Role } from '#platform/context.ts'
import type { Policy } from '#platform/policy.ts'
import { reaches } from '#services/identity/index.ts'

const members: Role[] = ['owner', 'member', 'operator', 'community-manager']

/** Reading is for whoever is signed in; of whose accounts, the operation says. */
export const readsOwn: Policy = {
  sentence: { zh: '登录后可查看本人或所代表单位的账户', en: 'Signed in, one’s own accounts' },
  roles: ['person'],
  allows: (actor) => actor.kind === 'person' || actor.kind === 'key',
}

/** Spending for an organisation needs a role in it. */
export const spendsForOwn: Policy = {
  sentence: {
    zh: '本单位成员可为本单位申领和使用券',
    en: 'Members claim and use vouchers for the organisation they act for',
  },
  roles: members,
  allows: (actor) => actor.subjectId !== null && holds(actor, members, actor.subjectId),
}

export const actsOfficially: Policy = {
  sentence: { zh: '有管辖权的部门工作人员可用', en: 'Officials whose area it is' },
  roles: ['official'],
  allows: (actor) => actor.subjectId !== null && holds(actor, ['official'], actor.subjectId),
}

/** Auditors read what is not theirs; they change nothing. */
export function mayReadAll(actor: Actor): boolean {
  return holds(actor, ['auditor'])
}

/** Whether the actor is an official whose office reaches the area. */
export function isOfficialFor(actor: Actor, area: string): boolean {
  return actor.grants.some(
    (grant) =>
      grant.role === 'official' && grant.subjectId === actor.subjectId && reaches(grant.area, area),
  )
}
