// Invoices for settled jobs, newest first.
import { Link } from '@tanstack/react-router'
import { Card } from '../components/card.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { Empty } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Amount, Time } from '../components/value.tsx'
import { RequireSignIn } from '../identity/require-sign-in.tsx'
import { columnDecimals } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import type { InvoiceLine } from './compute.ts'
import { ComputeFrame } from './frame.tsx'

export function InvoicesPage() {
  const { t } = useWords()
  return (
    <ComputeFrame
      title={t('票据', 'Invoices')}
      lead={t(
        '每个任务结算后自动开具。示例票据，非税务发票。',
        'Made when a job is settled. Sample documents, no tax invoices.',
      )}
    >
      <RequireSignIn>
        {() => (
          <Card title={t('已开具', 'Made')}>
            <InvoiceList />
          </Card>
        )}
      </RequireSignIn>
    </ComputeFrame>
  )
}

function InvoiceList() {
  const { t } = useWords()
  const pages = usePages<InvoiceLine>(['compute', 'invoices'], '/api/compute/invoices')
  return (
    <PagedList
      pages={pages}
      what={t('票据', 'the invoices')}
      empty={
        <Empty title={t('还没有票据', 'No invoice yet')}>
          {t('任务结算后出现在这里。', 'They appear here once a job is settled.')}
        </Empty>
      }
    >
      {(items) => <InvoiceTable items={items} />}
    </PagedList>
  )
}

function InvoiceTable({ items }: { items: readonly InvoiceLine[] }) {
  const { t } = useWords()
  const decimals = columnDecimals(
    items.map(({ total }) => total),
    2,
  )
  return (
    <DataTable
      caption={t('最新的在前', 'Newest first')}
      rows={items}
      rowKey={({ id }) => id}
      columns={[
        {
          title: t('号码', 'Number'),
          heads: true,
          cell: (row) => (
            <Link to="/compute/invoices/$id" params={{ id: row.id }}>
              {row.number}
            </Link>
          ),
        },
        { title: t('开具时间', 'Made at'), cell: (row) => <Time at={row.issuedAt} /> },
        { title: t('任务', 'Job'), cell: (row) => row.workload },
        {
          title: t('价税合计', 'Total'),
          number: true,
          cell: (row) => <Amount amount={row.total} sign="¥" decimals={decimals} />,
        },
      ]}
    />
  )
}
