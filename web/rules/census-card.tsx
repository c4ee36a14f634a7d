// Whom each benefit would reach in a made-up population; plainly no statistics.
import { useQuery } from '@tanstack/react-query'
import { Bar } from '../components/bar.tsx'
import { Card, Tag } from '../components/card.tsx'
import { Loaded } from '../components/states.tsx'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { type Census, type Counts, censusQuery } from './rules.ts'

const WAN = 10_000

/** 34,442 万元: sums of a population need no cents. */
function sumInWords(amount: number, unit: string | null): string {
  if (unit === '元' && amount >= WAN) return `${count(Math.round(amount / WAN))} 万元`
  return `${count(Math.round(amount))} ${unit ?? ''}`.trim()
}

export function CensusCard() {
  const { t } = useWords()
  const query = useQuery(censusQuery)
  return (
    <Card
      title={t('各项权益的测算', 'Benefits in numbers')}
      aside={<Tag tone="none">{t('虚构人口', 'made-up population')}</Tag>}
    >
      <Loaded query={query} what={t('测算', 'the count')}>
        {(census) => <CensusBody census={census} />}
      </Loaded>
    </Card>
  )
}

function CensusBody({ census }: { census: Census }) {
  const { t, of } = useWords()
  const [first] = census.items
  if (!first) {
    return (
      <p className="muted">
        {t(
          '还没有测算过；后台每天算一次。',
          'Nothing has been counted yet; it is done once a day.',
        )}
      </p>
    )
  }
  return (
    <div className="stack">
      <p className="small muted">
        {t(
          `${count(first.counts.size)} 家虚构企业，按 ${first.on} 的规则。`,
          `${count(first.counts.size)} made-up companies by the rules of ${first.on}.`,
        )}
      </p>
      <ul className="items">
        {census.items.map(({ set, title, counts }) => (
          <li key={set}>
            <p className="item-title">{of(title)}</p>
            <CountLine counts={counts} />
          </li>
        ))}
      </ul>
      <p className="small muted">
        {t(
          '“还不清楚”是因为虚构人口没有所需的事实，或者要由人判断。',
          'Not clear: the made-up companies lack a fact that matters, or a person has to judge.',
        )}
      </p>
      <p className="note note-wait small">{of(census.note)}</p>
    </div>
  )
}

function CountLine({ counts }: { counts: Counts }) {
  const { t } = useWords()
  const { entitled, open, size, amount, unit } = counts
  const share = size > 0 ? entitled / size : 0
  const percent = `${(100 * share).toFixed(1)}%`
  return (
    <>
      <Bar share={share} label={t(`符合的占 ${percent}`, `${percent} are entitled`)} />
      <p className="small">
        {t(`符合 ${count(entitled)} 家（${percent}）`, `${count(entitled)} entitled (${percent})`)}
        {amount !== null &&
          amount > 0 &&
          t(`，至多 ${sumInWords(amount, unit)}`, `, ${sumInWords(amount, unit)} at most`)}
      </p>
      {open > 0 && (
        <p className="small muted">{t(`还不清楚 ${count(open)} 家`, `${count(open)} not clear`)}</p>
      )}
    </>
  )
}
