// What is to be simulated: which day, and under which two policies.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { FloodSize } from '#engines/replay/flood.ts'
import { queuePolicies } from '#engines/replay/queue.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Choice, Choices, SelectField, TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { type OpenDay, openDaysQuery } from '../compute/compute.ts'
import { count } from '../text/format.ts'
import { type Text, useWords } from '../text/text.ts'
import type { Asked, SideAsked, Source } from './simulate.ts'
import { policyNames, policyNotes } from './words.ts'

type Kind = Source['kind']
const LIMITS = { organisations: 5_000, jobs: 20_000, log: 200_000 } as const
const PERCENTS = [100, 75, 50, 25, 10] as const

interface Props {
  busy: boolean
  refused: Text | null
  begin: (asked: Asked) => void
  /** The refusal no longer matters. */
  forget: () => void
}

interface Fields {
  whole: (name: string, most: number, what: Text) => number
  errors: FieldError[]
  data: FormData
}

/** Reads fields and collects what is wrong with them. */
function fieldsOf(data: FormData, of: (text: Text) => string): Fields {
  const errors: FieldError[] = []
  const whole = (name: string, most: number, what: Text) => {
    const text = String(data.get(name) ?? '').trim()
    const value = /^\d{1,7}$/.test(text) ? Number(text) : 0
    if (value >= 1 && value <= most) return value
    errors.push({
      field: name,
      message: of({
        zh: `${what.zh}须为 1 至 ${count(most)} 的整数`,
        en: `${what.en} must be a whole number from 1 to ${count(most)}`,
      }),
    })
    return 0
  }
  return { whole, errors, data }
}

function floodOf({ whole }: Fields): FloodSize {
  return {
    organisations: whole('organisations', LIMITS.organisations, {
      zh: '小单位数',
      en: 'Organisations',
    }),
    jobs: whole('jobs', LIMITS.jobs, { zh: '一家提交的任务数', en: 'Jobs of the one' }),
    seed: whole('seed', 9_999_999, { zh: '随机种子', en: 'The seed' }),
  }
}

async function sourceOf(kind: Kind, fields: Fields, of: (text: Text) => string): Promise<Source> {
  if (kind === 'flood') return { kind, ...floodOf(fields) }
  if (kind === 'day') {
    const date = String(fields.data.get('date') ?? '')
    if (date) return { kind, day: await api.get<OpenDay>(`/api/compute/days/${date}`) }
    const message = of({ zh: '还没有可选的一天', en: 'There is no day to choose yet' })
    fields.errors.push({ field: null, message })
    return { kind, day: { flavors: [], jobs: [] } }
  }
  const file = fields.data.get('file')
  const jobs = fields.whole('most', LIMITS.log, { zh: '任务数', en: 'Jobs' })
  if (file instanceof File && file.size > 0) return { kind, file, name: file.name, jobs }
  const message = of({ zh: '请选择一个日志文件', en: 'Choose a log file' })
  fields.errors.push({ field: 'file', message })
  return { kind, file: new Blob(), name: '', jobs }
}

const sideOf = (data: FormData, name: string): SideAsked => ({
  policy: String(data.get(name)) as SideAsked['policy'],
  mostPercent: Number(data.get(`${name}-most`) ?? 100),
})

export function SimulatorForm({ busy, refused, begin, forget }: Props) {
  const { t, of } = useWords()
  const [kind, setKind] = useState<Kind>('flood')
  const [errors, setErrors] = useState<readonly FieldError[]>([])
  const submit = async (data: FormData) => {
    const fields = fieldsOf(data, of)
    const sides = [sideOf(data, 'first'), sideOf(data, 'second')] as const
    try {
      const source = await sourceOf(kind, fields, of)
      setErrors(fields.errors)
      if (fields.errors.length === 0) begin({ source, sides })
    } catch (error) {
      const { detail, next } = asProblem(error)
      setErrors([{ field: null, message: `${of(detail)} ${of(next)}` }])
    }
  }
  const said = errors.length > 0 || !refused ? errors : [{ field: null, message: of(refused) }]
  const kinds: [Kind, string, string][] = [
    [
      'flood',
      t('一家交出上万个任务的一天', 'A day on which one submits ten thousand jobs'),
      t('看小单位会不会被挤到后面', 'whether small organisations are pushed back'),
    ],
    [
      'day',
      t('平台记录的一天', 'A day of this platform'),
      t('公开记录，不含名称', 'its public record, without names'),
    ],
    [
      'log',
      t('自选日志文件', 'A log file of your own'),
      t(
        'Standard Workload Format（.swf 或 .swf.gz），文件不离开本机',
        'Standard Workload Format (.swf, .swf.gz); the file stays on this computer',
      ),
    ],
  ]
  return (
    <Form
      wide
      label={t('模拟设置', 'What to simulate')}
      errors={said}
      onSubmit={(data) => {
        if (!busy) void submit(data)
      }}
    >
      <Choices legend={t('用哪一天', 'Which day')}>
        {kinds.map(([value, label, hint]) => (
          <Choice
            key={value}
            type="radio"
            name="source"
            value={value}
            label={label}
            hint={hint}
            checked={kind === value}
            onChange={() => {
              setKind(value)
              setErrors([])
              forget()
            }}
          />
        ))}
      </Choices>
      {kind === 'flood' && <FloodFields errors={errors} />}
      {kind === 'day' && <DayField />}
      {kind === 'log' && <LogFields errors={errors} />}
      <div className="simulator-sides">
        <SideFields name="first" policy="fcfs" recorded={kind !== 'flood'} />
        <SideFields name="second" policy="kapok" recorded={kind !== 'flood'} />
      </div>
      <p>
        <Button type="submit" kind="primary" busy={busy}>
          {t('开始模拟', 'Simulate')}
        </Button>
      </p>
    </Form>
  )
}

function FloodFields({ errors }: { errors: readonly FieldError[] }) {
  const { t, of } = useWords()
  return (
    <div className="field-pair">
      <TextField
        id="organisations"
        name="organisations"
        inputMode="numeric"
        defaultValue="1000"
        label={t('小单位数', 'Small organisations')}
        error={errorOf('organisations', errors, null, of)}
      />
      <TextField
        id="jobs"
        name="jobs"
        inputMode="numeric"
        defaultValue="10000"
        label={t('一家提交的任务数', 'Jobs of the one')}
        error={errorOf('jobs', errors, null, of)}
      />
      <TextField
        id="seed"
        name="seed"
        inputMode="numeric"
        defaultValue="1"
        label={t('随机种子', 'Seed')}
        error={errorOf('seed', errors, null, of)}
      />
    </div>
  )
}

function DayField() {
  const { t } = useWords()
  const query = useQuery(openDaysQuery)
  const days = query.data?.items ?? []
  if (query.data && days.length === 0) {
    const least = query.data.leastOrganisations
    return (
      <p className="field-hint">
        {t(
          `还没有可公开的一天：当天至少有 ${least} 个单位的任务跑完才公开（示例值，非官方）。可先用另外两种。`,
          `No day is published yet: one needs ended jobs of at least ${least} organisations (an ` +
            'example value). Choose another source for now.',
        )}
      </p>
    )
  }
  return (
    <SelectField name="date" label={t('日期', 'Day')}>
      {days.map(({ date, jobs, organisations }) => (
        <option key={date} value={date}>
          {t(
            `${date}（${count(organisations)} 个单位，${count(jobs)} 个任务）`,
            `${date} (${count(organisations)} organisations, ${count(jobs)} jobs)`,
          )}
        </option>
      ))}
    </SelectField>
  )
}

function LogFields({ errors }: { errors: readonly FieldError[] }) {
  const { t, of } = useWords()
  return (
    <div className="field-pair">
      <TextField
        id="file"
        name="file"
        type="file"
        accept=".swf,.gz,.txt"
        label={t('日志文件', 'Log file')}
        error={errorOf('file', errors, null, of)}
      />
      <TextField
        id="most"
        name="most"
        inputMode="numeric"
        defaultValue="5000"
        label={t('取前多少个任务', 'How many jobs, from the first')}
        error={errorOf('most', errors, null, of)}
      />
    </div>
  )
}

interface SideProps {
  name: 'first' | 'second'
  policy: SideAsked['policy']
  /** Whether what really happened can be chosen. */
  recorded: boolean
}

function SideFields({ name, policy, recorded }: SideProps) {
  const { t, of } = useWords()
  const [chosen, setChosen] = useState(policy)
  const choices = [...queuePolicies].reverse() as SideAsked['policy'][]
  const offered = recorded ? [...choices, 'recorded' as const] : choices
  const shown = offered.includes(chosen) ? chosen : policy
  return (
    <fieldset className="fieldset">
      <legend>{name === 'first' ? t('策略甲', 'Policy A') : t('策略乙', 'Policy B')}</legend>
      <div className="stack">
        <SelectField
          name={name}
          label={t('排队方式', 'Order')}
          hint={of(policyNotes[shown])}
          value={shown}
          onChange={({ target }) => setChosen(target.value as SideAsked['policy'])}
        >
          {offered.map((one) => (
            <option key={one} value={one}>
              {of(policyNames[one])}
            </option>
          ))}
        </SelectField>
        {shown !== 'recorded' && (
          <SelectField
            name={`${name}-most`}
            label={t('每家同时至多用', 'One may use at a time')}
            defaultValue="100"
          >
            {PERCENTS.map((percent) => (
              <option key={percent} value={percent}>
                {percent === 100
                  ? t('不限', 'no limit')
                  : t(`全部的 ${percent}%`, `${percent}% of all`)}
              </option>
            ))}
          </SelectField>
        )}
      </div>
    </fieldset>
  )
}
