// What would change an outcome, each fact by itself.
import { useState } from 'react'
import type { Evaluation } from '#engines/rules/evaluation.ts'
import { Open } from '#engines/rules/types.ts'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { useWords } from '../text/text.ts'
import { type Alternative, alternativesOf } from './alternatives.ts'
import { outcomeTitle } from './outcomes.tsx'

const FEW = 6

export function Changes({ evaluation }: { evaluation: Evaluation }) {
  const { t } = useWords()
  const [all, setAll] = useState(false)
  const known = [...evaluation.outcomes().values()].some((one) => !(one instanceof Open))
  const found = known ? alternativesOf(evaluation) : []
  const shown = all ? found : found.slice(0, FEW)
  return (
    <Card title={t('什么会改变结果', 'What would change it')}>
      <div className="stack">
        {!known && (
          <p className="muted">
            {t(
              '有了结果后，这里列出改变哪一项会得到别的结果。',
              'Once there is a result, this tells which answer would change it.',
            )}
          </p>
        )}
        {known && found.length === 0 && (
          <p>
            {t(
              '单独改变任何一项，都不会改变已得出的结果。',
              'No answer changes what is known by itself.',
            )}
          </p>
        )}
        {shown.length > 0 && (
          <ul className="alternatives">
            {shown.map((one) => (
              <Line key={one.fact + one.instead.zh} one={one} />
            ))}
          </ul>
        )}
        {found.length > shown.length && (
          <Button small onClick={() => setAll(true)}>
            {t(`再看 ${found.length - shown.length} 项`, `${found.length - shown.length} more`)}
          </Button>
        )}
        {known && (
          <p className="muted tiny">
            {t(
              '逐项单独试过：是否、选项，以及规则里写明的数值界线；日期和几项一起变的没有试。',
              'Tried one by one: yes or no, choices, and the bounds that the rules name; not days, and not several at once.',
            )}
          </p>
        )}
      </div>
    </Card>
  )
}

function Line({ one }: { one: Alternative }) {
  const { t, of } = useWords()
  return (
    <li>
      <p>
        {t(`“${one.fact}”改为 `, `${one.fact} changed to `)}
        <strong>{of(one.instead)}</strong>
        <span className="muted small">{t(`（现为 ${one.now.zh}）`, ` (now ${one.now.en})`)}</span>
      </p>
      <ul className="small">
        {one.changes.map((change) => (
          <li key={change.outcome}>
            <span aria-hidden="true">→ </span>
            {t(outcomeTitle(change.outcome), outcomeTitle(change.outcome))}
            {t('：', ': ')}
            <span className="muted">{of(change.before)}</span> {t('变为', 'becomes')}{' '}
            <strong>{of(change.after)}</strong>
          </li>
        ))}
      </ul>
    </li>
  )
}
