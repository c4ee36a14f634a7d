// One benefit and where somebody stands towards it: granted how much, what fails, or what is not known.
import { Link } from '@tanstack/react-router'
import type { RuleSet } from '#engines/rules/link.ts'
import type { Failing, Standing } from '#engines/rules/standing.ts'
import { type Text, useWords } from '../text/text.ts'
import { judgementsIn } from './rules.ts'
import { type Answer, addressOf } from './situation.ts'

export const STATES = ['entitled', 'nearly', 'open', 'not'] as const
type State = Standing['state']

export const stateTitle: Record<State, Text> = {
  entitled: { zh: '符合', en: 'Entitled' },
  nearly: { zh: '只差一项', en: 'One condition short' },
  open: { zh: '还不清楚', en: 'Not clear yet' },
  not: { zh: '不符合', en: 'Not entitled' },
}

interface BenefitRowProps {
  set: RuleSet
  standing: Standing
  /** What is known for this set, to take along to its checker. */
  told: Readonly<Record<string, Answer>>
}

export function BenefitRow({ set, standing, told }: BenefitRowProps) {
  const { t, of } = useWords()
  const { id, title } = set.definition
  const { state, amount } = standing
  return (
    <li className="item">
      <div className="stack">
        <h3 className="item-title">{of(title)}</h3>
        {state === 'entitled' && amount && (
          <p>
            {t('至多 ', 'At most ')}
            <strong className="benefit-amount">{of(amount)}</strong>
          </p>
        )}
        {standing.failing.length > 0 && <FailingList failing={standing.failing} />}
        {state === 'open' && <OpenWords set={set} standing={standing} />}
        <p className="small">
          <Link to="/rules/$set" params={{ set: id }} hash={addressOf(told)}>
            {state === 'open'
              ? t(`带着已知的去算：${title.zh}`, `Go on with what is known: ${title.en}`)
              : t(`看为什么：${title.zh}`, `See why: ${title.en}`)}
          </Link>
        </p>
      </div>
    </li>
  )
}

function FailingList({ failing }: { failing: readonly Failing[] }) {
  const { t, of } = useWords()
  return (
    <ul className="conditions">
      {failing.map(({ says, found }) => (
        <li key={says.zh}>
          <span className="sign sign-false" aria-hidden="true">
            ✗
          </span>{' '}
          {t('须满足：', 'Needed: ')}
          {of(says)}
          {found && (
            <span className="muted">
              {t('（实为 ', ' (found: ')}
              {of(found)}
              {t('）', ')')}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

const MOST_NAMED = 6

function OpenWords({ set, standing }: { set: RuleSet; standing: Standing }) {
  const { t, of } = useWords()
  const { facts, judgements } = standing
  const named = facts.slice(0, MOST_NAMED).join('、')
  const rest = facts.length > MOST_NAMED
  const left = judgementsIn(set.definition).filter(({ name }) => judgements.includes(name))
  return (
    <>
      {facts.length > 0 && (
        <p className="small">
          {t(
            `还要知道：${named}${rest ? `等，至多 ${facts.length} 项` : ''}`,
            `Still to be known: ${named}${rest ? ` and others, ${facts.length} at most` : ''}`,
          )}
        </p>
      )}
      {facts.length === 0 &&
        left.map(({ name, by }) => (
          <p key={name} className="small">
            {t(`待人判断：${name}；由谁判断：`, `For a person to judge: ${name}, by `)}
            {of(by)}
          </p>
        ))}
    </>
  )
}
