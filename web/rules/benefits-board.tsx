// The benefits in four heaps, the question that would tell more, and what is known: all on one board.
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { RuleSetDefinition } from '#engines/rules/definitions.ts'
import type { Standing } from '#engines/rules/standing.ts'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { PathLink } from '../components/path-link.tsx'
import { useWords } from '../text/text.ts'
import { type Overview, overviewOf, type Sheet, situationFor } from './all-benefits.ts'
import { Answers } from './answers.tsx'
import { BenefitRow, STATES, stateTitle } from './benefit-row.tsx'
import { originOf } from './origins.ts'
import { Question } from './question.tsx'
import {
  type Answer,
  answered,
  keptAsIs,
  NOTHING_TOLD,
  reopened,
  type Situation,
} from './situation.ts'
import { useTold } from './use-situation.ts'

const route = getRouteApi('/benefits')

interface BenefitsBoardProps {
  sheet: Sheet
  on: string
  /** What the platform holds. */
  known: Readonly<Record<string, Answer>>
  /** Where the organisation stands as the server has it; null for a visitor. */
  told: ReadonlyMap<string, Standing> | null
}

export function BenefitsBoard({ sheet, on, known, told }: BenefitsBoardProps) {
  const { t, of } = useWords()
  const navigate = route.useNavigate()
  const { situation, begun } = useTold(sheet.asked, known)
  const overview = useMemo(() => overviewOf(sheet, situation, on), [sheet, situation, on])
  const tell = (next: Situation) =>
    void navigate({ search: {}, hash: '', state: { situation: next }, resetScroll: false })
  const origins = Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) => {
      const same = situation.answers[name] === value
      return same ? [[name, of(originOf(name))] as const] : []
    }),
  )
  const list = (
    <Heaps overview={overview} sheet={sheet} situation={situation} told={begun ? null : told} />
  )
  const side = (
    <>
      <BoardQuestion
        overview={overview}
        situation={situation}
        begun={begun}
        tell={tell}
        reset={() => tell({ ...NOTHING_TOLD, answers: known })}
      />
      <Card
        title={
          told
            ? t('已有资料和您的回答', 'What is held, and your answers')
            : t('您的回答', 'Your answers')
        }
      >
        <Answers
          definition={sheet.asked}
          situation={situation}
          idle={null}
          origins={origins}
          change={(name) => tell(reopened(situation, name))}
          assume={() => {}}
        />
        {told && (
          <p className="small muted board-note">
            {t('资料有误，请到', 'Something wrong? See ')}
            <PathLink path="/organisation">{t('我的单位', 'My organisation')}</PathLink>
            {t('更正；在这里改只影响这次测算。', '; changes here count for this computation only.')}
          </p>
        )}
      </Card>
    </>
  )
  return (
    <div className="grid">
      {told ? (
        <>
          <div className="span-7 column">{list}</div>
          <div className="span-5 column">{side}</div>
        </>
      ) : (
        <>
          <div className="span-5 column">{side}</div>
          <div className="span-7 column">{list}</div>
        </>
      )}
    </div>
  )
}

interface BoardQuestionProps {
  overview: Overview
  situation: Situation
  begun: boolean
  tell: (next: Situation) => void
  reset: () => void
}

const titlesOf = (
  sets: readonly RuleSetDefinition[],
  of: (text: { zh: string; en: string }) => string,
) => sets.map(({ title }) => of(title)).join('、')

function BoardQuestion({ overview, situation, begun, tell, reset }: BoardQuestionProps) {
  const { t, of } = useWords()
  const { group, askedFor, done } = overview
  const names = group.map(({ name }) => name)
  return (
    <Card
      className={done ? 'checker-ask checker-done' : 'checker-ask'}
      title={done ? t('问完了', 'Nothing more to ask') : t('请回答', 'Please answer')}
      aside={
        begun && (
          <Button small kind="quiet" onClick={reset}>
            {t('重新开始', 'Start again')}
          </Button>
        )
      }
    >
      {done ? (
        <p>
          {t(
            '能问的都问了。跳过的可以补答，要由人判断的在办理时由工作人员判断。',
            'Everything was asked. What you skipped can be answered; what a person has to judge is judged in the procedure.',
          )}
        </p>
      ) : (
        <Question
          key={names.join()}
          group={group}
          known={situation.answers}
          moveFocus={begun}
          note={t(`用于：${titlesOf(askedFor, of)}`, `For: ${titlesOf(askedFor, of)}`)}
          onAnswer={(given) => tell(answered(situation, names, given))}
          onKeep={situation.again === null ? undefined : () => tell(keptAsIs(situation))}
        />
      )}
    </Card>
  )
}

interface HeapsProps {
  overview: Overview
  sheet: Sheet
  situation: Situation
  told: ReadonlyMap<string, Standing> | null
}

function Heaps({ overview, sheet, situation, told }: HeapsProps) {
  const { t, of } = useWords()
  const rows = overview.benefits.map((one) => ({
    ...one,
    standing: told?.get(one.set.definition.id) ?? one.standing,
  }))
  const heaps = STATES.map(
    (state) => [state, rows.filter(({ standing }) => standing.state === state)] as const,
  )
  const summary = heaps
    .map(([state, heap]) => `${of(stateTitle[state])} ${heap.length}`)
    .join(t('，', ', '))
  return (
    <>
      <Card>
        <p role="status" className="board-summary">
          {summary}
        </p>
        <p className="note note-wait small">
          {t('测算结果，不构成决定', 'A computation, not a decision')}
        </p>
      </Card>
      {heaps.map(
        ([state, heap]) =>
          heap.length > 0 && (
            <Card key={state} title={of(stateTitle[state])}>
              <ul className="items">
                {heap.map(({ set, standing }) => (
                  <BenefitRow
                    key={set.definition.id}
                    set={set}
                    standing={standing}
                    told={situationFor(sheet, set, situation).answers}
                  />
                ))}
              </ul>
            </Card>
          ),
      )}
    </>
  )
}
