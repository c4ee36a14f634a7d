// Members of my organisation: who, with which roles, how to join, and how to leave.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { invitationMade, memberRoles } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card, Note, Tag } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Choice, Choices } from '../components/field.tsx'
import { type FieldError, Form } from '../components/form.tsx'
import { Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { OrganisationFrame } from './organisation-frame.tsx'
import { holds } from './session.ts'
import { invitationsQuery, type Members, membersQuery } from './subject.ts'
import { roleName } from './words.ts'

type Member = Members['items'][number]
type MemberRole = (typeof memberRoles)[number]
type InvitationMade = z.output<typeof invitationMade>

const ROLES: readonly MemberRole[] = ['owner', 'member', 'operator', 'community-manager']

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
                    <span className="row">
                      <Button
                        small
                        aria-label={t(`改角色：${row.name}`, `Roles of ${row.name}`)}
                        onClick={() => setEdited(row)}
                      >
                        {t('改角色', 'Roles')}
                      </Button>
                      <ConfirmButton
                        action={t('移出', 'Remove')}
                        label={t(`移出${row.name}`, `Remove ${row.name}`)}
                        title={t(`移出${row.name}？`, `Remove ${row.name}?`)}
                        onConfirm={async () => {
                          await api.delete(`/api/subjects/${id}/members/${row.person}`)
                          await refresh()
                        }}
                      >
                        {t(
                          '移出后，此人立即不能再代表本单位；此前的记录保留。',
                          'They can no longer act for the organisation, at once; earlier records stay.',
                        )}
                      </ConfirmButton>
                    </span>
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

interface RoleChoicesProps {
  /** Begins the ids, because two such groups may be on the page. */
  group: string
  held: readonly MemberRole[]
}

function RoleChoices({ group, held }: RoleChoicesProps) {
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

function Invite({ id }: { id: string }) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const open = useQuery(invitationsQuery(id))
  const refresh = () => client.invalidateQueries({ queryKey: ['subject', id, '/invitations'] })
  const invite = useMutation({
    mutationFn: (roles: MemberRole[]) =>
      api.post<InvitationMade>(`/api/subjects/${id}/invitations`, { roles }),
    onSuccess: refresh,
  })
  return (
    <div className="stack stack-loose">
      <p className="muted small">
        {t(
          '生成一次性邀请码，交给对方；对方登录后输入即可加入。',
          'Make a one-time code and hand it over; whoever signs in and types it joins.',
        )}
      </p>
      {invite.data && (
        <Note tone="good" live title={t('邀请码（只显示这一次）', 'Code (shown only now)')}>
          <code className="secret">{invite.data.code}</code>
          <p className="small">
            {t('有效至 ', 'Valid until ')}
            <Time at={invite.data.expiresAt} />
          </p>
        </Note>
      )}
      <Form
        label={t('邀请', 'Invite')}
        problem={invite.error ? asProblem(invite.error) : null}
        onSubmit={(data) => invite.mutate(ROLES.filter((role) => data.has(role)))}
      >
        <RoleChoices group="invite" held={['member']} />
        <Button type="submit" busy={invite.isPending}>
          {t('生成邀请码', 'Make a code')}
        </Button>
      </Form>
      {open.data && open.data.items.length > 0 && (
        <ul className="items">
          {open.data.items.map((one) => (
            <li key={one.id} className="item">
              <div className="small">
                {one.roles.map((role) => of(roleName(role))).join(t('、', ', '))}
                <span className="muted note-line">
                  {t('有效至 ', 'until ')}
                  <Time at={one.expiresAt} />
                </span>
              </div>
              <ConfirmButton
                action={t('作废', 'Cancel')}
                label={t('作废这个邀请码', 'Cancel this code')}
                title={t('作废邀请码？', 'Cancel the code?')}
                onConfirm={async () => {
                  await api.delete(`/api/subjects/${id}/invitations/${one.id}`)
                  await refresh()
                }}
              >
                {t(
                  '作废后，拿到邀请码的人不能再加入。',
                  'Whoever holds the code can no longer join.',
                )}
              </ConfirmButton>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
