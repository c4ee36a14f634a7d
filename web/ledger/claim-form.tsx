// Claiming a voucher: how much of what is open; then the confirmation with number and next step.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { claimed } from '#services/ledger/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button, LinkButton } from '../components/button.tsx'
import { Note } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { decimal } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import type { Offer } from './offers.ts'

type Claimed = z.output<typeof claimed>

interface ClaimFormProps {
  offer: Offer & { outcome: 'open' }
  onClose: () => void
}

/** An amount as it may be typed: digits, perhaps grouped, at most two decimals. */
export function typedAmount(text: string): string | null {
  const plain = text.replaceAll(/[,，\s¥]/g, '')
  return /^(0|[1-9]\d*)(\.\d{1,2})?$/.test(plain) && Number(plain) > 0 ? plain : null
}

export function ClaimForm({ offer, onClose }: ClaimFormProps) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const [errors, setErrors] = useState<FieldError[]>([])
  const claim = useMutation({
    mutationFn: (amount: string) =>
      api.post<Claimed>('/api/vouchers', { scheme: offer.scheme.id, amount }),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['vouchers'] }),
        client.invalidateQueries({ queryKey: ['ledger'] }),
      ]),
  })
  if (claim.data) return <ClaimDone done={claim.data} onClose={onClose} />
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
    if (amount) claim.mutate(amount)
  }
  const problem = claim.error ? asProblem(claim.error) : null
  const most = decimal(offer.amount, 2)
  return (
    <Form label={t('申领', 'Claim')} errors={errors} problem={problem} onSubmit={submit}>
      <p>{of(offer.reason)}</p>
      <TextField
        id="amount"
        name="amount"
        narrow
        label={t('申领金额（元）', 'Amount (yuan)')}
        hint={t(
          `最多 ¥${most}。用不完的，到期退回券池。`,
          `Up to ¥${most}. What is unused returns to the pool.`,
        )}
        inputMode="decimal"
        defaultValue={decimal(offer.amount, 2).replaceAll(',', '')}
        error={errorOf('amount', errors, problem, of)}
      />
      <div className="row">
        <Button type="submit" kind="primary" busy={claim.isPending}>
          {t('确认申领', 'Claim')}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          {t('取消', 'Cancel')}
        </Button>
      </div>
    </Form>
  )
}

function ClaimDone({ done, onClose }: { done: Claimed; onClose: () => void }) {
  const { t } = useWords()
  return (
    <div className="stack">
      <Note tone="good" live title={t('已领取', 'Claimed')}>
        <p>
          {t('凭证编号 ', 'Entry ')}
          <code>{done.entryId}</code>
        </p>
        <p>
          {t(
            '下一步：签订合同后，在“我的券”里用券。',
            'Next: with a contract, use it under “My vouchers”.',
          )}
        </p>
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
