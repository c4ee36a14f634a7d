// The words for roles, kinds and states of identity.
import type {
  activities,
  mandateStates,
  organisationClasses,
  organisationSizes,
} from '#services/identity/contract.ts'
import type { Text, Words } from '../text/text.ts'
import type { Role } from './session.ts'

const roleNames: Record<Role, Text> = {
  'system-admin': { zh: '系统管理员', en: 'System administrator' },
  'security-admin': { zh: '安全管理员', en: 'Security administrator' },
  'audit-admin': { zh: '审计管理员', en: 'Audit administrator' },
  auditor: { zh: '审计人员', en: 'Auditor' },
  official: { zh: '主管部门人员', en: 'Official' },
  owner: { zh: '单位管理员', en: 'Owner' },
  member: { zh: '成员', en: 'Member' },
  operator: { zh: '集群运营者', en: 'Cluster operator' },
  'community-manager': { zh: '社区运营者', en: 'Community manager' },
}

export const classNames: Record<(typeof organisationClasses)[number], Text> = {
  enterprise: { zh: '企业', en: 'Enterprise' },
  'individual-business': { zh: '个体工商户', en: 'Individual business' },
  institution: { zh: '事业单位', en: 'Public institution' },
  university: { zh: '高等学校', en: 'University' },
  'research-institute': { zh: '科研机构', en: 'Research institute' },
  government: { zh: '机关', en: 'Government body' },
  community: { zh: '社区', en: 'Community' },
  association: { zh: '行业组织', en: 'Association' },
}

export const sizeNames: Record<(typeof organisationSizes)[number], Text> = {
  micro: { zh: '微型', en: 'micro' },
  small: { zh: '小型', en: 'small' },
  medium: { zh: '中型', en: 'medium' },
  large: { zh: '大型', en: 'large' },
}

export const activityNames: Record<(typeof activities)[number], Text> = {
  'cluster-operator': { zh: '运营算力集群', en: 'Operates a compute cluster' },
  community: { zh: '运营创业社区', en: 'Runs a founders’ community' },
}

export const mandateStateNames: Record<(typeof mandateStates)[number], Text> = {
  future: { zh: '未生效', en: 'not yet valid' },
  current: { zh: '有效', en: 'valid' },
  expired: { zh: '已过期', en: 'expired' },
  revoked: { zh: '已撤销', en: 'revoked' },
}

/** Any role in words; one that this portal does not know is shown as it is. */
export function roleName(role: string): Text {
  return (roleNames as Record<string, Text>)[role] ?? { zh: role, en: role }
}

/** What a login may look like. */
export function loginHint(t: Words['t']): string {
  return t('3 至 64 位小写字母、数字和 . _ @ -', '3 to 64 lower-case letters, digits and . _ @ -')
}

/** What makes a good password; how short is too short is a number of law, told by the server. */
export function passwordHint(t: Words['t']): string {
  return t(
    '越长越好；不用姓名、账号和常见词。',
    'The longer the better; no names, no common words.',
  )
}
