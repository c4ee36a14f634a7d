// 规则与政策计算器: every rule set in force, what it answers, how sure its sources are, and its checker.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { LinkButton } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { PageHead } from '../components/page.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { CertaintyTag } from '../regulation/certainty.tsx'
import { useWords } from '../text/text.ts'
import { CensusCard } from './census-card.tsx'
import { outcomeTitle } from './outcomes.tsx'
import { type ListedSet, setsQuery } from './rules.ts'
import './rules.css'

const route = getRouteApi('/rules')

export function SetsPage() {
  const { t } = useWords()
  const query = useQuery(setsQuery)
  return (
    <>
      <PageHead
        title={t('规则与政策计算器', 'Rules and policy checkers')}
        lead={t(
          '现行规则逐条公开，写明来源和可信程度；每一项都可以在您的浏览器里试算，不用登录，回答不离开本机。',
          'Every rule in force, with its sources and how sure they are. Each can be tried in your browser, without an account; your answers stay on this machine.',
        )}
        crumbs={[{ to: '/public', title: t('公开与监督', 'Oversight') }]}
        actions={
          <LinkButton kind="primary" to="/benefits">
            {t('各项权益一次算清', 'All benefits at once')}
          </LinkButton>
        }
      />
      <Loaded query={query} what={t('规则', 'the rules')}>
        {({ items }) => <Sets items={items} />}
      </Loaded>
    </>
  )
}

const spoken = ({ id, title, outcomes }: ListedSet) =>
  [id, title.zh, title.en, ...outcomes].join(' ').toLowerCase()

function Sets({ items }: { items: readonly ListedSet[] }) {
  const { t } = useWords()
  const { q = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const found = items.filter((one) => words.every((word) => spoken(one).includes(word)))
  const groups = [
    [t('权益', 'Benefits'), found.filter(({ benefit }) => benefit)],
    [t('办事路径与分级', 'Ways and grades'), found.filter(({ benefit }) => !benefit)],
  ] as const
  return (
    <div className="grid">
      <div className="span-8 column">
        <search className="rules-search">
          <TextField
            label={t('查找规则', 'Find a rule')}
            type="search"
            value={q}
            onChange={({ target }) =>
              void navigate({
                search: { q: target.value || undefined },
                replace: true,
                resetScroll: false,
              })
            }
          />
          <p role="status" className="muted small">
            {t(`${found.length} 套规则`, `${found.length} rule sets`)}
          </p>
        </search>
        {found.length === 0 && (
          <Empty title={t('没有符合的规则', 'No rule matches')}>
            {t('请换个词，例如“算力券”“出境”“备案”。', 'Try another word, such as 算力券.')}
          </Empty>
        )}
        {groups.map(
          ([title, sets]) =>
            sets.length > 0 && (
              <Card
                key={title}
                title={title}
                aside={
                  <span className="muted small">{t(`${sets.length} 套`, `${sets.length}`)}</span>
                }
              >
                <ul className="items">
                  {sets.map((one) => (
                    <SetRow key={one.id} one={one} />
                  ))}
                </ul>
              </Card>
            ),
        )}
      </div>
      <div className="span-4 column">
        <CensusCard />
      </div>
    </div>
  )
}

/** 分派.牵头 and 分派.依据 are one answer in several parts. */
function answersOf({ outcomes }: ListedSet): string[] {
  return [...new Set(outcomes.map(outcomeTitle))]
}

const MOST_NAMED = 4

function SetRow({ one }: { one: ListedSet }) {
  const { t, of } = useWords()
  const { id, version, next, facts, certainty } = one
  const answers = answersOf(one)
  const named = answers.slice(0, MOST_NAMED).join('、')
  const more = answers.length > MOST_NAMED
  return (
    <li className="rule-set">
      <div className="stack">
        <h3 className="item-title">
          <Link to="/rules/$set" params={{ set: id }}>
            {of(one.title)}
          </Link>
        </h3>
        <p className="small">
          {t(
            `得出：${named}${more ? `等 ${answers.length} 项` : ''}`,
            `Answers: ${named}${more ? `, ${answers.length} in all` : ''}`,
          )}
        </p>
        <p className="row small muted">
          <span>
            {t('来源：', 'Sources: ')}
            <CertaintyTag certainty={certainty} />
          </span>
          <span>{t(`最多问 ${facts} 项`, `${facts} questions at most`)}</span>
          <span>
            {t(
              `第 ${version.number} 版，自 ${version.validFrom} 起`,
              `version ${version.number} from ${version.validFrom}`,
            )}
          </span>
          {next && (
            <strong>
              {t(
                `第 ${next.number} 版将于 ${next.validFrom} 施行`,
                `version ${next.number} comes into force on ${next.validFrom}`,
              )}
            </strong>
          )}
        </p>
      </div>
      <p className="rule-set-ways">
        <LinkButton
          small
          to="/rules/$set"
          params={{ set: id }}
          aria-label={t(`开始计算：${one.title.zh}`, `Check: ${one.title.en}`)}
        >
          {t('开始计算', 'Check')}
        </LinkButton>
        <LinkButton
          small
          kind="quiet"
          to="/rules/$set/text"
          params={{ set: id }}
          aria-label={t(`看规则：${one.title.zh}`, `Read: ${one.title.en}`)}
        >
          {t('看规则', 'Read')}
        </LinkButton>
      </p>
    </li>
  )
}
