// The questions of registering an organisation: how each is asked, read, checked and shown.
import type { ReactNode } from 'react'
import type { z } from 'zod'
import { checkCreditCode, normaliseCreditCode } from '#engines/credit-code/credit-code.ts'
import type {
  organisationClasses,
  organisationSizes,
  registerOrganisation,
} from '#services/identity/contract.ts'
import { Choice, Choices, TextField } from '../components/field.tsx'
import { useWords } from '../text/text.ts'
import { AreaField, useAreaName } from './area.tsx'
import { classNames, sizeNames } from './words.ts'

type Body = z.input<typeof registerOrganisation>
type Class = (typeof organisationClasses)[number]
type Size = (typeof organisationSizes)[number]

export interface Answers {
  creditCode: string
  name: string
  class: string
  size: string
  area: string
  foundedOn: string
  representative: string
  /** All questions were answered once: a change leads back to the check. */
  done: boolean
}

export const emptyAnswers: Answers = {
  creditCode: '',
  name: '',
  class: '',
  size: '',
  area: '',
  foundedOn: '',
  representative: '',
  done: false,
}

type QuestionName = Exclude<keyof Answers, 'done'>

export interface Question {
  name: QuestionName
  title: string
  field: (answers: Answers, error: string | undefined) => ReactNode
  read: (data: FormData) => Partial<Answers>
  /** The reason why an answer cannot stand, or null. */
  check: (given: Partial<Answers>) => string | null
  shown: (answers: Answers) => string
}

/** The answers as the server takes them. */
export function bodyOf(answers: Answers): Body {
  return {
    creditCode: answers.creditCode,
    name: answers.name,
    class: answers.class as Class,
    size: answers.size === 'unknown' ? null : (answers.size as Size),
    area: answers.area,
    foundedOn: answers.foundedOn,
    legalRepresentative: { person: answers.representative },
    controller: null,
  }
}

interface TextQuestion {
  name: QuestionName
  title: string
  hint?: string
  missing: string
  type?: 'date'
}

function textQuestion({ name, title, hint, missing, type }: TextQuestion): Question {
  return {
    name,
    title,
    field: (answers, error) => (
      <TextField
        id={name}
        name={name}
        type={type ?? 'text'}
        label={title}
        hint={hint}
        maxLength={200}
        spellCheck={false}
        defaultValue={String(answers[name])}
        error={error}
      />
    ),
    read: (data) => ({ [name]: String(data.get(name) ?? '').trim() }),
    check: (given) => (given[name] ? null : missing),
    shown: (answers) => String(answers[name]),
  }
}

export function useQuestions(): readonly Question[] {
  const { t } = useWords()
  return [
    useCreditCodeQuestion(),
    textQuestion({
      name: 'name',
      title: t('单位名称', 'Name of the organisation'),
      hint: t('与营业执照一致。', 'As on the licence.'),
      missing: t('请填写名称', 'Enter the name'),
    }),
    useClassQuestion(),
    useSizeQuestion(),
    useAreaQuestion(),
    textQuestion({
      name: 'foundedOn',
      title: t('成立日期', 'Date founded'),
      type: 'date',
      missing: t('请选择日期', 'Choose the date'),
    }),
    textQuestion({
      name: 'representative',
      title: t('法定代表人姓名', 'Name of the legal representative'),
      hint: t(
        '只给本单位成员看，用于核对关联方。',
        'Seen by your own people only; used to tell related parties.',
      ),
      missing: t('请填写姓名', 'Enter the name'),
    }),
  ]
}

function useCreditCodeQuestion(): Question {
  const { t } = useWords()
  const asked = textQuestion({
    name: 'creditCode',
    title: t('统一社会信用代码', 'Unified social credit code'),
    hint: t('18 位，见营业执照。', '18 characters, on the licence.'),
    missing: t('请填写代码', 'Enter the code'),
  })
  const check = (given: Partial<Answers>): string | null => {
    const found = checkCreditCode(given.creditCode ?? '')
    if (found.ok) return null
    if (found.fault === 'length') {
      return t(`应为 18 位，现为 ${found.length} 位`, `It has 18 characters, not ${found.length}`)
    }
    const { position } = found.fault === 'check' ? found.wrong[0] : found
    return found.fault === 'check'
      ? t(
          `第 ${position} 位与其余各位不符，请核对`,
          `Character ${position} does not fit the others`,
        )
      : t(`第 ${position} 位不是代码可用的字符`, `Character ${position} is not used in such codes`)
  }
  return {
    ...asked,
    read: (data) => ({ creditCode: normaliseCreditCode(String(data.get('creditCode') ?? '')) }),
    check: (given) => (given.creditCode ? check(given) : asked.check(given)),
  }
}

interface ChoiceQuestion {
  name: QuestionName
  title: string
  hint?: string
  choices: readonly (readonly [value: string, name: string])[]
  missing: string
}

function choiceQuestion({ name, title, hint, choices, missing }: ChoiceQuestion): Question {
  return {
    name,
    title,
    field: (answers, error) => (
      <Choices legend={title} hint={hint} error={error}>
        {choices.map(([value, label], at) => (
          <Choice
            key={value}
            id={at === 0 ? name : undefined}
            type="radio"
            name={name}
            value={value}
            defaultChecked={answers[name] === value}
            label={label}
          />
        ))}
      </Choices>
    ),
    read: (data) => ({ [name]: String(data.get(name) ?? '') }),
    check: (given) => (given[name] ? null : missing),
    shown: (answers) => choices.find(([value]) => value === answers[name])?.[1] ?? '',
  }
}

function useClassQuestion(): Question {
  const { t, of } = useWords()
  return choiceQuestion({
    name: 'class',
    title: t('单位类型', 'Kind of organisation'),
    choices: Object.entries(classNames).map(([value, name]) => [value, of(name)]),
    missing: t('请选择一项', 'Choose one'),
  })
}

function useSizeQuestion(): Question {
  const { t, of } = useWords()
  return choiceQuestion({
    name: 'size',
    title: t('企业规模', 'Size'),
    hint: t(
      '影响可领的算力券。不清楚时可以以后补充。',
      'Matters for vouchers; can be added later.',
    ),
    choices: [
      ...Object.entries(sizeNames).map(([value, name]) => [value, of(name)] as const),
      ['unknown', t('不清楚，或不是企业', 'Unknown, or no enterprise')],
    ],
    missing: t('请选择一项', 'Choose one'),
  })
}

function useAreaQuestion(): Question {
  const { t } = useWords()
  const areaName = useAreaName()
  const title = t('所在地', 'Area')
  return {
    name: 'area',
    title,
    field: (answers, error) => (
      <AreaField
        label={title}
        hint={t('选到区县。', 'Down to the county or district.')}
        chosen={answers.area}
        error={error}
      />
    ),
    read: (data) => ({ area: String(data.get('area') ?? '') }),
    check: (given) => (given.area ? null : t('请选择所在地', 'Choose the area')),
    shown: (answers) => areaName(answers.area),
  }
}
