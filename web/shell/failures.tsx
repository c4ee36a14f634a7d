// The pages for an address that leads nowhere and for a page that broke.
import type { ErrorComponentProps } from '@tanstack/react-router'
import { Button, LinkButton } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { useWords } from '../text/text.ts'
import { SearchForm } from './search-box.tsx'

export function NotFoundPage() {
  const { t } = useWords()
  return (
    <>
      <PageHead
        title={t('没有这个页面', 'There is no such page')}
        lead={t(
          '地址可能有误，或内容已移动。可以搜索，或回到首页。',
          'The address may be wrong, or the page has moved. Search, or go back to the start.',
        )}
      />
      <Card className="stack">
        <SearchForm id="search-not-found" />
        <LinkButton to="/">{t('回到首页', 'Back to the start')}</LinkButton>
      </Card>
    </>
  )
}

export function CrashPage({ error }: ErrorComponentProps) {
  const { t } = useWords()
  return (
    <>
      <PageHead
        title={t('页面出错', 'This page failed')}
        lead={t(
          '已提交的内容不受影响。请重新打开本页；仍有问题时，把下面这句话告诉我们。',
          'Nothing that you sent is lost. Open the page again; if it fails again, tell us this:',
        )}
      />
      <Card className="stack">
        <p>
          <code>{error instanceof Error ? error.message : String(error)}</code>
        </p>
        <div className="row">
          <Button kind="primary" onClick={() => location.reload()}>
            {t('重新打开', 'Open again')}
          </Button>
          <LinkButton to="/">{t('回到首页', 'Back to the start')}</LinkButton>
        </div>
      </Card>
    </>
  )
}
