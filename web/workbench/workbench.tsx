// The workbench: on the left what is to do, in hand and done, and the pages of one's office.
import { Link, type LinkProps, Outlet } from '@tanstack/react-router'
import { RequireSignIn, type SignedIn } from '../identity/require-sign-in.tsx'
import { holds, type Role } from '../identity/session.ts'
import { unreadInWords, useUnreadCount } from '../notices/notices.ts'
import { type Text, useWords } from '../text/text.ts'

interface OfficePage {
  to: LinkProps['to']
  title: Text
  roles: readonly Role[]
}

const officePages: readonly OfficePage[] = [
  {
    to: '/workbench/vouchers',
    title: { zh: '算力券管理', en: 'Vouchers' },
    roles: ['official'],
  },
  { to: '/workbench/rules', title: { zh: '规则', en: 'Rules' }, roles: ['official'] },
  { to: '/workbench/system', title: { zh: '系统', en: 'System' }, roles: ['system-admin'] },
  { to: '/workbench/security', title: { zh: '安全', en: 'Security' }, roles: ['security-admin'] },
  { to: '/workbench/audit', title: { zh: '审计', en: 'Audit' }, roles: ['audit-admin', 'auditor'] },
]

export function Workbench() {
  return (
    <RequireSignIn>
      {(session) => (
        <div className="workbench">
          <WorkbenchNav session={session} />
          <div>
            <Outlet />
          </div>
        </div>
      )}
    </RequireSignIn>
  )
}

function WorkbenchNav({ session }: { session: SignedIn }) {
  const { t, of } = useWords()
  const unread = useUnreadCount()
  const mine = officePages.filter((page) => holds(session, page.roles))
  return (
    <nav className="workbench-nav" aria-label={t('工作台', 'Workbench')}>
      <ul>
        <li>
          <Link to="/workbench" activeOptions={{ exact: true }}>
            {t('待办', 'To do')}
            {unread > 0 && <span className="count">{unreadInWords(unread)}</span>}
          </Link>
        </li>
        <li>
          <Link to="/workbench/in-hand">{t('在办', 'In hand')}</Link>
        </li>
        <li>
          <Link to="/workbench/done">{t('已办', 'Done')}</Link>
        </li>
      </ul>
      {mine.length > 0 && (
        <>
          <h2>{t('我的职责', 'My office')}</h2>
          <ul>
            {mine.map((page) => (
              <li key={page.to}>
                <Link to={page.to}>{of(page.title)}</Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </nav>
  )
}
