// The pages of the organisation acted for: its name, its tabs, and the way when there is none.
import type { ReactNode } from 'react'
import { LinkButton } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Tabs } from '../components/tabs.tsx'
import { useWords } from '../text/text.ts'
import { RequireSignIn, type SignedIn } from './require-sign-in.tsx'
import { roleName } from './words.ts'

type Acting = NonNullable<SignedIn['subject']>

interface FrameProps {
  title: string
  children: (subject: Acting, session: SignedIn) => ReactNode
}

export function OrganisationFrame({ title, children }: FrameProps) {
  const { t } = useWords()
  return (
    <RequireSignIn>
      {(session) =>
        session.subject && session.subject.kind !== 'person' ? (
          <Framed title={title} subject={session.subject} session={session}>
            {children(session.subject, session)}
          </Framed>
        ) : (
          <>
            <PageHead title={t('我的单位', 'My organisation')} />
            <NoOrganisation session={session} />
          </>
        )
      }
    </RequireSignIn>
  )
}

interface FramedProps {
  title: string
  subject: Acting
  session: SignedIn
  children: ReactNode
}

function Framed({ title, subject, session, children }: FramedProps) {
  const { t, of } = useWords()
  const roles = session.grants.filter((grant) => grant.subjectId === subject.id)
  return (
    <>
      <PageHead
        title={title}
        lead={subject.name}
        tag={roles.map((grant) => <Tag key={grant.role}>{of(roleName(grant.role))}</Tag>)}
      />
      <Tabs
        label={t('我的单位', 'My organisation')}
        tabs={[
          { to: '/organisation', title: t('概况', 'Profile') },
          { to: '/organisation/members', title: t('成员', 'Members') },
          { to: '/organisation/mandates', title: t('授权委托', 'Mandates') },
          { to: '/organisation/keys', title: t('接口密钥', 'API keys') },
        ]}
      />
      {children}
    </>
  )
}

function NoOrganisation({ session }: { session: SignedIn }) {
  const { t } = useWords()
  const others = session.subjects.filter((choice) => choice.kind !== 'person')
  return (
    <Card title={t('您现在以本人身份办理', 'You act for yourself')}>
      <div className="stack">
        <p>
          {others.length > 0
            ? t(
                '请在右上角的账号菜单中，选择要代表的单位。',
                'Choose the organisation to act for in the account menu at the top right.',
              )
            : t(
                '您还没有加入任何单位。可以登记本单位，或用管理员给的邀请码加入。',
                'You belong to no organisation yet. Register yours, or join with a code.',
              )}
        </p>
        <div className="row">
          <LinkButton kind="primary" to="/organisation/register">
            {t('登记单位', 'Register an organisation')}
          </LinkButton>
          <LinkButton to="/organisation/join">{t('用邀请码加入', 'Join with a code')}</LinkButton>
        </div>
      </div>
    </Card>
  )
}
