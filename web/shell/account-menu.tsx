// Sign-in, or who is signed in and for whom they act, with the way to their own pages.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { api } from '../api/client.ts'
import { LinkButton } from '../components/button.tsx'
import { type Choice, type Session, sessionQuery } from '../identity/session.ts'
import { unreadInWords, useUnreadCount } from '../notices/notices.ts'
import { useWords } from '../text/text.ts'

export function AccountMenu() {
  const { t } = useWords()
  const { data: session } = useQuery(sessionQuery)
  if (!session?.person) {
    return (
      <div className="account">
        <LinkButton to="/sign-in">{t('登录', 'Sign in')}</LinkButton>
      </div>
    )
  }
  return <SignedInMenu session={session} />
}

/** Open until Escape, a click elsewhere, or another page. */
function useDisclosure() {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const { href } = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the menu
  useEffect(() => setOpen(false), [href])
  useEffect(() => {
    if (!open) return
    const leave = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false)
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      setOpen(false)
      root.current?.querySelector('button')?.focus()
    }
    document.addEventListener('pointerdown', leave)
    document.addEventListener('focusin', leave)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('pointerdown', leave)
      document.removeEventListener('focusin', leave)
      document.removeEventListener('keydown', onKey)
    }
  }, [open])
  return { open, setOpen, root }
}

function SignedInMenu({ session }: { session: Session }) {
  const { t } = useWords()
  const { open, setOpen, root } = useDisclosure()
  const name = session.subject?.name ?? session.person!.name
  const unread = useUnreadCount()
  return (
    <div className="account" ref={root}>
      <button
        type="button"
        aria-expanded={open}
        aria-controls="account-menu"
        onClick={() => setOpen(!open)}
      >
        <span className="visually-hidden">{t('账号：', 'Account: ')}</span>
        <span className="account-name">{name}</span>
        {unread > 0 && (
          <span className="count">
            {unreadInWords(unread)}
            <span className="visually-hidden">{t('条未读通知', ' unread notices')}</span>
          </span>
        )}
        <span aria-hidden="true">▾</span>
      </button>
      {open && <MenuBody session={session} close={() => setOpen(false)} />}
    </div>
  )
}

function MenuBody({ session, close }: { session: Session; close: () => void }) {
  const { t } = useWords()
  const unread = useUnreadCount()
  const client = useQueryClient()
  const navigate = useNavigate()
  const leave = useMutation({
    mutationFn: () => api.delete('/api/session'),
    onSuccess: async () => {
      await navigate({ to: '/' })
      await client.resetQueries()
    },
  })
  return (
    <div className="menu" id="account-menu">
      <p className="menu-person">{session.person!.name}</p>
      <ActingChoices session={session} close={close} />
      <hr />
      <Link to="/notices">
        {t('通知', 'Notices')}
        {unread > 0 && <span className="count">{unreadInWords(unread)}</span>}
      </Link>
      <Link to="/workbench">{t('工作台', 'Workbench')}</Link>
      <Link to="/compute/jobs">{t('我的任务', 'My jobs')}</Link>
      <Link to="/organisation">{t('我的单位', 'My organisation')}</Link>
      <Link to="/statement">{t('账户与流水', 'Accounts and statement')}</Link>
      <Link to="/account">{t('我的账号', 'My account')}</Link>
      <hr />
      <button type="button" onClick={() => leave.mutate()}>
        {t('退出登录', 'Sign out')}
      </button>
    </div>
  )
}

function ActingChoices({ session, close }: { session: Session; close: () => void }) {
  const { t } = useWords()
  const client = useQueryClient()
  const act = useMutation({
    mutationFn: ({ id, mandateId }: Choice) =>
      api.post('/api/session/subject', { subjectId: id, ...(mandateId ? { mandateId } : {}) }),
    onSuccess: async () => {
      await client.resetQueries()
      close()
    },
  })
  if (session.subjects.length < 2) return null
  const current = (choice: Choice) =>
    choice.id === session.subject?.id && choice.mandateId === session.mandateId
  const via: Record<Choice['via'], string> = {
    self: t('本人', 'myself'),
    member: t('成员', 'member'),
    office: t('任职', 'office'),
    mandate: t('受托', 'mandate'),
  }
  return (
    <>
      <h2>{t('代表谁办理', 'Acting for')}</h2>
      {session.subjects.map((choice) => (
        <button
          key={`${choice.id} ${choice.mandateId}`}
          type="button"
          aria-pressed={current(choice)}
          onClick={() => act.mutate(choice)}
        >
          <span>
            {choice.name} <span className="muted tiny">{via[choice.via]}</span>
          </span>
          {current(choice) && <span aria-hidden="true">✓</span>}
        </button>
      ))}
    </>
  )
}
