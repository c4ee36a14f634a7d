// The two figures by which such a platform lives or dies; without compute they do not exist yet.
import { Link } from '@tanstack/react-router'
import { Figure } from '../components/card.tsx'
import { useWords } from '../text/text.ts'

export function HeadlineFigures() {
  const { t } = useWords()
  const none = t('尚无数据', 'No data yet')
  return (
    <div className="figures">
      <Figure
        label={t(
          '从注册到第一张卡（近 30 天中位数）',
          'Sign-up to first accelerator (30-day median)',
        )}
        value={null}
        none={none}
        note={t(
          '算力服务尚未接入，没有任何单位用过卡，因此无从计算。',
          'Compute is not connected yet: nobody has used a card, so there is nothing to measure.',
        )}
      />
      <Figure
        label={t('可即时调度的算力占比', 'Share of capacity that can be dispatched now')}
        value={null}
        none={none}
        note={
          <>
            {t(
              '尚未登记任何算力站点；将来模拟卡不计入。',
              'No site is registered yet; simulated cards will never count.',
            )}{' '}
            <Link to="/law" search={{ article: '7' }} className="why">
              {t('条例第七条', 'Article 7')}
            </Link>
          </>
        }
      />
    </div>
  )
}
