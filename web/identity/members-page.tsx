// Members of my organisation: who, with which roles, how to join, and how to leave.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { Dialog } from '../components/dialog.tsx'
import { type FieldError, Form } from '../components/form.tsx'
import { Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { Invite } from './invite.tsx'
import { OrganisationFrame } from './organisation-frame.tsx'
import { type MemberRole, ROLES, RoleChoices } from './role-choices.tsx'
import { holds } from './session.ts'
import { type Members, membersQuery } from './subject.ts'
import { roleName } from './words.ts'

type Member = Members['items'][number]

export function MembersPage() {
  const { t } = useWords()
  return (
    <OrganisationFrame title={t('成员', 'Members')}>
      {(subject, session) => <MemberList id={subject.id} owner={holds(session, ['owner'], true)} />}
    </OrganisationFrame>
  )
}

function MemberList({ id, owner }: { id: string; owner: boolean }) {
  const { t } = useWords()
  const query = useQuery(membersQuery(id))
  return (
    <div className="grid">
      <Card className={owner ? 'span-8' : ''} title={t('成员', 'Members')}>
        <Loaded query={query} what={t('成员', 'members')}>
          {({ items }) => <MemberTable id={id} owner={owner} items={items} />}
        </Loaded>
      </Card>
      {owner && (
        <Card className="span-4" title={t('邀请', 'Invite')}>
          <Invite id={id} />
        </Card>
      )}
    </div>
  )
}

interface MemberTableProps {
  id: string
  owner: boolean
  items: readonly Member[]
}

function MemberTable({ id, owner, items }: MemberTableProps) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const [edited, setEdited] = useState<Member | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['subject', id] })
  return (
    <>
      <DataTable
        caption={t('成员与角色', 'Members and their roles')}
        quietCaption
        rows={items}
        rowKey={(row) => row.person}
        columns={[
          { title: t('姓名', 'Name'), heads: true, cell: (row) => row.name },
          {
            title: t('角色', 'Roles'),
            cell: (row) => (
              <span className="row">
                {row.roles.map((role) => (
                  <Tag key={role}>{of(roleName(role))}</Tag>
                ))}
              </span>
            ),
          },
          { title: t('加入', 'Since'), cell: (row) => <Time at={row.since} show="date" /> },
          ...(owner
            ? [
                {
                  title: t('操作', 'Actions'),
                  actions: true,
                  cell: (row: Member) => (
                    <MemberActions id={id} member={row} onRoles={() => setEdited(row)} />
                  ),
                },
              ]
            : []),
        ]}
      />
      {edited && (
        <RolesDialog
          id={id}
          member={edited}
          onClose={() => {
            setEdited(null)
            void refresh()
          }}
        />
      )}
    </>
  )
}

interface MemberActionsProps {
  id: string
  member: Member
  onRoles: () => void
}

function MemberActions({ id, member, onRoles }: MemberActionsProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: ['subject', id] })
  return (
    <span className="row">
      <Button
        small
        aria-label={t(`改角色：${member.name}`, `Roles of ${member.name}`)}
        onClick={() => onRoles()}
      >
        {t('改角色', 'Roles')}
      </Button>
      <ConfirmButton
        action={t('移出', 'Remove')}
        label={t(`移出${member.name}`, `Remove ${member.name}`)}
        title={t(`移出${member.name}？`, `Remove ${member.name}?`)}
        onConfirm={async () => {
          await api.delete(`/api/subjects/${id}/members/${member.person}`)
          await refresh()
        }}
      >
        {t(
          '移出后，此人立即不能再代表本单位；此前的记录保留。',
          'They can no longer act for you, at once; records stay.',
        )}
      </ConfirmButton>
    </span>
  )
}

interface RolesDialogProps {
  id: string
  member: Member
  onClose: () => void
}

function RolesDialog({ id, member, onClose }: RolesDialogProps) {
  const { t } = useWords()
  const [errors, setErrors] = useState<FieldError[]>([])
  const change = useMutation({
    mutationFn: (roles: MemberRole[]) =>
      api.patch(
        `/api/subjects/${id}/members/${member.person}`,
        { roles },
        {
          ifMatch: String(member.version),
        },
      ),
    onSuccess: onClose,
  })
  const submit = (data: FormData) => {
    const roles = ROLES.filter((role) => data.has(role))
    setErrors(
      roles.length === 0
        ? [{ field: 'change-owner', message: t('至少选一个角色', 'Choose at least one role') }]
        : [],
    )
    if (roles.length > 0) change.mutate(roles)
  }
  return (
    <Dialog title={t(`${member.name}的角色`, `Roles of ${member.name}`)} onClose={onClose}>
      <Form
        label={t('角色', 'Roles')}
        onSubmit={submit}
        errors={errors}
        problem={change.error ? asProblem(change.error) : null}
      >
        <RoleChoices group="change" held={member.roles} />
        <Button type="submit" kind="primary" busy={change.isPending}>
          {t('保存', 'Save')}
        </Button>
      </Form>
    </Dialog>
  )
}
