// A number of law in words, and how sure it is.
import type { ParametersReply } from '#services/regulation/contract.ts'
import { Tag, type Tone } from '../components/card.tsx'
import { count, decimal } from '../text/format.ts'
import { useWords, type Words } from '../text/text.ts'

type Value = ParametersReply['documents'][number]['parameters'][number]['values'][number]
export type Certainty = Value['certainty']

/** A value in its unit: ¥2,000,000 or 30 % or 90 days. */
export function numberInWords(unit: string, value: string | number, { t }: Words): string {
  const units: Record<string, string> = {
    count: '',
    byte: t('字节', 'bytes'),
    second: t('秒', 's'),
    minute: t('分钟', 'min'),
    hour: t('小时', 'h'),
    day: t('天', 'days'),
    month: t('个月', 'months'),
  }
  if (unit === 'CNY') return `¥${decimal(String(value))}`
  if (unit === 'bp') return `${Number(value) / 100}%`
  return `${count(Number(value))} ${units[unit] ?? unit}`.trim()
}

const tones: Record<Certainty, Tone> = {
  official: 'good',
  secondary: 'info',
  memory: 'wait',
  example: 'none',
}

export function CertaintyTag({ certainty }: { certainty: Certainty }) {
  const { t } = useWords()
  const names: Record<Certainty, string> = {
    official: t('官方文本', 'official text'),
    secondary: t('转引', 'second hand'),
    memory: t('未核对', 'not checked'),
    example: t('示例值（非官方）', 'example, not official'),
  }
  return <Tag tone={tones[certainty]}>{names[certainty]}</Tag>
}
