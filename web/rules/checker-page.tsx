// 政策计算器: a rule set as an interview that runs in this browser, with the reasons and a receipt.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { sm3 } from '#engines/evidence/sm3.ts'
import type { Evaluation } from '#engines/rules/evaluation.ts'
import { explain } from '#engines/rules/explain.ts'
import { link } from '#engines/rules/link.ts'
import { receiptOf } from '#engines/rules/receipt.ts'
import { Open, sameKnown } from '#engines/rules/types.ts'
import { LinkButton } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { useWords } from '../text/text.ts'
import { Answers } from './answers.tsx'
import { AskCard } from './ask-card.tsx'
import { CallExample } from './call-example.tsx'
import { Changes } from './changes.tsx'
import { DayField, VersionLine } from './day-field.tsx'
import { interviewOf, supposing } from './interview.ts'
import { Outcomes, outcomesInWords, outcomeTitle } from './outcomes.tsx'
import { CopyButton, ReceiptCard } from './receipt-card.tsx'
import { type ShownSet, setQuery } from './rules.ts'
import { addressOf, assume, factsForApi, factsTold, reopened, type Situation } from './situation.ts'
import { useTold } from './use-situation.ts'
import { Why } from './why.tsx'
import './rules.css'

const route = getRouteApi('/rules/$set')

export function CheckerPage() {
  const { t, of } = useWords()
  const { set } = route.useParams()
  const { on } = route.useSearch()
  const query = useQuery({
    ...setQuery(set, on),
    // Another day of the same set: what was shown stays until there is something new.
    placeholderData: (before) => (before?.definition.id === set ? before : undefined),
  })
  const title = query.data ? of(query.data.definition.title) : t('政策计算器', 'Policy checker')
  return (
    <>
      <PageHead
        title={title}
        lead={t(
          '政策计算器：回答几个问题，看适用什么结果、为什么。计算在您的浏览器里进行，回答不离开本机，不用登录。',
          'Answer a few questions to see what applies and why. It is computed in your browser: your answers stay on this machine, and no account is needed.',
        )}
        crumbs={[{ to: '/rules', title: t('规则与政策计算器', 'Rules and checkers') }]}
        actions={
          <LinkButton to="/rules/$set/text" params={{ set }} search={{ on }}>
            {t('看规则全文', 'Read the rules')}
          </LinkButton>
        }
      />
      <Loaded query={query} what={t('规则', 'the rules')}>
        {(shown) => <Checker key={shown.definition.id} shown={shown} />}
      </Loaded>
      {query.error && <DayRow on={on} />}
    </>
  )
}

/** Where there is nothing on that day, another can be chosen. */
function DayRow({ on }: { on: string | undefined }) {
  const navigate = route.useNavigate()
  return (
    <div className="checker-day">
      <DayField on={on ?? ''} change={(day) => void navigate({ search: { on: day } })} />
    </div>
  )
}

/** Facts that could be anything else without changing an outcome, once all of them are known. */
function idleFacts(evaluation: Evaluation, situation: Situation): ReadonlySet<string> | null {
  const outcomes = [...evaluation.outcomes()]
  if (outcomes.some(([, value]) => value instanceof Open)) return null
  const idle = Object.keys(situation.answers).filter((name) => {
    const open = supposing(evaluation, name, null)
    return outcomes.every(([outcome, value]) => {
      const now = open.value(outcome)
      return !(now instanceof Open) && !(value instanceof Open) && sameKnown(now, value)
    })
  })
  return new Set(idle)
}

function Checker({ shown }: { shown: ShownSet }) {
  const words = useWords()
  const { t } = words
  const asked = route.useSearch().on
  const navigate = route.useNavigate()
  const { definition, on, version } = shown
  const { situation, begun } = useTold(definition)
  const set = useMemo(() => link(definition), [definition])
  const interview = useMemo(() => interviewOf(set, situation, on), [set, situation, on])
  const { evaluation } = interview
  const idle = useMemo(() => idleFacts(evaluation, situation), [evaluation, situation])
  const tell = (next: Situation) =>
    void navigate({
      search: ({ on: day }) => ({ on: day }),
      hash: '',
      state: { situation: next },
      resetScroll: false,
    })
  const change = (day: string | undefined) =>
    void navigate({ search: { on: day }, state: { situation }, replace: true, resetScroll: false })
  const assumed = Object.keys(situation.assumed).length > 0
  return (
    <div className="column">
      <p role="status" className="visually-hidden">
        {begun && outcomesInWords(evaluation, words)}
      </p>
      <div className="checker">
        <AskCard interview={interview} situation={situation} begun={begun} tell={tell} />
        <div className="checker-result column">
          <Card
            title={t('结果', 'Result')}
            aside={assumed && <Tag tone="wait">{t('含假设', 'with assumptions')}</Tag>}
          >
            <div className="stack">
              <Outcomes evaluation={evaluation} />
              <p className="note note-wait">
                {t('测算结果，不构成决定', 'A computation, not a decision')}
              </p>
              <DayField on={on} change={change} />
              <VersionLine version={version} />
            </div>
          </Card>
          <Changes key={on} evaluation={evaluation} />
        </div>
        <Card
          className="checker-answers"
          title={t('您的回答', 'Your answers')}
          aside={<ShareLink told={factsTold(situation)} on={asked} />}
        >
          <Answers
            definition={definition}
            situation={situation}
            idle={idle}
            change={(name) => tell(reopened(situation, name))}
            assume={(name, value) => tell(assume(situation, name, value))}
          />
        </Card>
      </div>
      <Grounds shown={shown} evaluation={evaluation} situation={situation} />
    </div>
  )
}

interface GroundsProps {
  shown: ShownSet
  evaluation: Evaluation
  situation: Situation
}

/** Why, and what to keep of it. */
function Grounds({ shown, evaluation, situation }: GroundsProps) {
  const { t } = useWords()
  const { definition, on } = shown
  return (
    <div className="grid">
      <Card className="span-7" title={t('为什么', 'Why')}>
        <div className="stack stack-loose">
          {definition.outcomes.map((name, nth) => (
            <details key={name} className="why-outcome" open={nth === 0}>
              <summary>{t(outcomeTitle(name), outcomeTitle(name))}</summary>
              <Why why={explain(name, evaluation)} />
            </details>
          ))}
        </div>
      </Card>
      <div className="span-5 column">
        <ReceiptCard
          receipt={receiptOf(sm3, evaluation)}
          facts={factsForApi(definition, situation)}
          lead={t(
            '在您的浏览器里算出，与服务器算的逐字相同。留着它和事实，日后可以重算核对。',
            'Made in your browser, letter for letter as the server makes it. With the facts it can be run again later.',
          )}
        />
        <CallExample definition={definition} situation={situation} on={on} />
      </div>
    </div>
  )
}

interface ShareLinkProps {
  told: ReturnType<typeof factsTold>
  on: string | undefined
}

/** After the # nothing of an address goes to a server. */
function ShareLink({ told, on }: ShareLinkProps) {
  const { t } = useWords()
  if (Object.keys(told).length === 0) return null
  const query = on ? `?on=${on}` : ''
  const address = `${location.origin}${location.pathname}${query}#${addressOf(told)}`
  return (
    <CopyButton
      key={address}
      text={address}
      label={t('复制带回答的链接', 'Copy a link with these answers')}
    />
  )
}
