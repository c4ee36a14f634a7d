// Mandates: who may act for my organisation, and for whom it may act; dated, scoped, revocable.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { grantMandate } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { type Column, DataTable } from '../components/table.tsx'
import { Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { dateIn, endOfDay } from './keys-page.tsx'
import { OrganisationFrame } from './organisation-frame.tsx'
import { ScopeChoices } from './scope-choices.tsx'
import { type Mandates, mandatesQuery } from './subject.ts'
import { mandateStateNames } from './words.ts'

type Mandate = Mandates['granted'][number]
type GrantMandate = z.input<typeof grantMandate>

const USUAL_LIFE_DAYS = 30

export function MandatesPage() {
  const { t } = useWords()
  return (
    <OrganisationFrame title={t('授权委托', 'Mandates')}>
      {(subject) => <MandateLists id={subject.id} />}
    </OrganisationFrame>
  )
}

function MandateLists({ id }: { id: string }) {
  const { t } = useWords()
  const query = useQuery(mandatesQuery(id))
  return (
    <div className="grid">
      <div className="span-7 column">
        <Card title={t('我们委托出去的', 'Granted by us')}>
          <Loaded query={query} what={t('委托', 'mandates')}>
            {({ granted }) => (
              <MandateTable
                rows={granted}
                id={id}
                granted
                empty={t('没有委托出去的。', 'We have granted none.')}
              />
            )}
          </Loaded>
        </Card>
        <Card title={t('别人委托我们的', 'Held by us')}>
          <Loaded query={query} what={t('委托', 'mandates')}>
            {({ held }) => (
              <MandateTable rows={held} id={id} empty={t('没有受托的。', 'We hold none.')} />
            )}
          </Loaded>
        </Card>
      </div>
      <Card className="span-5" title={t('新的委托', 'New mandate')}>
        <NewMandate id={id} />
      </Card>
    </div>
  )
}

interface MandateTableProps {
  rows: readonly Mandate[]
  id: string
  granted?: boolean
  empty: string
}

function MandateTable({ rows, id, granted, empty }: MandateTableProps) {
  const { t, of } = useWords()
  const client = useQueryClient()
  if (rows.length === 0) return <Empty title={empty} />
  const revoke = async (row: Mandate) => {
    await api.delete(`/api/subjects/${id}/mandates/${row.id}`)
    await client.invalidateQueries({ queryKey: ['subject', id] })
  }
  const actions: Column<Mandate> = {
    title: t('操作', 'Actions'),
    actions: true,
    cell: (row) =>
      (row.state === 'current' || row.state === 'future') && (
        <ConfirmButton
          action={t('撤销', 'Revoke')}
          label={t(`撤销对${row.holder.name}的委托`, `Revoke the mandate of ${row.holder.name}`)}
          title={t('撤销这项委托？', 'Revoke this mandate?')}
          onConfirm={() => revoke(row)}
        >
          {t('撤销后，对方立即不能再代表本单位办理。', 'They can no longer act for you, at once.')}
        </ConfirmButton>
      ),
  }
  return (
    <DataTable
      caption={granted ? t('委托出去的', 'Granted') : t('受托的', 'Held')}
      quietCaption
      rows={rows}
      rowKey={(row) => row.id}
      columns={[
        {
          title: granted ? t('受托方', 'Holder') : t('委托方', 'Grantor'),
          heads: true,
          cell: (row) => (granted ? row.holder.name : row.grantor.name),
        },
        { title: t('范围', 'Scopes'), cell: (row) => <code>{row.scopes.join(' ')}</code> },
        {
          title: t('起止', 'From, to'),
          cell: (row) => (
            <span>
              <Time at={row.from} /> {t('至', 'to')} <Time at={row.until} />
            </span>
          ),
        },
        {
          title: t('状态', 'State'),
          cell: (row) => (
            <Tag tone={row.state === 'current' ? 'good' : 'none'}>
              {of(mandateStateNames[row.state])}
            </Tag>
          ),
        },
        ...(granted ? [actions] : []),
      ]}
    />
  )
}

function NewMandate({ id }: { id: string }) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const [errors, setErrors] = useState<FieldError[]>([])
  const grant = useMutation({
    mutationFn: (body: GrantMandate) => api.post(`/api/subjects/${id}/mandates`, body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['subject', id] }),
  })
  const submit = (data: FormData) => {
    const creditCode = String(data.get('holder') ?? '').trim()
    const until = String(data.get('until') ?? '')
    const scopes = data.getAll('scope').map(String)
    const found: FieldError[] = []
    if (!creditCode) {
      found.push({ field: 'holder', message: t('请填写受托单位的代码', 'Enter the credit code') })
    }
    if (!until) found.push({ field: 'until', message: t('请选择到期日', 'Choose the last day') })
    if (scopes.length === 0) {
      found.push({ field: 'scopes', message: t('至少选一个范围', 'Tick at least one scope') })
    }
    setErrors(found)
    if (found.length > 0) return
    grant.mutate({ holder: { creditCode }, scopes, until: endOfDay(until) })
  }
  const problem = grant.error ? asProblem(grant.error) : null
  return (
    <Form label={t('新的委托', 'New mandate')} errors={errors} problem={problem} onSubmit={submit}>
      <p className="muted small">
        {t(
          '受托单位在期限和范围内可代表本单位办理；每一步都记明“谁代谁办”。',
          'Within dates and scopes the holder acts for you; every step records who for whom.',
        )}
      </p>
      <TextField
        id="holder"
        name="holder"
        label={t('受托单位的统一社会信用代码', 'Credit code of the holder')}
        maxLength={40}
        spellCheck={false}
        error={errorOf('holder', errors, problem, of)}
      />
      <TextField
        id="until"
        name="until"
        type="date"
        narrow
        label={t('到期日（当天有效）', 'Last day')}
        defaultValue={dateIn(USUAL_LIFE_DAYS)}
        error={errorOf('until', errors, problem, of)}
      />
      <ScopeChoices legend={t('范围', 'Scopes')} />
      <Button type="submit" kind="primary" busy={grant.isPending}>
        {t('委托', 'Grant')}
      </Button>
      {grant.isSuccess && (
        <p role="status" className="note note-good">
          {t('委托已生效。', 'The mandate stands.')}
        </p>
      )}
    </Form>
  )
}
