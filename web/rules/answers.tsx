// What was told so far, beside the question: each answer with a way to change it.
import type {
  NodeDefinition,
  RuleSetDefinition,
  TypeDefinition,
} from '#engines/rules/definitions.ts'
import { Button } from '../components/button.tsx'
import { Tag } from '../components/card.tsx'
import { decimal } from '../text/format.ts'
import { useWords, type Words } from '../text/text.ts'
import { factsIn, judgementsIn } from './rules.ts'
import type { Answer, Situation } from './situation.ts'

/** An answer as it was given, with its unit. */
export function answerInWords(type: TypeDefinition, value: Answer | number, { t }: Words): string {
  if (typeof value === 'boolean') return value ? t('是', 'Yes') : t('否', 'No')
  const text = String(value)
  if (type.kind !== 'number') return t(text, text)
  const number = decimal(text)
  if (type.unit === '%') return `${number}%`
  return type.unit ? `${number} ${type.unit}` : number
}

interface AnswersProps {
  definition: RuleSetDefinition
  situation: Situation
  /** Facts that could be anything else without changing an outcome; null while outcomes are open. */
  idle: ReadonlySet<string> | null
  /** Where an answer comes from that nobody gave here. */
  origins?: Readonly<Record<string, string>>
  change: (name: string) => void
  assume: (name: string, value: Answer | null) => void
}

type Asked = Extract<NodeDefinition, { kind: 'fact' | 'judgement' }>

export function Answers({ definition, situation, idle, origins, change, assume }: AnswersProps) {
  const words = useWords()
  const { t } = words
  const { answers, skipped, assumed } = situation
  const facts = factsIn(definition)
  const known = facts.filter(({ name }) => Object.hasOwn(answers, name))
  const open = facts.filter(({ name }) => skipped.includes(name))
  const supposed = judgementsIn(definition).filter(({ name }) => Object.hasOwn(assumed, name))
  if (known.length + open.length + supposed.length === 0) {
    return (
      <p className="muted">
        {t(
          '还没有回答。每答一项会列在这里，随时可以改。',
          'Nothing yet. Each answer is listed here and can be changed.',
        )}
      </p>
    )
  }
  const row = (one: Asked, value: string, note: string | null, tag: string | null) => (
    <li key={one.name} className="answer">
      <div>
        <p className="small muted">{t(one.name, one.name)}</p>
        <p>
          <strong>{value}</strong> {tag && <Tag tone="wait">{tag}</Tag>}
        </p>
        {note && <p className="tiny muted">{note}</p>}
      </div>
      <Button
        small
        kind="quiet"
        aria-label={t(`修改：${one.name}`, `Change: ${one.name}`)}
        onClick={() => (one.kind === 'fact' ? change(one.name) : assume(one.name, null))}
      >
        {one.kind === 'fact' ? t('修改', 'Change') : t('取消假设', 'Undo')}
      </Button>
    </li>
  )
  return (
    <ul className="answers">
      {known.map((one) =>
        row(
          one,
          answerInWords(one.type, answers[one.name]!, words),
          origins?.[one.name] ??
            (idle?.has(one.name)
              ? t('单改这一项，结果不变', 'Changing this alone changes nothing')
              : null),
          null,
        ),
      )}
      {supposed.map((one) =>
        row(one, answerInWords(one.type, assumed[one.name]!, words), null, t('假设', 'assumed')),
      )}
      {open.map((one) => row(one, t('不知道', 'Not known'), null, null))}
    </ul>
  )
}
