// The end of every page: the pages that make the system checkable, and the world's clock.
import { Link } from '@tanstack/react-router'
import { Time } from '../components/value.tsx'
import { type Session, worldTime } from '../identity/session.ts'
import { useWords } from '../text/text.ts'

export function Footer({ session }: { session: Session | undefined }) {
  const { t } = useWords()
  return (
    <footer className="site-footer">
      <div className="container">
        <nav aria-label={t('页脚', 'Footer')}>
          <ul>
            <li>
              <Link to="/law">{t('条例落实', 'The regulation')}</Link>
            </li>
            <li>
              <Link to="/verify">{t('验真', 'Verify a proof')}</Link>
            </li>
            <li>
              <Link to="/developers">{t('接口文档', 'API')}</Link>
            </li>
            <li>
              <Link to="/status">{t('系统状态', 'Status')}</Link>
            </li>
          </ul>
        </nav>
        <p>
          {t(
            '木棉是项目名称，不代表任何机关。',
            'Kapok is a project name and speaks for no authority. ',
          )}
          {session && (
            <>
              {t('系统时间 ', 'System time ')}
              <Time at={worldTime(session)} />
              {t('（北京时间）', ' (UTC+8)')}
            </>
          )}
        </p>
      </div>
    </footer>
  )
}
