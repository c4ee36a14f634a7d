// Replacing the shareholders as of a day: known ones stay by default, new ones are named.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { changeShareholders } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { type FieldError, Form } from '../components/form.tsx'
import { isoDate } from '../text/format.ts'
import { useWords, type Words } from '../text/text.ts'
import type { Shareholders } from './subject.ts'

type Body = z.input<typeof changeShareholders>

interface Row {
  key: number
  /** Set for a holder that is registered already. */
  subjectId: string | null
  kind: 'person' | 'organisation'
  /** A name, or a credit code; for known holders the name. */
  who: string
  percent: string
}

let lastKey = 0
const newRow = (): Row => ({
  key: ++lastKey,
  subjectId: null,
  kind: 'person',
  who: '',
  percent: '',
})

function rowsOf({ items }: Shareholders): Row[] {
  return items
    .filter(({ to }) => to === null)
    .map(({ holder, basisPoints }) => ({
      key: ++lastKey,
      subjectId: holder.id,
      kind: holder.kind === 'person' ? 'person' : 'organisation',
      who: holder.name,
      percent: String(basisPoints / 100),
    }))
}

/** 12.34 % as 1234; null for anything that is no percentage with two decimals. */
function basisPointsOf(percent: string): number | null {
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(percent)) return null
  const points = Math.round(Number(percent) * 100)
  return points >= 1 && points <= 10_000 ? points : null
}

function holderOf(row: Row): Body['holders'][number]['holder'] {
  if (row.subjectId) return { subjectId: row.subjectId }
  return row.kind === 'person' ? { person: row.who.trim() } : { creditCode: row.who.trim() }
}

function errorsIn(rows: readonly Row[], t: Words['t']): FieldError[] {
  return rows.flatMap((row) => {
    const errors: FieldError[] = []
    if (!row.who.trim()) {
      errors.push({ field: `who-${row.key}`, message: t('请填写股东', 'Name the holder') })
    }
    if (basisPointsOf(row.percent) === null) {
      errors.push({
        field: `percent-${row.key}`,
        message: t('持股比例应在 0.01 至 100 之间', 'A share lies between 0.01 and 100 %'),
      })
    }
    return errors
  })
}

interface ShareholdersFormProps {
  id: string
  stored: Shareholders
  onDone: () => void
}

export function ShareholdersForm({ id, stored, onDone }: ShareholdersFormProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const [rows, setRows] = useState(() => rowsOf(stored))
  const [errors, setErrors] = useState<FieldError[]>([])
  const change = useMutation({
    mutationFn: (body: Body) =>
      api.put(`/api/subjects/${id}/shareholders`, body, { ifMatch: String(stored.version) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['subject', id] })
      onDone()
    },
  })
  const submit = (data: FormData) => {
    const found = errorsIn(rows, t)
    setErrors(found)
    if (found.length > 0) return
    change.mutate({
      from: String(data.get('from')),
      holders: rows.map((row) => ({
        holder: holderOf(row),
        basisPoints: basisPointsOf(row.percent)!,
      })),
    })
  }
  const edit = (key: number, part: Partial<Row>) =>
    setRows(rows.map((row) => (row.key === key ? { ...row, ...part } : row)))
  return (
    <Form
      wide
      label={t('股东', 'Shareholders')}
      errors={errors}
      problem={change.error ? asProblem(change.error) : null}
      onSubmit={submit}
    >
      <TextField
        id="from"
        name="from"
        type="date"
        narrow
        label={t('自哪一天起', 'As of')}
        defaultValue={isoDate(new Date())}
      />
      {rows.map((row) => (
        <RowFields
          key={row.key}
          row={row}
          errors={errors}
          onEdit={(part) => edit(row.key, part)}
          onRemove={() => setRows(rows.filter((one) => one.key !== row.key))}
        />
      ))}
      <div className="row">
        <Button onClick={() => setRows([...rows, newRow()])}>
          {t('增加股东', 'Add a holder')}
        </Button>
        <Button type="submit" kind="primary" busy={change.isPending}>
          {t('保存', 'Save')}
        </Button>
      </div>
    </Form>
  )
}

interface RowFieldsProps {
  row: Row
  errors: readonly FieldError[]
  onEdit: (part: Partial<Row>) => void
  onRemove: () => void
}

function RowFields({ row, errors, onEdit, onRemove }: RowFieldsProps) {
  const { t } = useWords()
  const errorFor = (name: string) => errors.find((error) => error.field === name)?.message
  const known = row.subjectId !== null
  return (
    <fieldset className="fieldset filters">
      <legend className="visually-hidden">{row.who || t('新股东', 'New holder')}</legend>
      {!known && (
        <SelectField
          label={t('类别', 'Kind')}
          value={row.kind}
          onChange={(event) => onEdit({ kind: event.target.value as Row['kind'] })}
        >
          <option value="person">{t('自然人', 'Person')}</option>
          <option value="organisation">{t('单位', 'Organisation')}</option>
        </SelectField>
      )}
      <TextField
        id={`who-${row.key}`}
        label={
          known || row.kind === 'person'
            ? t('姓名或名称', 'Name')
            : t('统一社会信用代码', 'Credit code')
        }
        value={row.who}
        readOnly={known}
        maxLength={200}
        onChange={(event) => onEdit({ who: event.target.value })}
        error={errorFor(`who-${row.key}`)}
      />
      <TextField
        id={`percent-${row.key}`}
        label={t('持股（%）', 'Share (%)')}
        inputMode="decimal"
        value={row.percent}
        onChange={(event) => onEdit({ percent: event.target.value.trim() })}
        error={errorFor(`percent-${row.key}`)}
      />
      <Button kind="quiet" onClick={onRemove} aria-label={t(`去掉${row.who}`, `Remove ${row.who}`)}>
        {t('去掉', 'Remove')}
      </Button>
    </fieldset>
  )
}
