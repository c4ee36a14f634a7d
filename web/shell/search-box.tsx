// The search over everything: one box in the header, results on a page of their own.
import { useNavigate } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { useWords } from '../text/text.ts'

export function SearchForm({ id, initial = '' }: { id: string; initial?: string }) {
  const { t } = useWords()
  const navigate = useNavigate()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const q = String(new FormData(event.currentTarget).get('q') ?? '').trim()
    void navigate({ to: '/search', search: { q } })
  }
  return (
    <search>
      <form className="search-form" onSubmit={submit}>
        <label className="visually-hidden" htmlFor={id}>
          {t('搜索全站', 'Search everything')}
        </label>
        <input
          id={id}
          key={initial}
          className="input"
          type="search"
          name="q"
          maxLength={200}
          defaultValue={initial}
          placeholder={t('搜索条例、单位、服务……', 'Search the regulation, organisations…')}
        />
        <button type="submit" aria-label={t('搜索', 'Search')}>
          <svg
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            strokeWidth="2.2"
            aria-hidden="true"
          >
            <circle cx="10.5" cy="10.5" r="6.5" />
            <path d="M15.5 15.5 21 21" strokeLinecap="round" />
          </svg>
        </button>
      </form>
    </search>
  )
}
