// The choice of roles in an organisation, with what each may do.
import type { memberRoles } from '#services/identity/contract.ts'
import { Choice, Choices } from '../components/field.tsx'
import { useWords } from '../text/text.ts'
import { roleName } from './words.ts'

export type MemberRole = (typeof memberRoles)[number]

export const ROLES: readonly MemberRole[] = ['owner', 'member', 'operator', 'community-manager']

interface RoleChoicesProps {
  /** Begins the ids, because two such groups may be on the page. */
  group: string
  held: readonly MemberRole[]
}

export function RoleChoices({ group, held }: RoleChoicesProps) {
  const { t, of } = useWords()
  const hints: Record<MemberRole, string> = {
    owner: t(
      '管理成员、委托、密钥，申领支持',
      'manages members, mandates and keys; claims support',
    ),
    member: t('查看账户，办理日常事项', 'sees accounts, does the daily work'),
    operator: t('运营本单位的算力集群', 'runs the organisation’s cluster'),
    'community-manager': t('运营创业社区', 'runs the founders’ community'),
  }
  return (
    <Choices legend={t('角色', 'Roles')}>
      {ROLES.map((role) => (
        <Choice
          key={role}
          id={`${group}-${role}`}
          type="checkbox"
          name={role}
          defaultChecked={held.includes(role)}
          label={of(roleName(role))}
          hint={hints[role]}
        />
      ))}
    </Choices>
  )
}
