// What is being filled in to submit a job, and the exact request that it makes.
import type { FieldError } from '../components/form.tsx'
import { dateTime } from '../text/format.ts'
import type { Change, Program, Spec } from './compute.ts'

/** Everything as text, the way it stands in the fields. */
export interface Draft {
  name: string
  /** 'bundled:<id>', 'dataset:<id>' or nothing yet. */
  program: string
  purpose: Spec['purpose']
  /** One argument a line. */
  command: string
  /** NAME=value, one a line. */
  environment: string
  inputs: readonly DraftInput[]
  tasks: string
  cards: string
  chipClasses: readonly string[]
  clusters: readonly string[]
  limitMinutes: string
  expectedMinutes: string
  /** Date and time in Asia/Shanghai as a field of type datetime-local has it. */
  deadline: string
  preemptible: boolean
  priority: Spec['priority']
  budgetId: string
  vouchers: boolean
}

export interface DraftInput {
  name: string
  /** 'dataset:<id>', 'workload:<id>' or nothing. */
  from: string
  required: boolean
}

type T = (zh: string, en: string) => string

export const emptyDraft: Draft = {
  name: '',
  program: '',
  purpose: 'other',
  command: '',
  environment: '',
  inputs: [],
  tasks: '1',
  cards: '1',
  chipClasses: [],
  clusters: [],
  limitMinutes: '10',
  expectedMinutes: '',
  deadline: '',
  preemptible: false,
  priority: 'normal',
  budgetId: '',
  vouchers: true,
}

/** Seconds as minutes with at most two decimals. */
function minutesOf(seconds: number): string {
  return String(Math.round((seconds / 60) * 100) / 100)
}

const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '')

/** The draft with a ready-made program chosen: its size, its times and what it reads. */
export function withProgram(draft: Draft, program: Program, name: string): Draft {
  return {
    ...draft,
    name: draft.name || name,
    program: `bundled:${program.id}`,
    purpose: program.purpose,
    command: program.command.join('\n'),
    cards: String(program.resources.milli / 1000),
    limitMinutes: minutesOf(program.resources.limitSeconds),
    expectedMinutes: minutesOf(program.resources.expectedSeconds),
    inputs: program.inputs.map((input) => ({
      name: input.name,
      required: input.required,
      from: draft.inputs.find((had) => had.name === input.name)?.from ?? '',
    })),
  }
}

/** The draft with a program of one's own: what the ready-made one said of itself goes. */
export function withOwnProgram(draft: Draft, program: string): Draft {
  return {
    ...draft,
    program,
    command: '',
    expectedMinutes: '',
    inputs: draft.inputs
      .filter(({ from }) => from !== '')
      .map((input) => ({ ...input, required: false })),
  }
}

const refOf = (from: Spec['inputs'][number]['from']) =>
  'dataset' in from ? `dataset:${from.dataset}` : `workload:${from.workload}`

/** The draft of a job that was submitted before; a deadline that has passed is left out. */
export function draftOf(spec: Spec, now: Date): Draft {
  const deadline = spec.deadline && new Date(spec.deadline) > now ? spec.deadline : null
  return {
    name: spec.name,
    program:
      'bundled' in spec.program
        ? `bundled:${spec.program.bundled}`
        : `dataset:${spec.program.dataset}`,
    purpose: spec.purpose,
    command: spec.command.join('\n'),
    environment: Object.entries(spec.environment)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
    inputs: spec.inputs.map(({ name, from }) => ({ name, from: refOf(from), required: false })),
    tasks: String(spec.gang.count),
    cards: String(spec.gang.milli / 1000),
    chipClasses: spec.chipClasses,
    clusters: spec.clusters,
    limitMinutes: minutesOf(spec.limitSeconds),
    expectedMinutes: spec.expectedSeconds === null ? '' : minutesOf(spec.expectedSeconds),
    deadline: deadline ? dateTime(new Date(deadline)).replace(' ', 'T') : '',
    preemptible: spec.preemptible,
    priority: spec.priority,
    budgetId: spec.budgetId ?? '',
    vouchers: spec.vouchers,
  }
}

/** What a suggested change makes of the fields that it touches. */
export function changedFields(change: Change['change']): Partial<Draft> {
  const { gang, limitSeconds, clusters, chipClasses, deadline, vouchers } = change
  return {
    ...(gang && { tasks: String(gang.count), cards: String(gang.milli / 1000) }),
    ...(limitSeconds !== undefined && { limitMinutes: minutesOf(limitSeconds) }),
    ...(clusters && { clusters }),
    ...(chipClasses && { chipClasses }),
    ...(deadline === null && { deadline: '' }),
    ...(vouchers !== undefined && { vouchers }),
  }
}

/** A positive decimal number, or null. */
function positive(text: string): number | null {
  const plain = text.trim()
  if (!/^\d{1,7}(\.\d{1,3})?$/.test(plain)) return null
  const value = Number(plain)
  return value > 0 ? value : null
}

/** Thousandths of a card; a part of one card, or whole cards. */
function milliFrom(text: string): number | null {
  const cards = positive(text)
  if (cards === null || cards < 0.01 || cards > 64) return null
  if (cards > 1 && !Number.isInteger(cards)) return null
  return Math.round(cards * 1000)
}

function secondsFrom(text: string): number | null {
  const minutes = positive(text)
  if (minutes === null) return null
  const seconds = Math.round(minutes * 60)
  return seconds >= 1 && seconds <= 2_592_000 ? seconds : null
}

function programFrom(program: string): Spec['program'] | null {
  const [kind, id] = program.split(/:(.*)/)
  if (!id) return null
  return kind === 'bundled' ? { bundled: id } : { dataset: id }
}

function inputFrom({ name, from }: DraftInput): Spec['inputs'][number] {
  const [kind, id = ''] = from.split(/:(.*)/)
  return { name: name.trim(), from: kind === 'dataset' ? { dataset: id } : { workload: id } }
}

/** NAME=value lines; null where a line is no such thing. */
function environmentFrom(text: string): Record<string, string> | null {
  const pairs = lines(text).map((line) => /^([A-Z][A-Z0-9_]{0,63})=(.*)$/.exec(line.trim()))
  if (pairs.some((pair) => pair === null)) return null
  return Object.fromEntries(pairs.map((pair) => [pair![1]!, pair![2]!]))
}

/** What is wrong with the inputs, as the message of the one field group. */
function wrongInputs(inputs: readonly DraftInput[], t: T): string | null {
  const used = inputs.filter(({ from, name }) => from !== '' || name.trim() !== '')
  const missing = inputs.find(({ required, from }) => required && from === '')
  if (missing) {
    return t(`请为“${missing.name}”选择数据`, `Choose the data for “${missing.name}”`)
  }
  if (used.some(({ name, from }) => from !== '' && !/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))) {
    return t(
      '输入名称由小写字母、数字和横线组成',
      'Names of inputs are small letters, digits and dashes',
    )
  }
  const names = used.filter(({ from }) => from !== '').map(({ name }) => name)
  if (new Set(names).size < names.length) {
    return t('输入名称不能重复', 'Each input needs a name of its own')
  }
  return null
}

export interface Request {
  spec: Spec | null
  errors: FieldError[]
}

/** Collects what is wrong while a request is put together. */
type Need = <V>(value: V | null, field: string, zh: string, en: string) => V

function gangFrom(draft: Draft, need: Need): Spec['gang'] {
  const tasks = positive(draft.tasks)
  return {
    count: need(
      tasks !== null && Number.isInteger(tasks) && tasks <= 4096 ? tasks : null,
      'tasks',
      '同时运行的份数为 1 至 4096 的整数',
      'How many run together is a whole number from 1 to 4096',
    ),
    milli: need(
      milliFrom(draft.cards),
      'cards',
      '卡数为 0.01 至 1，或 1 至 64 的整数',
      'Cards: from 0.01 to 1, or a whole number up to 64',
    ),
  }
}

function timesFrom(draft: Draft, need: Need) {
  const limitSeconds = need(
    secondsFrom(draft.limitMinutes),
    'limitMinutes',
    '时间上限为正数，单位分钟，至多 30 天',
    'The limit is a positive number of minutes, 30 days at most',
  )
  const expectedSeconds =
    draft.expectedMinutes.trim() === ''
      ? null
      : need(
          secondsFrom(draft.expectedMinutes),
          'expectedMinutes',
          '预计用时为正数，单位分钟',
          'The expected time is a positive number of minutes',
        )
  const at = new Date(`${draft.deadline}:00+08:00`)
  const deadline =
    draft.deadline === ''
      ? null
      : need(
          Number.isNaN(at.getTime()) ? null : at.toISOString(),
          'deadline',
          '请选择完整的日期和时间',
          'Choose a whole date and time',
        )
  return { limitSeconds, expectedSeconds, deadline }
}

/** What runs: the program with its command, its environment and what it reads. */
function programPart(draft: Draft, need: Need, t: T) {
  const own = draft.program.startsWith('dataset:')
  const command = lines(draft.command).map((line) => line.trim())
  need(
    own && command.length === 0 ? null : command,
    'command',
    '请填写启动命令',
    'Enter the command',
  )
  const wrong = wrongInputs(draft.inputs, t)
  if (wrong) need(null, 'inputs', wrong, wrong)
  return {
    name: need(draft.name.trim() || null, 'name', '请填写任务名称', 'Enter a name'),
    program: need(programFrom(draft.program), 'program', '请选择程序', 'Choose a program'),
    command,
    environment: need(
      environmentFrom(draft.environment),
      'environment',
      '环境变量每行一个，形如 NAME=值，名称为大写字母、数字和下划线',
      'One NAME=value a line; names are capitals, digits and underscores',
    ),
    inputs: draft.inputs.filter(({ from }) => from !== '').map(inputFrom),
  }
}

/** The request that a draft makes, or what has to be corrected first. */
export function requestOf(draft: Draft, t: T): Request {
  const errors: FieldError[] = []
  const need: Need = (value, field, zh, en) => {
    if (value === null) errors.push({ field, message: t(zh, en) })
    return value as NonNullable<typeof value>
  }
  const spec: Spec = {
    ...programPart(draft, need, t),
    ...timesFrom(draft, need),
    gang: gangFrom(draft, need),
    purpose: draft.purpose,
    chipClasses: [...draft.chipClasses],
    clusters: [...draft.clusters],
    preemptible: draft.preemptible,
    priority: draft.priority,
    budgetId: draft.budgetId || null,
    vouchers: draft.vouchers,
  }
  return errors.length > 0 ? { spec: null, errors } : { spec, errors }
}
