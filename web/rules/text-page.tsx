// A rule set as everybody can read it: numbers with their dates, tables, formulas, judgements, cases, versions.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { link } from '#engines/rules/link.ts'
import { address } from '../api/client.ts'
import { AnchorButton, LinkButton } from '../components/button.tsx'
import { Card, Facts } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { useWords } from '../text/text.ts'
import { CasesCard } from './cases-card.tsx'
import { DayField } from './day-field.tsx'
import { FactsCard, FormulasCard, JudgementsCard, ParametersCard } from './node-cards.tsx'
import { outcomeTitle } from './outcomes.tsx'
import { type ShownSet, setQuery } from './rules.ts'
import { TablesSection } from './table-card.tsx'
import { VersionsCard } from './versions-card.tsx'
import './rules.css'

const route = getRouteApi('/rules/$set/text')

export function TextPage() {
  const { t, of } = useWords()
  const { set } = route.useParams()
  const { on } = route.useSearch()
  const query = useQuery({
    ...setQuery(set, on),
    placeholderData: (before) => (before?.definition.id === set ? before : undefined),
  })
  const navigate = route.useNavigate()
  const change = (day: string | undefined) =>
    void navigate({ search: (old) => ({ ...old, on: day }), replace: true, resetScroll: false })
  return (
    <>
      <PageHead
        title={query.data ? of(query.data.definition.title) : t('规则', 'Rules')}
        lead={t(
          '规则全文：机器按它计算，人按它核对。每个数值写明起止日期、来源和可信程度。',
          'The rules as they are computed and as they can be checked; every number with its dates, source and certainty.',
        )}
        crumbs={[{ to: '/rules', title: t('规则与政策计算器', 'Rules and checkers') }]}
        actions={
          <>
            <AnchorButton
              href={address(`/api/rules/${encodeURIComponent(set)}`, { on })}
              download={`${set}.json`}
            >
              {t('下载 JSON', 'Download JSON')}
            </AnchorButton>
            <AnchorButton
              href={address(`/api/rules/${encodeURIComponent(set)}/dmn`, { on })}
              download={`${set}.dmn`}
            >
              {t('下载 DMN', 'Download DMN')}
            </AnchorButton>
            <LinkButton kind="primary" to="/rules/$set" params={{ set }} search={{ on }}>
              {t('开始计算', 'Check a case')}
            </LinkButton>
          </>
        }
      />
      <Loaded query={query} what={t('规则', 'the rules')}>
        {(shown) => <RuleText shown={shown} change={change} />}
      </Loaded>
      {query.error && (
        <div className="checker-day">
          <DayField on={on ?? ''} change={change} />
        </div>
      )}
    </>
  )
}

interface RuleTextProps {
  shown: ShownSet
  change: (day: string | undefined) => void
}

function RuleText({ shown, change }: RuleTextProps) {
  const { t } = useWords()
  const { definition, version, on, cases, versions } = shown
  const { symbols } = route.useSearch()
  const navigate = route.useNavigate()
  const set = useMemo(() => link(definition), [definition])
  const outcomes = definition.outcomes.map(outcomeTitle).join('、')
  return (
    <div className="column">
      <Card title={t('这套规则', 'This rule set')}>
        <div className="grid">
          <div className="span-8">
            <Facts
              rows={[
                [t('得出', 'Answers'), outcomes],
                [
                  t('版本', 'Version'),
                  t(
                    `第 ${version.number} 版，自 ${version.validFrom} 起`,
                    `${version.number}, in force from ${version.validFrom}`,
                  ),
                ],
                [
                  t('权益', 'Benefit'),
                  definition.benefit
                    ? t(
                        `是：看“${definition.benefit.entitled}”`,
                        `yes: see ${definition.benefit.entitled}`,
                      )
                    : t('否，只作分类或计算', 'no, it sorts or computes'),
                ],
                [t('编号', 'Identifier'), <code key="id">{definition.id}</code>],
              ]}
            />
          </div>
          <div className="span-4">
            <DayField on={on} change={change} />
          </div>
        </div>
      </Card>
      <ParametersCard definition={definition} on={on} />
      <TablesSection
        set={set}
        on={on}
        symbols={symbols === 'yes'}
        turn={(now) =>
          void navigate({
            search: (old) => ({ ...old, symbols: now ? 'yes' : undefined }),
            replace: true,
            resetScroll: false,
          })
        }
      />
      <FormulasCard set={set} on={on} symbols={symbols === 'yes'} />
      <JudgementsCard definition={definition} />
      <FactsCard definition={definition} />
      <CasesCard set={set} cases={cases} />
      <VersionsCard set={definition.id} versions={versions} current={version.number} />
    </div>
  )
}
