// A decision that was kept: what it came to, why, its facts, its receipt, and what came after it.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Card, Facts, Note, Tag } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { answerInWords } from './answers.tsx'
import { outcomeTitle } from './outcomes.tsx'
import { ReceiptCard } from './receipt-card.tsx'
import { type Decision, decisionQuery, versionQuery } from './rules.ts'
import { Why } from './why.tsx'
import './rules.css'

const route = getRouteApi('/rules/decisions/$id')

export function DecisionPage() {
  const { t, of } = useWords()
  const { id } = route.useParams()
  const query = useQuery(decisionQuery(id))
  const title = query.data ? of(query.data.title) : t('一项决定', 'A decision')
  return (
    <>
      <PageHead
        title={title}
        tag={query.data && <State decision={query.data} />}
        lead={t(
          '保留下来的决定：按当时的事实和规则作出，理由和回执可以核对。',
          'A decision as it was made, with its facts, rules, reasons and receipt.',
        )}
        crumbs={[{ to: '/rules', title: t('规则与政策计算器', 'Rules and checkers') }]}
      />
      <Loaded query={query} what={t('决定', 'the decision')}>
        {(decision) => <DecisionBody decision={decision} />}
      </Loaded>
    </>
  )
}

function State({ decision }: { decision: Decision }) {
  const { t } = useWords()
  if (decision.redoneBy) return <Tag tone="none">{t('已重新决定', 'decided again')}</Tag>
  if (decision.redoSince) return <Tag tone="wait">{t('待重新决定', 'to be decided again')}</Tag>
  return <Tag tone="good">{t('未撤回', 'not withdrawn')}</Tag>
}

function DecisionBody({ decision }: { decision: Decision }) {
  const { t } = useWords()
  const { set, version, on, madeAt, subject, receipt, facts, purpose } = decision
  // What was settled comes first: the rest waits for facts that the decision did not need.
  const last = ([{ name }]: (typeof decision.why)[number]) =>
    decision.outcomes[name]!.plain === null ? 1 : 0
  const whys = decision.why.toSorted((a, b) => last(a) - last(b))
  return (
    <div className="column">
      <Aftermath decision={decision} />
      <div className="grid">
        <div className="span-7 column">
          <Card title={t('结果', 'Outcome')}>
            <dl className="outcomes">
              {whys.map(([{ name }]) => (
                <OutcomeOf key={name} name={name} outcome={decision.outcomes[name]!} />
              ))}
            </dl>
          </Card>
          <Card title={t('为什么', 'Why')}>
            <div className="stack stack-loose">
              {whys.map((why, nth) => (
                <details key={why[0].name} className="why-outcome" open={nth === 0}>
                  <summary>{t(outcomeTitle(why[0].name), outcomeTitle(why[0].name))}</summary>
                  <Why why={why} />
                </details>
              ))}
            </div>
          </Card>
        </div>
        <div className="span-5 column">
          <Card title={t('这项决定', 'This decision')}>
            <Facts
              rows={[
                [t('对象', 'About'), subject.name],
                [
                  t('规则', 'Rules'),
                  <Link key="set" to="/rules/$set/text" params={{ set }} search={{ on }}>
                    {t(`第 ${version} 版`, `version ${version}`)}
                  </Link>,
                ],
                [t('按哪一天', 'Day'), on],
                [t('作出时间', 'Made'), <Time key="made" at={madeAt} show="second" />],
                [
                  t('用途', 'For'),
                  purpose === 'ledger.voucher'
                    ? t('申领券：看比例和上限', 'Claiming a voucher: its ratio and cap')
                    : purpose,
                ],
              ]}
            />
          </Card>
          <FactsUsed decision={decision} />
          <ReceiptCard
            receipt={receipt}
            facts={facts}
            lead={t(
              '作出决定时留下。用同样的事实和规则重算，四项应当全部一致。',
              'Kept when it was decided. With the same facts and rules all four come out the same.',
            )}
          />
        </div>
      </div>
    </div>
  )
}

interface OutcomeOfProps {
  name: string
  outcome: Decision['outcomes'][string]
}

function OutcomeOf({ name, outcome }: OutcomeOfProps) {
  const { t, of } = useWords()
  const open = outcome.plain === null
  return (
    <div className="outcome">
      <dt>{t(outcomeTitle(name), outcomeTitle(name))}</dt>
      <dd>
        {open && <p className="outcome-value outcome-open">{t('没有得出', 'Not worked out')}</p>}
        <p className={open ? 'muted small' : 'outcome-value'}>
          {of(outcome.value) || t('无', 'none')}
        </p>
      </dd>
    </div>
  )
}

/** Whether its version was withdrawn since, and what was decided then. */
function Aftermath({ decision }: { decision: Decision }) {
  const { t } = useWords()
  const { redoSince, redoneBy, withdrawal } = decision
  if (!redoSince) return null
  return (
    <Note tone="wait" title={t('所依据的版本已撤回', 'The version it rests on was withdrawn')}>
      <p>
        {t('自 ', 'Since ')}
        <Time at={redoSince} />
        {withdrawal && `${t('，理由：', ', because: ')}${withdrawal}`}
      </p>
      <p>
        {redoneBy ? (
          <Link to="/rules/decisions/$id" params={{ id: redoneBy }}>
            {t('看重新作出的决定', 'See the decision made instead')}
          </Link>
        ) : (
          t(
            '等待重新决定；这一项照原样保留。',
            'It waits to be decided again; this one stays as it was.',
          )
        )}
      </p>
    </Note>
  )
}

function FactsUsed({ decision }: { decision: Decision }) {
  const words = useWords()
  const { t } = words
  // The types of the facts are those of the version; until they are here, plain values do.
  const { data } = useQuery(versionQuery(decision.set, decision.version))
  const shown = (name: string, value: string | number | boolean): string => {
    const node = data?.definition.nodes.find((one) => one.name === name)
    const type = node && 'type' in node ? node.type : ({ kind: 'text', values: null } as const)
    return answerInWords(type, value, words)
  }
  return (
    <Card title={t('依据的事实', 'Facts')}>
      <Facts
        rows={Object.entries(decision.facts).map(
          ([name, value]) => [t(name, name), shown(name, value)] as const,
        )}
      />
    </Card>
  )
}
