// The fields of a job: those that everybody needs, and those for people who want more.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Choice, Choices, SelectField, TextArea, TextField } from '../components/field.tsx'
import type { FieldError } from '../components/form.tsx'
import { useWords } from '../text/text.ts'
import {
  budgetsQuery,
  datasetChoicesQuery,
  type Program,
  type Spec,
  sitesQuery,
} from './compute.ts'
import { type Draft, withProgram } from './draft.ts'
import { InputFields } from './input-fields.tsx'
import { priorityNames, purposeNames } from './words.ts'

interface FieldsProps {
  draft: Draft
  change: (part: Partial<Draft>) => void
  errors: readonly FieldError[]
}

const errorIn = (errors: readonly FieldError[], field: string) =>
  errors.find((error) => error.field === field)?.message

export function BasicFields(props: FieldsProps & { programs: readonly Program[] }) {
  const { draft, change, errors, programs } = props
  const { t, of } = useWords()
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
    else change({ program: value, command: '', name: kept.name })
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

export function MoreFields({ draft, change, errors }: FieldsProps) {
  const { t } = useWords()
  const hidden = ['tasks', 'expectedMinutes', 'command', 'environment']
  const wrong = errors.some(({ field }) => field !== null && hidden.includes(field))
  const own = draft.program.startsWith('dataset:')
  return (
    <details className="more" open={wrong || own || undefined}>
      <summary>{t('更多设置', 'More settings')}</summary>
      <div className="stack stack-loose">
        <RunFields draft={draft} change={change} errors={errors} />
        <PlaceFields draft={draft} change={change} />
        <QueueFields draft={draft} change={change} />
      </div>
    </details>
  )
}

function RunFields({ draft, change, errors }: FieldsProps) {
  const { t } = useWords()
  return (
    <>
      <div className="field-pair">
        <TextField
          id="tasks"
          label={t('同时运行几份', 'Run how many together')}
          hint={t('同时开始，每份各占上面的卡数', 'All start together, each with its cards')}
          inputMode="numeric"
          value={draft.tasks}
          onChange={(event) => change({ tasks: event.target.value })}
          error={errorIn(errors, 'tasks')}
        />
        <TextField
          id="expectedMinutes"
          label={t('预计用时（分钟）', 'Expected time (minutes)')}
          hint={t('只用来估算费用，可不填', 'For the estimate only; optional')}
          inputMode="decimal"
          value={draft.expectedMinutes}
          onChange={(event) => change({ expectedMinutes: event.target.value })}
          error={errorIn(errors, 'expectedMinutes')}
        />
      </div>
      <TextArea
        id="command"
        label={t('启动命令', 'Command')}
        hint={t(
          '每行一个参数；现成程序已填好。',
          'One argument a line; filled in when ready-made.',
        )}
        spellCheck={false}
        value={draft.command}
        onChange={(event) => change({ command: event.target.value })}
        error={errorIn(errors, 'command')}
      />
      <TextArea
        id="environment"
        label={t('环境变量', 'Environment')}
        hint={t('每行一个：NAME=值', 'One NAME=value a line')}
        spellCheck={false}
        value={draft.environment}
        onChange={(event) => change({ environment: event.target.value })}
        error={errorIn(errors, 'environment')}
      />
    </>
  )
}

const toggled = (list: readonly string[], value: string) =>
  list.includes(value) ? list.filter((one) => one !== value) : [...list, value]

function PlaceFields({ draft, change }: Omit<FieldsProps, 'errors'>) {
  const { t, of } = useWords()
  const { data } = useQuery(sitesQuery)
  const clusters = data?.items.flatMap((site) => site.clusters.map((one) => ({ site, one }))) ?? []
  const chips = [
    ...new Set(clusters.flatMap(({ one }) => one.flavors.map(({ chipClass }) => chipClass))),
  ].sort()
  return (
    <>
      <Choices legend={t('可用芯片', 'Chips')} hint={t('都不选即不限', 'None chosen: any')}>
        {chips.map((chip) => (
          <Choice
            key={chip}
            type="checkbox"
            label={chip}
            checked={draft.chipClasses.includes(chip)}
            onChange={() => change({ chipClasses: toggled(draft.chipClasses, chip) })}
          />
        ))}
      </Choices>
      <Choices legend={t('可用集群', 'Clusters')} hint={t('都不选即不限', 'None chosen: any')}>
        {clusters.map(({ site, one }) => (
          <Choice
            key={one.id}
            type="checkbox"
            label={`${of(site.name)} ${of(one.name)}`}
            hint={one.simulated ? t('模拟卡', 'simulated') : undefined}
            checked={draft.clusters.includes(one.id)}
            onChange={() => change({ clusters: toggled(draft.clusters, one.id) })}
          />
        ))}
      </Choices>
    </>
  )
}

function QueueFields({ draft, change }: Omit<FieldsProps, 'errors'>) {
  const { t, of } = useWords()
  const { data } = useQuery(budgetsQuery)
  const budgets = data?.items.filter(({ closed }) => !closed) ?? []
  return (
    <>
      <SelectField
        id="priority"
        label={t('优先级', 'Priority')}
        hint={t('只在本单位的任务之间比较', 'Among the jobs of your organisation only')}
        value={draft.priority}
        onChange={(event) => change({ priority: event.target.value as Spec['priority'] })}
      >
        {Object.entries(priorityNames).map(([value, name]) => (
          <option key={value} value={value}>
            {of(name)}
          </option>
        ))}
      </SelectField>
      <Choice
        type="checkbox"
        label={t('可以让出', 'May be preempted')}
        hint={t(
          '让出前先通知、存检查点，再重新排队接着运行',
          'Told first, saved to a checkpoint, queued again and resumed',
        )}
        checked={draft.preemptible}
        onChange={(event) => change({ preemptible: event.target.checked })}
      />
      <SelectField
        id="budgetId"
        label={t('计入预算', 'Budget')}
        value={draft.budgetId}
        onChange={(event) => change({ budgetId: event.target.value })}
      >
        <option value="">{t('不计入', 'none')}</option>
        {budgets.map((budget) => (
          <option key={budget.id} value={budget.id}>
            {budget.name}
          </option>
        ))}
      </SelectField>
    </>
  )
}
