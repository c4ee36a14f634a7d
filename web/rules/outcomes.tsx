// What a rule set comes to: each outcome in large type, what it still hangs on, what is left to a person.
import type { JudgementDefinition } from '#engines/rules/definitions.ts'
import type { Evaluation } from '#engines/rules/evaluation.ts'
import { sayValue } from '#engines/rules/say.ts'
import { Open, truthOf } from '#engines/rules/types.ts'
import { Tag } from '../components/card.tsx'
import { useWords, type Words } from '../text/text.ts'
import { answerInWords } from './answers.tsx'
import { supposing } from './interview.ts'
import type { Answer } from './situation.ts'

/** The sign of a yes or no, for those who do not see colours. */
export function Sign({ truth }: { truth: 'true' | 'false' | 'unknown' | 'judgement' | 'fault' }) {
  const { t } = useWords()
  const signs = {
    true: ['✓', t('成立', 'holds')],
    false: ['✗', t('不成立', 'fails')],
    unknown: ['?', t('还不知道', 'not known')],
    judgement: ['⚖', t('待人判断', 'for a person to judge')],
    fault: ['!', t('算不出', 'cannot be worked out')],
  } as const
  const [sign, words] = signs[truth]
  return (
    <span className={`sign sign-${truth}`}>
      <span aria-hidden="true">{sign}</span>
      <span className="visually-hidden">{words}</span>
    </span>
  )
}

/** So many names tell enough of what is open. */
const MOST_NAMED = 4

interface OutcomeValueProps {
  evaluation: Evaluation
  name: string
  /** Also on what it hangs. */
  detail: boolean
}

function OutcomeValue({ evaluation, name, detail }: OutcomeValueProps) {
  const { t, of } = useWords()
  const value = evaluation.value(name)
  const type = evaluation.set.types.get(name)!
  if (!(value instanceof Open)) {
    const words = of(sayValue(value, type)) || t('无', 'none')
    return (
      <p className="outcome-value">
        {type.kind === 'boolean' && <Sign truth={truthOf(value)} />} {words}
      </p>
    )
  }
  const truth = truthOf(value)
  const words = {
    unknown: t('还不清楚', 'Not clear yet'),
    judgement: t('待人判断', 'For a person to judge'),
    fault: t('算不出', 'Cannot be worked out'),
  }
  const names = [...value.facts, ...value.judgements]
  const named = names.slice(0, MOST_NAMED).join('、')
  const more = names.length > MOST_NAMED
  return (
    <>
      <p className="outcome-value outcome-open">{words[truth as keyof typeof words]}</p>
      <p className="muted small" hidden={!detail && truth !== 'fault'}>
        {truth === 'fault'
          ? [...value.faults].join('；')
          : t(
              `取决于：${named}${more ? `等 ${names.length} 项` : ''}`,
              `Hangs on: ${named}${more ? `, ${names.length} in all` : ''}`,
            )}
      </p>
    </>
  )
}

/** All outcomes of a set, the first of them the largest. */
export function Outcomes({ evaluation }: { evaluation: Evaluation }) {
  const { t } = useWords()
  const names = evaluation.set.definition.outcomes
  return (
    <dl className="outcomes">
      {names.map((name, nth) => (
        <div key={name} className="outcome">
          <dt>{t(outcomeTitle(name), outcomeTitle(name))}</dt>
          <dd>
            <OutcomeValue
              evaluation={evaluation}
              name={name}
              detail={nth === 0 || names.length <= MOST_NAMED}
            />
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** 分派.牵头 is one of several that a table gives: 分派 · 牵头. */
export const outcomeTitle = (name: string): string => name.replace('.', ' · ')

/** The outcomes in one sentence, for whoever hears the page. */
export function outcomesInWords(evaluation: Evaluation, { of, t }: Words): string {
  const { definition, types } = evaluation.set
  const parts = definition.outcomes.map((name) => {
    const value = evaluation.value(name)
    const open = t('还不清楚', 'not clear yet')
    const words = value instanceof Open ? open : of(sayValue(value, types.get(name)!))
    return `${outcomeTitle(name)}${t('：', ': ')}${words}`
  })
  return parts.join(t('；', '; '))
}

interface JudgementsProps {
  judgements: readonly JudgementDefinition[]
  evaluation: Evaluation
  assume: (name: string, value: Answer | null) => void
}

const choicesOf = ({ type }: JudgementDefinition): readonly Answer[] =>
  type.kind === 'boolean' ? [true, false] : type.kind === 'text' ? (type.values ?? []) : []

/** Questions that no computer answers: whose they are, and what would follow either way. */
export function Judgements({ judgements, evaluation, assume }: JudgementsProps) {
  const words = useWords()
  const { t, of } = words
  return (
    <ul className="stack stack-loose">
      {judgements.map((one) => (
        <li key={one.name} className="judgement">
          <p className="row">
            <Tag tone="wait">{t('待人判断', 'For a person to judge')}</Tag>
            <strong>{t(one.name, one.name)}</strong>
          </p>
          <p>{of(one.ask)}</p>
          <p className="muted small">
            {t('由谁判断：', 'Who judges: ')}
            {of(one.by)}
          </p>
          <ul className="judgement-ways">
            {choicesOf(one).map((value) => (
              <Way
                key={String(value)}
                title={answerInWords(one.type, value, words)}
                evaluation={supposing(evaluation, one.name, value)}
                name={one.name}
                take={() => assume(one.name, value)}
              />
            ))}
          </ul>
        </li>
      ))}
    </ul>
  )
}

interface WayProps {
  title: string
  evaluation: Evaluation
  name: string
  take: () => void
}

function Way({ title, evaluation, name, take }: WayProps) {
  const words = useWords()
  const { t } = words
  return (
    <li>
      <button
        type="button"
        className="button"
        aria-label={t(`假设${name}：${title}`, `Assume ${name}: ${title}`)}
        onClick={take}
      >
        {t(`假设：${title}`, `Assume: ${title}`)}
      </button>
      <p className="small">
        {t('则 ', 'Then ')}
        {outcomesInWords(evaluation, words)}
      </p>
    </li>
  )
}
