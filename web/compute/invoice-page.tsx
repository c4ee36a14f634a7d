// One invoice as a document: who, what, how much, tax; to be printed.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Button } from '../components/button.tsx'
import { Facts, Tag } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Amount, Time } from '../components/value.tsx'
import { RequireSignIn } from '../identity/require-sign-in.tsx'
import { CertaintyTag } from '../regulation/certainty.tsx'
import { useWords } from '../text/text.ts'
import { type Invoice, invoiceQuery } from './compute.ts'
import { ratioInWords } from './words.ts'
import './compute.css'

const route = getRouteApi('/compute/invoices/$id')

export function InvoicePage() {
  return <RequireSignIn>{() => <InvoiceDocument />}</RequireSignIn>
}

function InvoiceDocument() {
  const { t } = useWords()
  const { id } = route.useParams()
  const query = useQuery(invoiceQuery(id))
  return (
    <Loaded query={query} what={t('票据', 'the invoice')}>
      {(invoice) => <InvoiceBody invoice={invoice} />}
    </Loaded>
  )
}

function InvoiceBody({ invoice }: { invoice: Invoice }) {
  const { t } = useWords()
  return (
    <>
      <PageHead
        title={t(`票据 ${invoice.number}`, `Invoice ${invoice.number}`)}
        tag={<Tag tone="wait">{t('示例票据，非税务发票', 'sample, no tax invoice')}</Tag>}
        crumbs={[
          { to: '/compute', title: t('算力', 'Compute') },
          { to: '/compute/invoices', title: t('票据', 'Invoices') },
        ]}
        actions={<Button onClick={() => print()}>{t('打印', 'Print')}</Button>}
      />
      <article className="card document">
        <Facts
          rows={[
            [t('号码', 'Number'), invoice.number],
            [t('开具时间', 'Made at'), <Time key="at" at={invoice.issuedAt} show="second" />],
            [
              t('任务', 'Job'),
              <Link key="job" to="/compute/jobs/$id" params={{ id: invoice.workload.id }}>
                {invoice.workload.number}
              </Link>,
            ],
          ]}
        />
        <Parties invoice={invoice} />
        <Lines invoice={invoice} />
        <p className="muted small">
          <CertaintyTag certainty={invoice.taxRate.certainty} />{' '}
          {t(
            `税率 ${ratioInWords(invoice.taxRate.basisPoints)}，来源：${invoice.taxRate.source}。` +
              '本票据由示范系统生成，不能作为税务凭证。',
            `Tax ${ratioInWords(invoice.taxRate.basisPoints)}; source: ${invoice.taxRate.source}. ` +
              'Made by a demonstration; it is no tax document.',
          )}
        </p>
      </article>
    </>
  )
}

function Parties({ invoice }: { invoice: Invoice }) {
  const { t } = useWords()
  const parties = [
    [t('销售方', 'Seller'), invoice.seller],
    [t('购买方', 'Buyer'), invoice.buyer],
  ] as const
  return (
    <div className="parties">
      {parties.map(([title, party]) => (
        <section key={title}>
          <h2>{title}</h2>
          <p>{party.name}</p>
          <p className="muted small">
            {party.creditCode
              ? t(`统一社会信用代码 ${party.creditCode}`, `Credit code ${party.creditCode}`)
              : t('个人', 'a person')}
          </p>
        </section>
      ))}
    </div>
  )
}

function Lines({ invoice }: { invoice: Invoice }) {
  const { t, of } = useWords()
  const { line } = invoice
  return (
    <>
      <DataTable
        caption={t('项目', 'Items')}
        quietCaption
        rows={[line]}
        rowKey={() => 'line'}
        columns={[
          { title: t('项目', 'Item'), heads: true, cell: () => of(line.item) },
          {
            title: t('数量', 'Quantity'),
            number: true,
            cell: () => <Amount amount={line.quantity} decimals={2} />,
          },
          { title: t('单位', 'Unit'), cell: () => of(line.unit) },
          {
            title: t('单价（含税）', 'Price with tax'),
            number: true,
            cell: () => <Amount amount={line.price} sign="¥" decimals={2} />,
          },
          {
            title: t('金额（含税）', 'Amount with tax'),
            number: true,
            cell: () => <Amount amount={line.amount} sign="¥" decimals={2} />,
          },
        ]}
      />
      <dl className="totals">
        <Total name={t('不含税', 'Net')} amount={invoice.net} />
        <Total name={t('税额', 'Tax')} amount={invoice.tax} />
        <Total name={t('价税合计', 'Total')} amount={invoice.total} />
      </dl>
    </>
  )
}

function Total({ name, amount }: { name: string; amount: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Amount amount={amount} sign="¥" decimals={2} />
      </dd>
    </div>
  )
}
