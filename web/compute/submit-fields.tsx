// The fields of a job that everybody needs.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Choice, SelectField, TextField } from '../components/field.tsx'
import type { FieldError } from '../components/form.tsx'
import { useWords } from '../text/text.ts'
import { datasetChoicesQuery, type Program, type Spec } from './compute.ts'
import { type Draft, withOwnProgram, withProgram } from './draft.ts'
import { InputFields } from './input-fields.tsx'
import { purposeNames } from './words.ts'

export interface FieldsProps {
  draft: Draft
  change: (part: Partial<Draft>) => void
  errors: readonly FieldError[]
}

export const errorIn = (errors: readonly FieldError[], field: string) =>
  errors.find((error) => error.field === field)?.message

export function BasicFields(props: FieldsProps & { programs: readonly Program[] }) {
  const { draft, change, errors, programs } = props
  const { t } = useWords()
  return (
    <>
      <ProgramField {...props} />
      <TextField
        id="name"
        label={t('任务名称', 'Name')}
        value={draft.name}
        maxLength={80}
        onChange={(event) => change({ name: event.target.value })}
        error={errorIn(errors, 'name')}
      />
      <div className="field-pair">
        <TextField
          id="cards"
          label={t('卡数', 'Cards')}
          hint={t('0.5 表示与他人共用一卡', '0.5 shares a card')}
          inputMode="decimal"
          value={draft.cards}
          onChange={(event) => change({ cards: event.target.value })}
          error={errorIn(errors, 'cards')}
        />
        <TextField
          id="limitMinutes"
          label={t('时间上限（分钟）', 'Time limit (minutes)')}
          hint={t('到时先通知保存，再结束', 'Told to save, then ended')}
          inputMode="decimal"
          value={draft.limitMinutes}
          onChange={(event) => change({ limitMinutes: event.target.value })}
          error={errorIn(errors, 'limitMinutes')}
        />
      </div>
      <PurposeField draft={draft} change={change} />
      <InputFields
        draft={draft}
        change={change}
        error={errorIn(errors, 'inputs')}
        program={programs.find(({ id }) => draft.program === `bundled:${id}`) ?? null}
      />
      <TextField
        id="deadline"
        type="datetime-local"
        narrow
        label={t('须在何时前完成（可不填）', 'Done by (optional)')}
        hint={t('北京时间', 'Beijing time')}
        value={draft.deadline}
        onChange={(event) => change({ deadline: event.target.value })}
        error={errorIn(errors, 'deadline')}
      />
      <Choice
        type="checkbox"
        label={t('先用券', 'Vouchers first')}
        hint={t('能用券的部分由券支付，其余自付', 'A voucher pays what it may; you pay the rest')}
        checked={draft.vouchers}
        onChange={(event) => change({ vouchers: event.target.checked })}
      />
    </>
  )
}

function PurposeField({ draft, change }: Pick<FieldsProps, 'draft' | 'change'>) {
  const { t, of } = useWords()
  return (
    <SelectField
      id="purpose"
      label={t('用途', 'Purpose')}
      hint={t('有的券只付训练', 'Some vouchers pay for training only')}
      value={draft.purpose}
      onChange={(event) => change({ purpose: event.target.value as Spec['purpose'] })}
    >
      {Object.entries(purposeNames).map(([value, name]) => (
        <option key={value} value={value}>
          {of(name)}
        </option>
      ))}
    </SelectField>
  )
}

function ProgramField({
  draft,
  change,
  errors,
  programs,
}: FieldsProps & { programs: readonly Program[] }) {
  const { t, of } = useWords()
  const own = useQuery(datasetChoicesQuery)
  const mine = own.data?.items.filter(({ kind }) => kind === 'program') ?? []
  const program = programs.find(({ id }) => draft.program === `bundled:${id}`)
  const choose = (value: string) => {
    const bundled = programs.find(({ id }) => value === `bundled:${id}`)
    // A name that came from the program goes with it; one's own stays.
    const named = programs.some((one) => of(one.name) === draft.name)
    const kept = named ? { ...draft, name: '' } : draft
    if (bundled) change(withProgram(kept, bundled, of(bundled.name)))
    else change(withOwnProgram(kept, value))
  }
  return (
    <SelectField
      id="program"
      label={t('程序', 'Program')}
      hint={
        program ? (
          of(program.summary)
        ) : (
          <Link to="/compute/datasets">{t('上传自己的程序', 'Upload a program of your own')}</Link>
        )
      }
      value={draft.program}
      onChange={(event) => choose(event.target.value)}
      error={errorIn(errors, 'program')}
    >
      <option value="">{t('请选择', 'Choose')}</option>
      <optgroup label={t('现成程序', 'Ready-made')}>
        {programs.map((one) => (
          <option key={one.id} value={`bundled:${one.id}`}>
            {of(one.name)}
          </option>
        ))}
      </optgroup>
      {mine.length > 0 && (
        <optgroup label={t('我的程序', 'My programs')}>
          {mine.map((one) => (
            <option key={one.id} value={`dataset:${one.id}`}>
              {one.name}
            </option>
          ))}
        </optgroup>
      )}
    </SelectField>
  )
}
