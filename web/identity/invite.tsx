// Inviting members: a one-time code for whoever is to join, and the codes that are still open.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { invitationMade } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Note } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { Form } from '../components/form.tsx'
import { Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { type MemberRole, ROLES, RoleChoices } from './role-choices.tsx'
import { invitationsQuery } from './subject.ts'
import { roleName } from './words.ts'

type InvitationMade = z.output<typeof invitationMade>

export function Invite({ id }: { id: string }) {
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
