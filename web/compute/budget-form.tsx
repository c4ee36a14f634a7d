// Setting a budget, or changing one: its name, its limit and the days between which it holds.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Note } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { dateIn } from '../identity/keys-page.tsx'
import { typedAmount } from '../ledger/claim-form.tsx'
import { endOfDay, startOfDay } from '../ledger/ledger.ts'
import { decimal, isoDate } from '../text/format.ts'
import { useWords, type Words } from '../text/text.ts'
import { type Budget, budgetsQuery } from './compute.ts'

const USUAL_DAYS = 90

interface BudgetFormProps {
  /** The budget to change; a new one when missing. */
  budget?: Budget
  onDone?: () => void
}

interface Typed {
  name: string
  limit: string
  from: string
  to: string
}

/** What was typed, and what is wrong with it; days are whole days in Asia/Shanghai. */
function readBudget(data: FormData, t: Words['t']) {
  const text = (name: string) => String(data.get(name) ?? '').trim()
  const typed: Typed = {
    name: text('name'),
    limit: typedAmount(text('limit')) ?? '',
    from: text('from'),
    to: text('to'),
  }
  const errors: FieldError[] = []
  if (!typed.name) errors.push({ field: 'name', message: t('请填写名称', 'Enter a name') })
  if (!typed.limit) {
    errors.push({
      field: 'limit',
      message: t('金额应为正数，至多两位小数', 'A positive amount, two decimals'),
    })
  }
  if (!typed.to || (typed.from && typed.to < typed.from)) {
    errors.push({
      field: 'to',
      message: t('截止日期不能早于开始日期', 'The last day cannot be before the first'),
    })
  }
  return { typed, errors }
}

export function BudgetForm({ budget, onDone }: BudgetFormProps) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const [errors, setErrors] = useState<FieldError[]>([])
  const box = useRef<HTMLDivElement>(null)
  const save = useMutation({
    mutationFn: ({ name, limit, from, to }: Typed) => {
      if (budget) {
        const path = `/api/compute/budgets/${budget.id}`
        const body = { name, limit, to: endOfDay(to) }
        return api.patch(path, body, { ifMatch: String(budget.version) })
      }
      const body = { name, limit, from: startOfDay(from), to: endOfDay(to) }
      return api.post('/api/compute/budgets', body)
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: budgetsQuery.queryKey })
      box.current?.querySelector('form')?.reset()
      onDone?.()
    },
  })
  const submit = (data: FormData) => {
    const { typed, errors: wrong } = readBudget(data, t)
    setErrors(wrong)
    if (wrong.length === 0) save.mutate(typed)
  }
  const problem = save.error ? asProblem(save.error) : null
  const errorFor = (field: string) => errorOf(field, errors, problem, of)
  return (
    <div ref={box}>
      <Form label={t('预算', 'Budget')} errors={errors} problem={problem} onSubmit={submit}>
        {save.isSuccess && !budget && (
          <Note tone="good" live>
            {t('已设立。', 'The budget is set.')}
          </Note>
        )}
        <BudgetFields budget={budget} errorFor={errorFor} />
        <Button type="submit" kind="primary" busy={save.isPending}>
          {budget ? t('保存', 'Save') : t('设立', 'Set')}
        </Button>
      </Form>
    </div>
  )
}

interface BudgetFieldsProps {
  budget: Budget | undefined
  errorFor: (field: string) => string | undefined
}

/** The last day that a budget holds: it ends with the moment after it. */
const lastDay = (budget: Budget) => isoDate(new Date(Date.parse(budget.to) - 1))

function BudgetFields({ budget, errorFor }: BudgetFieldsProps) {
  const { t } = useWords()
  return (
    <>
      <TextField
        id="name"
        name="name"
        label={t('名称', 'Name')}
        maxLength={80}
        defaultValue={budget?.name}
        error={errorFor('name')}
      />
      <TextField
        id="limit"
        name="limit"
        narrow
        label={t('总额（元）', 'Limit (yuan)')}
        inputMode="decimal"
        defaultValue={budget && decimal(budget.limit, 2).replaceAll(',', '')}
        error={errorFor('limit')}
      />
      {!budget && (
        <TextField
          id="from"
          name="from"
          type="date"
          narrow
          label={t('开始日期', 'First day')}
          defaultValue={dateIn(0)}
          error={errorFor('from')}
        />
      )}
      <TextField
        id="to"
        name="to"
        type="date"
        narrow
        label={t('截止日期', 'Last day')}
        defaultValue={budget ? lastDay(budget) : dateIn(USUAL_DAYS)}
        error={errorFor('to')}
      />
    </>
  )
}
