// Vouchers: what I can claim and why, what I hold, and every use of it.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { PageHead } from '../components/page.tsx'
import { Empty, Loaded, Loading, ProblemNote } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Amount, Time } from '../components/value.tsx'
import { RequireSignIn, type SignedIn } from '../identity/require-sign-in.tsx'
import { holds } from '../identity/session.ts'
import { columnDecimals, signOf } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { OfferList } from './offer-list.tsx'
import { byUsefulness } from './offers.ts'
import { UseForm } from './use-form.tsx'
import { UseList } from './use-list.tsx'
import { useOffers } from './use-offers.ts'
import { type Voucher, vouchersQuery } from './vouchers.ts'
import { purposeName } from './words.ts'

export function VouchersPage() {
  return <RequireSignIn>{(session) => <Vouchers session={session} />}</RequireSignIn>
}

function Vouchers({ session }: { session: SignedIn }) {
  const { t } = useWords()
  const subject = session.subject
  const member = holds(session, ['owner', 'member', 'operator', 'community-manager'], true)
  return (
    <>
      <PageHead
        title={t('算力券、模型券、语料券', 'Vouchers')}
        lead={t(
          '按单位情况测算可领额度，并说明理由。测算结果，不构成决定。',
          'What your organisation can claim, and why. An estimate, not a decision.',
        )}
      />
      {subject?.kind === 'organisation' ? (
        <div className="column">
          <Card title={t('能领什么', 'What you can claim')}>
            <Offers subjectId={subject.id} mayClaim={member} />
          </Card>
          <Card title={t('我的券', 'My vouchers')}>
            <MyVouchers subjectId={subject.id} mayUse={member} />
          </Card>
          <Card title={t('用券记录', 'Uses')}>
            <UseList subjectId={subject.id} mayRelease={member} />
          </Card>
        </div>
      ) : (
        <Card>
          <Empty title={t('券由单位申领', 'Vouchers are claimed by organisations')}>
            {t(
              '请在账号菜单中选择代表的单位；没有单位的，先',
              'Choose an organisation in the account menu, or ',
            )}
            <Link to="/organisation/register">{t('登记单位', 'register one')}</Link>
            {t('。', '.')}
          </Empty>
        </Card>
      )}
    </>
  )
}

function Offers({ subjectId, mayClaim }: { subjectId: string; mayClaim: boolean }) {
  const { t } = useWords()
  const { offers, error } = useOffers(subjectId)
  if (error) return <ProblemNote problem={asProblem(error)} />
  if (!offers) return <Loading what={t('可领额度', 'what you can claim')} />
  return <OfferList offers={byUsefulness(offers)} mayClaim={mayClaim} />
}

interface MyVouchersProps {
  subjectId: string
  mayUse: boolean
}

function MyVouchers({ subjectId, mayUse }: MyVouchersProps) {
  const { t, of } = useWords()
  const query = useQuery(vouchersQuery(subjectId))
  const [using, setUsing] = useState<Voucher | null>(null)
  return (
    <>
      <Loaded query={query} what={t('我的券', 'your vouchers')}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('还没有券', 'No voucher yet')}>
              {t('从上面能领的开始。', 'Begin with what can be claimed above.')}
            </Empty>
          ) : (
            <VoucherTable items={items} mayUse={mayUse} onUse={setUsing} />
          )
        }
      </Loaded>
      {using && (
        <Dialog title={of(using.name)} onClose={() => setUsing(null)}>
          <UseForm voucher={using} onClose={() => setUsing(null)} />
        </Dialog>
      )}
    </>
  )
}

interface VoucherTableProps {
  items: readonly Voucher[]
  mayUse: boolean
  onUse: (voucher: Voucher) => void
}

function VoucherTable({ items, mayUse, onUse }: VoucherTableProps) {
  const { t, of } = useWords()
  const decimals = columnDecimals(
    items.flatMap((row) => [row.claimed, row.available, row.held]),
    2,
  )
  const yuan = (amount: string) => <Amount amount={amount} sign="¥" decimals={decimals} />
  return (
    <DataTable
      caption={t('余额为零或到期的券不能再用', 'An empty or expired voucher cannot be used')}
      rows={items}
      rowKey={(row) => row.id}
      columns={[
        {
          title: t('券', 'Voucher'),
          heads: true,
          cell: (row) => (
            <>
              <Link to="/statement/$accountId" params={{ accountId: row.id }}>
                {of(row.name)}
                {t(`（${row.year} 年）`, ` (${row.year})`)}
              </Link>
              <span className="note-line muted small">
                {row.purposes.map((purpose) => of(purposeName(purpose))).join(t('、', ', '))}
                {t(`，付合同额 ${row.ratio / 100}%`, `, pays ${row.ratio / 100}% of a contract`)}
                {row.decision && (
                  <>
                    {' · '}
                    <Link to="/rules/decisions/$id" params={{ id: row.decision }}>
                      {t('为什么是这个比例', 'why this ratio')}
                    </Link>
                  </>
                )}
              </span>
            </>
          ),
        },
        { title: t('申领', 'Claimed'), number: true, cell: (row) => yuan(row.claimed) },
        { title: t('可用', 'Available'), number: true, cell: (row) => yuan(row.available) },
        { title: t('占用', 'Held'), number: true, cell: (row) => yuan(row.held) },
        {
          title: t('到期', 'Expires'),
          cell: (row) => (row.validUntil ? <Time at={row.validUntil} /> : t('不限', 'never')),
        },
        {
          title: t('操作', 'Actions'),
          actions: true,
          cell: (row) =>
            row.frozen ? (
              <Tag tone="wait">{t('已停用', 'suspended')}</Tag>
            ) : (
              mayUse &&
              signOf(row.available) > 0 && (
                <Button small onClick={() => onUse(row)}>
                  {t('用券', 'Use')}
                  <span className="visually-hidden"> {of(row.name)}</span>
                </Button>
              )
            ),
        },
      ]}
    />
  )
}
