// The forms of the voucher office: open a pool; judge, verify, pay or claw back a use.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Facts, Note } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { Amount } from '../components/value.tsx'
import { useWords, type Words } from '../text/text.ts'
import { typedAmount } from './claim-form.tsx'
import { RelatedParties } from './related-parties.tsx'
import { SchemeRules } from './scheme-rules.tsx'
import type { Scheme, Use } from './vouchers.ts'

export type Act = 'judgement' | 'verification' | 'payment' | 'clawback'

export interface PoolOpening {
  scheme: Scheme
  year: number
}

/** After an official act, everything about vouchers is read anew. */
function useAct<Body>(path: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Body) => api.post(path, body),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['vouchers'] }),
        client.invalidateQueries({ queryKey: ['ledger'] }),
      ]),
  })
}

function Finished({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  return (
    <div className="stack">
      <Note tone="good" live title={t('已办理', 'Done')}>
        {t('已记入账本和日志。', 'It stands in the ledger and in the journal.')}
      </Note>
      <Button kind="primary" onClick={onClose}>
        {t('好', 'Done')}
      </Button>
    </div>
  )
}

export function PoolForm({ opening, onClose }: { opening: PoolOpening; onClose: () => void }) {
  const { t, of } = useWords()
  const { scheme, year } = opening
  const [errors, setErrors] = useState<FieldError[]>([])
  const open = useAct<{ scheme: string; year: number; amount: string }>('/api/vouchers/pools')
  if (open.isSuccess) return <Finished onClose={onClose} />
  const submit = (data: FormData) => {
    const amount = typedAmount(String(data.get('amount')))
    setErrors(
      amount
        ? []
        : [
            {
              field: 'amount',
              message: t('金额应为正数，至多两位小数', 'A positive amount, two decimals'),
            },
          ],
    )
    if (amount) open.mutate({ scheme: scheme.id, year, amount })
  }
  const problem = open.error ? asProblem(open.error) : null
  return (
    <Form
      wide
      label={t('设立券池', 'Open the pool')}
      errors={errors}
      problem={problem}
      onSubmit={submit}
    >
      <SchemeRules scheme={scheme} />
      <TextField
        id="amount"
        name="amount"
        narrow
        label={t(`${year} 年总额（元）`, `Pool of ${year} (yuan)`)}
        hint={t('不超过规则所定总额；每年度设立一次。', 'Within the rule; opened once a year.')}
        inputMode="decimal"
        error={errorOf('amount', errors, problem, of)}
      />
      <Button type="submit" kind="primary" busy={open.isPending}>
        {t('设立', 'Open')}
      </Button>
    </Form>
  )
}

interface OfficeFormProps {
  act: Act
  use: Use
  onClose: () => void
}

interface ActRead {
  body: Record<string, string>
  errors: FieldError[]
}

/** What was typed for an act, and what is wrong with it. */
function readAct(act: Act, data: FormData, t: Words['t']): ActRead {
  const errors: FieldError[] = []
  const text = (name: string) => String(data.get(name) ?? '').trim()
  if (act !== 'verification') {
    if (!/^[a-z][a-z0-9.-]{0,63}$/.test(text('basis'))) {
      errors.push({
        field: 'basis',
        message: t('依据代码由小写字母、数字、点和横线组成', 'Small letters, digits, dots, dashes'),
      })
    }
    return { body: { basis: text('basis') }, errors }
  }
  const invoiceAmount = typedAmount(text('invoiceAmount'))
  if (!text('invoice')) {
    errors.push({ field: 'invoice', message: t('请填写发票号码', 'Enter the invoice number') })
  }
  if (!invoiceAmount) {
    errors.push({ field: 'invoiceAmount', message: t('请填写发票金额', 'Enter its amount') })
  }
  return { body: { invoice: text('invoice'), invoiceAmount: invoiceAmount ?? '' }, errors }
}

export function OfficeForm({ act, use, onClose }: OfficeFormProps) {
  const { t, of } = useWords()
  const [errors, setErrors] = useState<FieldError[]>([])
  const work = useAct<Record<string, string>>(`/api/vouchers/uses/${use.id}/${act}`)
  if (work.isSuccess) return <Finished onClose={onClose} />
  const submit = (data: FormData) => {
    const read = readAct(act, data, t)
    setErrors(read.errors)
    if (read.errors.length === 0) work.mutate(read.body)
  }
  const problem = work.error ? asProblem(work.error) : null
  const errorFor = (field: string) => errorOf(field, errors, problem, of)
  return (
    <Form label={t('办理', 'Act')} errors={errors} problem={problem} onSubmit={submit}>
      {problem?.code === 'ledger.related-party' && <RelatedParties problem={problem} />}
      <UseFacts use={use} />
      {act === 'verification' ? (
        <InvoiceFields use={use} errorFor={errorFor} />
      ) : (
        <TextField
          id="basis"
          name="basis"
          label={t('依据代码', 'Basis')}
          hint={t(
            '例如 scheme.payment-2026-11，写入凭证。',
            'Such as scheme.payment-2026-11; it stands in the entry.',
          )}
          spellCheck={false}
          error={errorFor('basis')}
        />
      )}
      <Button type="submit" kind="primary" busy={work.isPending}>
        {t('确认', 'Confirm')}
      </Button>
    </Form>
  )
}

function UseFacts({ use }: { use: Use }) {
  const { t } = useWords()
  return (
    <Facts
      rows={[
        [t('付款方', 'Payer'), use.payer.name ?? '—'],
        [t('收款方', 'Payee'), use.payee.name ?? '—'],
        [t('用券', 'Voucher'), <Amount key="amount" amount={use.amount} sign="¥" decimals={2} />],
        [
          t('合同额', 'Contract'),
          <Amount key="contract" amount={use.contractAmount} sign="¥" decimals={2} />,
        ],
      ]}
    />
  )
}

interface InvoiceFieldsProps {
  use: Use
  errorFor: (field: string) => string | undefined
}

function InvoiceFields({ use, errorFor }: InvoiceFieldsProps) {
  const { t } = useWords()
  return (
    <>
      <TextField
        id="invoice"
        name="invoice"
        label={t('发票号码', 'Invoice number')}
        defaultValue={use.invoice ?? ''}
        spellCheck={false}
        error={errorFor('invoice')}
      />
      <TextField
        id="invoiceAmount"
        name="invoiceAmount"
        narrow
        label={t('发票金额（元）', 'Amount of the invoice (yuan)')}
        inputMode="decimal"
        error={errorFor('invoiceAmount')}
      />
    </>
  )
}
