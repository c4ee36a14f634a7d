// What a card-hour costs now and from announced days on; the operator announces the next price.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Note } from '../components/card.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { Amount, Time } from '../components/value.tsx'
import { typedAmount } from '../ledger/claim-form.tsx'
import { useWords } from '../text/text.ts'
import { type ClusterView, clusterQuery } from './compute.ts'

export function ClusterPrices({ view }: { view: ClusterView }) {
  const { t, of } = useWords()
  return (
    <div className="stack stack-loose">
      <ul className="items">
        {view.cluster.flavors.map((flavor) => (
          <li key={flavor.id}>
            <p className="row row-apart">
              <span>{of(flavor.name)}</span>
              <strong>
                <Amount
                  amount={flavor.price}
                  sign="¥"
                  decimals={2}
                  unit={t('/ 卡时', '/ card-hour')}
                />
              </strong>
            </p>
            {flavor.announced.map(({ from, amount }) => (
              <p key={from} className="row row-apart muted small">
                <span>
                  <Time at={from} />
                  {t(' 起', ' on')}
                </span>
                <Amount amount={amount} sign="¥" decimals={2} unit={t('/ 卡时', '/ card-hour')} />
              </p>
            ))}
          </li>
        ))}
      </ul>
      <p className="muted small">
        {t(
          '已报价、已提交的任务按报价时的价格，不受调价影响。',
          'What was quoted or submitted keeps its price.',
        )}
      </p>
      {view.mayOperate && (
        <details>
          <summary>{t('公布新价格', 'Announce a price')}</summary>
          <PriceForm view={view} />
        </details>
      )}
    </div>
  )
}

interface NewPrice {
  flavorId: string
  amount: string
  from: string
}

function PriceForm({ view }: { view: ClusterView }) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const [errors, setErrors] = useState<FieldError[]>([])
  const announce = useMutation({
    mutationFn: (body: NewPrice) =>
      api.post(`/api/compute/clusters/${view.cluster.id}/prices`, body),
    onSuccess: () => client.invalidateQueries({ queryKey: clusterQuery(view.cluster.id).queryKey }),
  })
  const submit = (data: FormData) => {
    const amount = typedAmount(String(data.get('amount')))
    const from = new Date(`${data.get('from')}:00+08:00`)
    const wrong: FieldError[] = []
    if (!amount) {
      wrong.push({
        field: 'amount',
        message: t('价格应为正数，至多两位小数', 'A positive amount, two decimals'),
      })
    }
    if (Number.isNaN(from.getTime())) {
      wrong.push({ field: 'from', message: t('请选择日期和时间', 'Choose date and time') })
    }
    setErrors(wrong)
    if (!amount || wrong.length > 0) return
    announce.mutate({ flavorId: String(data.get('flavorId')), amount, from: from.toISOString() })
  }
  const problem = announce.error ? asProblem(announce.error) : null
  return (
    <Form
      label={t('公布新价格', 'Announce a price')}
      errors={errors}
      problem={problem}
      onSubmit={submit}
    >
      {announce.isSuccess && (
        <Note tone="good" live>
          {t('已公布。', 'It is announced.')}
        </Note>
      )}
      <SelectField id="flavorId" name="flavorId" label={t('规格', 'Flavor')}>
        {view.cluster.flavors.map((flavor) => (
          <option key={flavor.id} value={flavor.id}>
            {of(flavor.name)}
          </option>
        ))}
      </SelectField>
      <TextField
        id="amount"
        name="amount"
        narrow
        label={t('每卡时（元）', 'Yuan per card-hour')}
        inputMode="decimal"
        error={errorOf('amount', errors, problem, of)}
      />
      <TextField
        id="from"
        name="from"
        type="datetime-local"
        narrow
        label={t('何时起（北京时间）', 'From (Beijing time)')}
        error={errorOf('from', errors, problem, of)}
      />
      <Button type="submit" kind="primary" busy={announce.isPending}>
        {t('公布', 'Announce')}
      </Button>
    </Form>
  )
}
