// Why a voucher has its ratio: the decision that it was claimed under, one click from its reasons.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { DecisionView } from '#services/rulebook/contract.ts'
import { api } from '../api/client.ts'
import { Card } from '../components/card.tsx'
import { useWords } from '../text/text.ts'
import { type Voucher, vouchersQuery } from './vouchers.ts'

/** Nothing for accounts that are no voucher of one's own, and for vouchers older than the rules. */
export function VoucherReason({ accountId, subjectId }: { accountId: string; subjectId: string }) {
  const { data } = useQuery(vouchersQuery(subjectId))
  const voucher = data?.items.find(({ id }) => id === accountId)
  return voucher?.decision ? <Reason voucher={voucher} decision={voucher.decision} /> : null
}

function Reason({ voucher, decision }: { voucher: Voucher; decision: string }) {
  const { t, of } = useWords()
  const { data } = useQuery({
    queryKey: ['rules', 'decision', decision],
    queryFn: ({ signal }) =>
      api.get<DecisionView>(`/api/rules/decisions/${decision}`, undefined, signal),
  })
  if (!data) return null
  const ratio = `${voucher.ratio / 100}%`
  return (
    <Card title={t('为什么是这个比例', 'Why this ratio')}>
      <p>
        {t(
          `按合同额 ${ratio} 支付，依据“${data.title.zh}”第 ${data.version} 版、${data.on} 的规则作出决定。`,
          `Pays ${ratio} of a contract, decided by “${data.title.en}”, version ${data.version}, as of ${data.on}. `,
        )}
        <Link to="/rules/decisions/$id" params={{ id: decision }}>
          {t(`看${of(data.title)}的理由`, 'See the reasons')}
        </Link>
      </p>
    </Card>
  )
}
