// 我的权益: where an organisation stands towards every benefit; for a visitor all of them worked out at once.
import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { link, type RuleSet } from '#engines/rules/link.ts'
import { asProblem } from '../api/problem.ts'
import { LinkButton } from '../components/button.tsx'
import { Note } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded, Loading, ProblemNote } from '../components/states.tsx'
import { holds, type Role, type Session, useSession } from '../identity/session.ts'
import { useWords } from '../text/text.ts'
import { heldAnswers, sheetOf } from './all-benefits.ts'
import { BenefitsBoard } from './benefits-board.tsx'
import { entitlementsQuery, type OwnEntitlements, setQuery, setsQuery } from './rules.ts'
import './rules.css'

const MEMBERS: readonly Role[] = ['owner', 'member', 'operator', 'community-manager']

export function BenefitsPage() {
  const { t } = useWords()
  const session = useSession()
  const own =
    session?.subject?.kind === 'organisation' && holds(session, MEMBERS, true)
      ? session.subject
      : null
  return (
    <>
      <PageHead
        title={
          own ? t('我的权益', 'What we are entitled to') : t('权益一次算清', 'All benefits at once')
        }
        lead={
          own
            ? t(
                `按平台已有的资料，${own.name}可以享受什么、还差什么。再答几项，可以算得更清楚。`,
                `By what the platform holds: what ${own.name} may have, and what it lacks. Answer a few more to see clearer.`,
              )
            : t(
                '同一个问题只问一次，各项权益同时更新。计算在您的浏览器里进行，回答不离开本机。',
                'Each question is asked once, and every benefit follows. It is computed in your browser: your answers stay on this machine.',
              )
        }
        crumbs={[
          { to: '/apply', title: t('我要办', 'Apply') },
          { to: '/rules', title: t('规则与政策计算器', 'Rules and checkers') },
        ]}
        actions={
          session && session.person === null ? (
            <LinkButton to="/sign-in" search={{ next: '/benefits' }}>
              {t('登录后用单位已有资料', 'Sign in to use what is held')}
            </LinkButton>
          ) : undefined
        }
      />
      {!session ? <Loading /> : own ? <OwnBenefits subject={own} /> : <Sets held={null} />}
    </>
  )
}

function OwnBenefits({ subject }: { subject: NonNullable<Session['subject']> }) {
  const { t } = useWords()
  const query = useQuery(entitlementsQuery(subject.id))
  return (
    <Loaded query={query} what={t('权益', 'benefits')}>
      {(held) => <Sets held={held} />}
    </Loaded>
  )
}

/** Fetches the benefits in force, all of them, and shows them together. */
function Sets({ held }: { held: OwnEntitlements | null }) {
  const { t } = useWords()
  const list = useQuery(setsQuery)
  return (
    <Loaded query={list} what={t('规则', 'the rules')}>
      {({ items, on }) => (
        <EachSet
          ids={items.filter(({ benefit }) => benefit).map(({ id }) => id)}
          on={on}
          held={held}
        />
      )}
    </Loaded>
  )
}

interface EachSetProps {
  ids: readonly string[]
  on: string
  held: OwnEntitlements | null
}

function EachSet({ ids, on, held }: EachSetProps) {
  const { t } = useWords()
  const found = useQueries({
    queries: ids.map((id) => setQuery(id)),
    combine: (queries) => ({
      error: queries.find(({ error }) => error)?.error,
      sets: queries.every(({ data }) => data) ? queries.map(({ data }) => data!.definition) : null,
    }),
  })
  const linked = useMemo(() => found.sets?.map(link), [found.sets])
  if (found.error) return <ProblemNote problem={asProblem(found.error)} />
  if (!linked) return <Loading what={t('规则', 'the rules')} />
  if (linked.length === 0) {
    return <Note>{t('现在没有生效的权益规则。', 'No benefit is in force now.')}</Note>
  }
  return <Together sets={linked} on={on} held={held} />
}

interface TogetherProps {
  sets: readonly RuleSet[]
  on: string
  held: OwnEntitlements | null
}

function Together({ sets, on, held }: TogetherProps) {
  const sheet = useMemo(() => sheetOf(sets), [sets])
  const known = useMemo(
    () => heldAnswers(sheet, new Map(held?.items.map((one) => [one.set, one.held]) ?? [])),
    [sheet, held],
  )
  const told = useMemo(
    () => held && new Map(held.items.map((one) => [one.set, one.standing] as const)),
    [held],
  )
  return <BenefitsBoard sheet={sheet} on={on} known={known} told={told} />
}
