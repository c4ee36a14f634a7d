// The card that asks: the question, how far it is, and what is left once nothing more can be asked.
import { useEffect, useRef } from 'react'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { useWords } from '../text/text.ts'
import type { Interview } from './interview.ts'
import { Judgements } from './outcomes.tsx'
import { Question } from './question.tsx'
import { answered, assume, keptAsIs, NOTHING_TOLD, reopened, type Situation } from './situation.ts'

interface AskCardProps {
  interview: Interview
  situation: Situation
  /** Whether somebody answered here: then the focus follows the questions. */
  begun: boolean
  tell: (next: Situation) => void
}

export function AskCard({ interview, situation, begun, tell }: AskCardProps) {
  const { t } = useWords()
  const told = Object.keys(situation.answers).length
  const group = interview.group.map(({ name }) => name)
  return (
    <Card
      className={interview.done ? 'checker-ask checker-done' : 'checker-ask'}
      title={interview.done ? t('问完了', 'Nothing more to ask') : t('请回答', 'Please answer')}
      aside={
        (told > 0 || situation.skipped.length > 0) && (
          <Button small kind="quiet" onClick={() => tell(NOTHING_TOLD)}>
            {t('重新开始', 'Start again')}
          </Button>
        )
      }
    >
      {interview.done ? (
        <Done interview={interview} situation={situation} moveFocus={begun} tell={tell} />
      ) : (
        <Question
          key={group.join()}
          group={interview.group}
          known={situation.answers}
          moveFocus={begun}
          onAnswer={(given) => tell(answered(situation, group, given))}
          onKeep={situation.again === null ? undefined : () => tell(keptAsIs(situation))}
        />
      )}
      <Progress interview={interview} told={told} />
    </Card>
  )
}

/** In words: how many are left nobody knows before they are answered. */
function Progress({ interview, told }: { interview: Interview; told: number }) {
  const { t } = useWords()
  const { soon, most, done } = interview
  if (done) return null
  const most_ = Math.max(most, 1)
  return (
    <p className="muted small question-progress">
      {t(`已答 ${told} 项，最多还有 ${most_} 项；`, `${told} answered, ${most_} more at most. `)}
      {soon.length > 0
        ? t(
            `接下来可能问：${soon.slice(0, 3).join('、')}。`,
            `Next perhaps: ${soon.slice(0, 3).join(', ')}.`,
          )
        : t('答完这一项可能就有结果。', 'This one may settle it.')}
    </p>
  )
}

interface DoneProps {
  interview: Interview
  situation: Situation
  moveFocus: boolean
  tell: (next: Situation) => void
}

function Done({ interview, situation, moveFocus, tell }: DoneProps) {
  const { t } = useWords()
  const place = useRef<HTMLHeadingElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end of the questions is the occasion
  useEffect(() => {
    if (moveFocus) place.current?.focus()
  }, [])
  const { missing, judgements, evaluation } = interview
  return (
    <div className="stack stack-loose">
      <h3 ref={place} tabIndex={-1} data-quiet-focus className="question-text">
        {missing.length > 0
          ? t('跳过的几项没有答，结果还不清楚', 'What was skipped leaves it open')
          : judgements.length > 0
            ? t('剩下的要由人来判断', 'What is left is for a person to judge')
            : t('不用再答，结果已经清楚', 'That is enough: the result is clear')}
      </h3>
      {missing.length > 0 && (
        <ul className="row">
          {missing.map((name) => (
            <li key={name}>
              <Button small onClick={() => tell(reopened(situation, name))}>
                {t(`补答：${name}`, `Answer: ${name}`)}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {judgements.length > 0 && (
        <Judgements
          judgements={judgements}
          evaluation={evaluation}
          assume={(name, value) => tell(assume(situation, name, value))}
        />
      )}
      {missing.length === 0 && judgements.length === 0 && (
        <p className="muted">
          {t(
            '没有问到的事实不影响结果。可以修改任何一项回答，看结果怎样变。',
            'Facts that were not asked for do not matter. Change any answer to see what follows.',
          )}
        </p>
      )}
    </div>
  )
}
