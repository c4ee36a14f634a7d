// The security administrator's page: people and their offices, lock-outs, open sessions.
import { PageHead } from '../components/page.tsx'
import { useWords } from '../text/text.ts'

export function SecurityPage() {
  const { t } = useWords()
  return <PageHead title={t('安全', 'Security')} />
}
