// The way to 条例落实: every sentence of the regulation, with what serves it or plainly nothing.
import { Link } from '@tanstack/react-router'
import { Card } from '../components/card.tsx'
import { useWords } from '../text/text.ts'

export function LawInBrief() {
  const { t } = useWords()
  return (
    <Card title={t('条例落实', 'The regulation')}>
      <div className="stack">
        <p>
          {t(
            '征求意见稿三十四条，逐句列明由什么落实、最近一次实际使用；没有落实的，直说没有。',
            'All 34 articles of the draft: what serves each sentence and when it was last used; ' +
              'where nothing does, it says so.',
          )}
        </p>
        <p className="small">
          <Link to="/law">{t('逐句查看', 'Sentence by sentence')}</Link>
        </p>
      </div>
    </Card>
  )
}
