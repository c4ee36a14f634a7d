// Why two parties count as related: the ground, the threshold, and the chain that shows it.
import { useQueries } from '@tanstack/react-query'
import type { Link } from '#engines/shareholding/related.ts'
import type { ApiProblem } from '../api/problem.ts'
import { subjectQuery } from '../identity/subject.ts'
import { type Text, useWords } from '../text/text.ts'

const grounds: Readonly<Record<string, Text>> = {
  'same-party': { zh: '收款方就是本单位。', en: 'The payee is yourself.' },
  'same-person': {
    zh: '双方的法定代表人或实际控制人是同一人。',
    en: 'The same person represents or controls both.',
  },
  shareholding: {
    zh: '一方经持股链控制另一方。',
    en: 'One holds the other through a chain of shares.',
  },
  'common-holder': { zh: '双方有共同的控股方。', en: 'The same holder stands above both.' },
}

export function RelatedParties({ problem }: { problem: ApiProblem }) {
  const { t, of } = useWords()
  const { ground, threshold, chain } = problem.params as {
    ground: string
    threshold: number
    chain: readonly Link[]
  }
  const ids = [...new Set(chain.flatMap(({ from, to }) => [from, to]))]
  const names = useQueries({ queries: ids.map((id) => ({ ...subjectQuery(id), retry: false })) })
  const nameOf = (id: string) => names[ids.indexOf(id)]?.data?.name ?? t('某自然人', 'a person')
  const by = (link: Link) => {
    if (link.by === 'representative') return t('担任法定代表人', 'legal representative')
    if (link.by === 'controller') return t('实际控制', 'controls')
    return t(`持股 ${(link.basisPoints ?? 0) / 100}%`, `holds ${(link.basisPoints ?? 0) / 100}%`)
  }
  return (
    <div className="note note-wait">
      <h3>{t('关联链', 'The chain')}</h3>
      <p>
        {of(grounds[ground] ?? { zh: ground, en: ground })}
        {t(
          `持股达到 ${threshold / 100}% 即为关联方（示例值，非官方）。`,
          ` From ${threshold / 100}% of shares on, parties are related (example, not official).`,
        )}
      </p>
      <ol className="timeline">
        {chain.map((link) => (
          <li key={`${link.from} ${link.to} ${link.by}`}>
            {nameOf(link.from)} → {nameOf(link.to)}
            <span className="note-line muted small">{by(link)}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}
