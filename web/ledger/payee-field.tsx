// Choosing the organisation that is paid, by a part of its name.
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import type { SearchResult } from '#services/search/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Choice, Choices, TextField } from '../components/field.tsx'
import { ProblemNote } from '../components/states.tsx'
import { useWords } from '../text/text.ts'

interface PayeeFieldProps {
  chosen: string | null
  onChoose: (subjectId: string) => void
  error?: string
}

const SHORTEST = 2

export function PayeeField({ chosen, onChoose, error }: PayeeFieldProps) {
  const { t } = useWords()
  const [typed, setTyped] = useState('')
  const q = useDeferredValue(typed.trim())
  const query = useQuery({
    queryKey: ['search', 'organisation', q],
    queryFn: ({ signal }) =>
      api.get<SearchResult>('/api/search', { q, kind: 'organisation', limit: 8 }, signal),
    enabled: q.length >= SHORTEST,
  })
  const items = query.data?.items ?? []
  return (
    <div className="stack">
      <TextField
        id="payee"
        type="search"
        label={t('收款单位', 'Payee')}
        hint={t(
          '输入名称中的两个字以上，再从下面选择。',
          'Type part of the name, then choose below.',
        )}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        error={error}
      />
      <div aria-live="polite">
        {q.length >= SHORTEST && query.isLoading && (
          <p className="muted">{t('正在查找……', 'Looking…')}</p>
        )}
        {query.data && items.length === 0 && (
          <p className="muted">{t('没有找到这样的单位。', 'No such organisation.')}</p>
        )}
      </div>
      {query.error && <ProblemNote problem={asProblem(query.error)} />}
      {items.length > 0 && (
        <Choices legend={t('选择收款单位', 'Choose the payee')}>
          {items.map((hit) => (
            <Choice
              key={hit.id}
              type="radio"
              name="payee-choice"
              value={hit.id}
              checked={chosen === hit.id}
              onChange={() => onChoose(hit.id)}
              label={t(hit.title.zh, hit.title.zh)}
              hint={hit.snippet.text}
            />
          ))}
        </Choices>
      )}
    </div>
  )
}
