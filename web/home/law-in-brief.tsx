// How much of the regulation has a living service, in one figure, with the way to all sentences.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Card } from '../components/card.tsx'
import { Loaded } from '../components/states.tsx'
import { lawQuery } from '../regulation/law.ts'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'

export function LawInBrief() {
  const { t } = useWords()
  const query = useQuery(lawQuery)
  return (
    <Card title={t('条例落实', 'The regulation')}>
      <Loaded query={query} what={t('条例', 'the regulation')}>
        {({ totals }) => (
          <div className="stack">
            <p>
              <span className="figure-value">{count(totals.served)}</span>
              <span className="figure-unit">
                {t(
                  `/ ${count(totals.duties)} 项要求已有服务`,
                  `/ ${count(totals.duties)} duties served`,
                )}
              </span>
            </p>
            <p className="small">
              <Link to="/law" className="why">
                {t('逐句查看，没有的也列出', 'Every sentence, also those without')}
              </Link>
            </p>
          </div>
        )}
      </Loaded>
    </Card>
  )
}
