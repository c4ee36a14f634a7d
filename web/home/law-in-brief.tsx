// The way to 条例落实: how much of the regulation is served, and every sentence behind it.
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { LawTotals } from '#services/regulation/contract.ts'
import { api } from '../api/client.ts'
import { Card } from '../components/card.tsx'
import { useWords } from '../text/text.ts'

const totalsQuery = queryOptions({
  queryKey: ['law', 'totals'],
  queryFn: ({ signal }) => api.get<LawTotals>('/api/law/totals', undefined, signal),
  staleTime: 300_000,
})

export function LawInBrief() {
  const { t } = useWords()
  const totals = useQuery(totalsQuery).data
  return (
    <Card title={t('条例落实', 'The regulation')}>
      <div className="stack">
        <p>
          {totals
            ? t(
                `三十四条共 ${totals.duties} 项要求，已有服务落实 ${totals.served} 项，其中 ${totals.used} 项有实际使用。`,
                `Of ${totals.duties} duties in 34 articles, ${totals.served} are served here and ${totals.used} have been used.`,
              )
            : t('正在读取落实情况……', 'Reading how much is served …')}
        </p>
        <p>
          {t(
            '逐句列明由什么落实、最近一次实际使用；没有落实的，直说没有。',
            'What serves each sentence and when it was last used; where nothing does, it says so.',
          )}
        </p>
        <p className="small">
          <Link to="/law">{t('逐句查看', 'Sentence by sentence')}</Link>
        </p>
      </div>
    </Card>
  )
}
