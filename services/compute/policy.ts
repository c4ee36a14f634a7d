// Who may do what with compute: one sentence per right.
import { type Actor, holds, type Role } from '#platform/context.ts'
import type { Policy } from '#platform/policy.ts'

const members: Role[] = ['owner', 'member', 'operator', 'community-manager']

/** Reading one's own; of whose workloads, the operation says. */
export const readsOwn: Policy = {
  sentence: { zh: '登录后可查看本人或所代表单位的任务', en: 'Signed in, one’s own workloads' },
  roles: ['person'],
  allows: (actor) => actor.kind === 'person' || actor.kind === 'key',
}

/** Spending for an organisation needs a role in it; for oneself nothing more. */
export const usesCompute: Policy = {
  sentence: {
    zh: '本单位成员可为本单位使用算力，个人可为自己使用',
    en: 'Members use compute for the organisation they act for, people for themselves',
  },
  roles: [...members, 'self'],
  allows: (actor) =>
    (actor.kind === 'person' || actor.kind === 'key') &&
    (actor.subjectId === null || holds(actor, members, actor.subjectId)),
}

export const managesBudgets: Policy = {
  sentence: { zh: '本单位负责人可设立和调整预算', en: 'Owners set budgets for their organisation' },
  roles: ['owner'],
  allows: (actor) => actor.subjectId !== null && holds(actor, ['owner'], actor.subjectId),
}

export const operates: Policy = {
  sentence: {
    zh: '算力运营单位的运营人员可管理本单位的站点',
    en: 'Operators manage the sites of the organisation they act for',
  },
  roles: ['operator'],
  allows: (actor) => actor.subjectId !== null && holds(actor, ['operator'], actor.subjectId),
}

export const seesQueues: Policy = {
  sentence: {
    zh: '登录后可查看本单位所在的一支：本单位、所在市与全省的合计；集群运营单位、审计人员看全部，主管人员看所辖地域',
    en: 'Signed in, the branch to one’s own queue; the cluster’s operator and auditors see all, officials their area',
  },
  roles: ['person'],
  allows: (actor) => actor.kind === 'person' || actor.kind === 'key',
}

/** Areas that the actor oversees as an official; null: everywhere. */
export const overseenAreas = (actor: Actor): (string | null)[] =>
  actor.grants.filter(({ role }) => role === 'official').map(({ area }) => area)

/** Auditors read what is not theirs; they change nothing. */
export const mayReadAll = (actor: Actor): boolean => holds(actor, ['auditor'])

/** Whether the actor operates the sites of this organisation. */
export const operatesFor = (actor: Actor, operator: string): boolean =>
  actor.subjectId === operator && holds(actor, ['operator'], operator)
