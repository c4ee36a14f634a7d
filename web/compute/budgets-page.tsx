// Budgets of whom I act for: what jobs may hold and spend between two days.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { Bar } from '../components/bar.tsx'
import { Button } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Amount, Time } from '../components/value.tsx'
import { RequireSignIn } from '../identity/require-sign-in.tsx'
import { columnDecimals, decimal } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { BudgetForm } from './budget-form.tsx'
import { type Budget, budgetsQuery } from './compute.ts'
import { ComputeFrame } from './frame.tsx'
import './compute.css'

export function BudgetsPage() {
  const { t } = useWords()
  return (
    <ComputeFrame
      title={t('预算', 'Budgets')}
      lead={t(
        '为一个项目定一个数：任务占用和花费合计不能超过它。',
        'A figure for a project: what its jobs hold and spend together stays below it.',
      )}
    >
      <RequireSignIn>
        {() => (
          <div className="grid">
            <Card className="span-8" title={t('已设预算', 'Budgets')}>
              <BudgetList />
            </Card>
            <Card className="span-4" title={t('新设预算', 'New budget')}>
              <BudgetForm />
            </Card>
          </div>
        )}
      </RequireSignIn>
    </ComputeFrame>
  )
}

function BudgetList() {
  const { t } = useWords()
  const query = useQuery(budgetsQuery)
  return (
    <Loaded query={query} what={t('预算', 'the budgets')}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t('还没有预算', 'No budget yet')}>
            {t(
              '不设也能提交任务；设了以后，在“更多设置”里选它。',
              'Jobs run without one; once set, choose it under “More settings”.',
            )}
          </Empty>
        ) : (
          <BudgetTable items={items} />
        )
      }
    </Loaded>
  )
}

function BudgetTable({ items }: { items: readonly Budget[] }) {
  const { t } = useWords()
  const decimals = columnDecimals(
    items.flatMap(({ limit, held, spent }) => [limit, held, spent]),
    2,
  )
  const money = (amount: string) => <Amount amount={amount} sign="¥" decimals={decimals} />
  return (
    <DataTable
      caption={t('占用的在任务结算后转为花费或退回', 'What is held is later spent or comes back')}
      rows={items}
      rowKey={({ id }) => id}
      columns={[
        { title: t('预算', 'Budget'), heads: true, cell: (row) => <BudgetName budget={row} /> },
        { title: t('总额', 'Limit'), number: true, cell: ({ limit }) => money(limit) },
        { title: t('占用', 'Held'), number: true, cell: ({ held }) => money(held) },
        { title: t('花费', 'Spent'), number: true, cell: ({ spent }) => money(spent) },
        { title: t('用去', 'Used'), cell: (row) => <BudgetBar budget={row} /> },
        {
          title: t('操作', 'Action'),
          actions: true,
          cell: (row) => <BudgetActions budget={row} />,
        },
      ]}
    />
  )
}

function BudgetName({ budget }: { budget: Budget }) {
  const { t } = useWords()
  return (
    <>
      {budget.name} {budget.closed && <Tag tone="none">{t('已关闭', 'closed')}</Tag>}
      <span className="note-line muted small">
        <Time at={budget.from} show="date" />
        {t(' 至 ', ' to ')}
        <Time at={budget.to} show="date" />
      </span>
    </>
  )
}

function BudgetBar({ budget }: { budget: Budget }) {
  const { t } = useWords()
  const limit = Number(budget.limit)
  const used = Number(budget.held) + Number(budget.spent)
  return (
    <Bar
      share={limit === 0 ? 1 : used / limit}
      label={t(
        `总额 ¥${decimal(budget.limit, 2)}，占用 ¥${decimal(budget.held, 2)}，花费 ¥${decimal(budget.spent, 2)}`,
        `Limit ¥${decimal(budget.limit, 2)}, held ¥${decimal(budget.held, 2)}, spent ¥${decimal(budget.spent, 2)}`,
      )}
    />
  )
}

function BudgetActions({ budget }: { budget: Budget }) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  const client = useQueryClient()
  const close = useMutation({
    mutationFn: () =>
      api.patch(
        `/api/compute/budgets/${budget.id}`,
        { closed: true },
        { ifMatch: String(budget.version) },
      ),
    onSettled: () => client.invalidateQueries({ queryKey: budgetsQuery.queryKey }),
  })
  if (budget.closed) return null
  return (
    <span className="row">
      <Button
        small
        aria-label={t(`调整${budget.name}`, `Change ${budget.name}`)}
        onClick={() => setOpen(true)}
      >
        {t('调整', 'Change')}
      </Button>
      <ConfirmButton
        action={t('关闭', 'Close')}
        label={t(`关闭${budget.name}`, `Close ${budget.name}`)}
        title={t(`关闭“${budget.name}”？`, `Close “${budget.name}”?`)}
        onConfirm={() => close.mutateAsync()}
      >
        {t(
          '新任务不能再计入它；已在进行的照常结算。',
          'New jobs can no longer use it; those under way are settled as usual.',
        )}
      </ConfirmButton>
      {open && (
        <Dialog
          title={t(`调整“${budget.name}”`, `Change “${budget.name}”`)}
          onClose={() => setOpen(false)}
        >
          <BudgetForm budget={budget} onDone={() => setOpen(false)} />
        </Dialog>
      )}
    </span>
  )
}
