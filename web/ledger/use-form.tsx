// Using a voucher for one contract: to whom, how much, and what stands against it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { done, useVoucher } from '#services/ledger/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button, LinkButton } from '../components/button.tsx'
import { Note } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { dateIn } from '../identity/keys-page.tsx'
import { decimal } from '../text/format.ts'
import { useWords, type Words } from '../text/text.ts'
import { typedAmount } from './claim-form.tsx'
import { endOfDay } from './ledger.ts'
import { PayeeField } from './payee-field.tsx'
import { RelatedParties } from './related-parties.tsx'
import type { Voucher } from './vouchers.ts'

type Body = z.input<typeof useVoucher>
type Done = z.output<typeof done>

const USUAL_DAYS = 30

interface UseFormProps {
  voucher: Voucher
  onClose: () => void
}

/** What was typed, and what is wrong with it. */
function readUse(data: FormData, payee: string | null, t: Words['t']) {
  const errors: FieldError[] = []
  const money = (field: string) => {
    const amount = typedAmount(String(data.get(field)))
    if (amount) return amount
    errors.push({
      field,
      message: t('金额应为正数，至多两位小数', 'A positive amount, two decimals'),
    })
    return ''
  }
  if (!payee) errors.push({ field: 'payee', message: t('请选择收款单位', 'Choose the payee') })
  const invoice = String(data.get('invoice')).trim()
  const body: Body = {
    payee: payee ?? '',
    contractAmount: money('contractAmount'),
    amount: money('amount'),
    expiresAt: endOfDay(String(data.get('until'))),
    ...(invoice ? { invoice } : {}),
  }
  return { body, errors }
}

export function UseForm({ voucher, onClose }: UseFormProps) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const [payee, setPayee] = useState<string | null>(null)
  const [errors, setErrors] = useState<FieldError[]>([])
  const use = useMutation({
    mutationFn: (body: Body) => api.post<Done>(`/api/vouchers/${voucher.id}/uses`, body),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['vouchers'] }),
        client.invalidateQueries({ queryKey: ['ledger'] }),
      ]),
  })
  if (use.data) return <UseDone done={use.data} onClose={onClose} />
  const submit = (data: FormData) => {
    const read = readUse(data, payee, t)
    setErrors(read.errors)
    if (read.errors.length === 0) use.mutate(read.body)
  }
  const problem = use.error ? asProblem(use.error) : null
  const errorFor = (field: string) => errorOf(field, errors, problem, of)
  return (
    <Form label={t('用券', 'Use a voucher')} errors={errors} problem={problem} onSubmit={submit}>
      {problem?.code === 'ledger.related-party' && <RelatedParties problem={problem} />}
      <Terms voucher={voucher} />
      <PayeeField chosen={payee} onChoose={setPayee} error={errorFor('payee')} />
      <UseFields errorFor={errorFor} />
      <div className="row">
        <Button type="submit" kind="primary" busy={use.isPending}>
          {t('确认用券', 'Use it')}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          {t('取消', 'Cancel')}
        </Button>
      </div>
    </Form>
  )
}

function Terms({ voucher }: { voucher: Voucher }) {
  const { t } = useWords()
  const available = decimal(voucher.available, 2)
  const ratio = `${voucher.ratio / 100}%`
  return (
    <p>
      {t(
        `可用 ¥${available}，最多付合同额的 ${ratio}。`,
        `¥${available} available; pays at most ${ratio} of the contract.`,
      )}
    </p>
  )
}

function UseFields({ errorFor }: { errorFor: (field: string) => string | undefined }) {
  const { t } = useWords()
  return (
    <>
      <TextField
        id="contractAmount"
        name="contractAmount"
        narrow
        label={t('合同金额（元）', 'Contract (yuan)')}
        inputMode="decimal"
        error={errorFor('contractAmount')}
      />
      <TextField
        id="amount"
        name="amount"
        narrow
        label={t('其中用券（元）', 'Paid by the voucher (yuan)')}
        inputMode="decimal"
        error={errorFor('amount')}
      />
      <TextField
        id="invoice"
        name="invoice"
        label={t('发票号码（可以以后填）', 'Invoice number (can come later)')}
        hint={t('同一张发票只能用一张券。', 'One invoice bears one voucher.')}
        spellCheck={false}
        error={errorFor('invoice')}
      />
      <TextField
        id="until"
        name="until"
        type="date"
        narrow
        label={t('占用到哪一天', 'Held until')}
        hint={t('到期未核销的，自动退回。', 'What is not verified by then comes back.')}
        defaultValue={dateIn(USUAL_DAYS)}
        error={errorFor('expiresAt')}
      />
    </>
  )
}

function UseDone({ done, onClose }: { done: Done; onClose: () => void }) {
  const { t } = useWords()
  return (
    <div className="stack">
      <Note tone="good" live title={t('已占用', 'Held')}>
        {t(
          '下一步：由主管部门核对发票后核销，再兑付给收款方。',
          'Next: the office verifies the invoice and pays the payee.',
        )}
      </Note>
      <div className="row">
        <LinkButton to="/entries/$entryId" params={{ entryId: done.entryId }}>
          {t('查看凭证', 'See the entry')}
        </LinkButton>
        <Button kind="primary" onClick={onClose}>
          {t('好', 'Done')}
        </Button>
      </div>
    </div>
  )
}
