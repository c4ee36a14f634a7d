// The fields of a job for people who want more: how it runs, where, and in which order.
import { useQuery } from '@tanstack/react-query'
import { Choice, Choices, SelectField, TextArea, TextField } from '../components/field.tsx'
import { useWords } from '../text/text.ts'
import { budgetsQuery, type Spec, sitesQuery } from './compute.ts'
import { errorIn, type FieldsProps } from './submit-fields.tsx'
import { priorityNames } from './words.ts'

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
  const flavors = clusters.flatMap(({ one }) => one.flavors)
  const chips = [...new Set(flavors.map(({ chipClass }) => chipClass))].sort()
  const namesOf = (chip: string) => [
    ...new Set(flavors.filter(({ chipClass }) => chipClass === chip).map(({ name }) => of(name))),
  ]
  return (
    <>
      <Choices legend={t('可用芯片', 'Chips')} hint={t('都不选即不限', 'None chosen: any')}>
        {chips.map((chip) => (
          <Choice
            key={chip}
            type="checkbox"
            label={namesOf(chip).join(t('、', ', '))}
            hint={chip}
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
