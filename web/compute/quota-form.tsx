// What the operator agrees on with an organisation, a city or the province, on one cluster.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { useWords } from '../text/text.ts'
import { quotasKey } from './compute.ts'
import type { Place } from './quota-bar.tsx'

const MOST_CARDS = 100_000

type Terms = Record<'nominal' | 'borrowing' | 'lending', number | null>

/** Cards as typed; null: left empty. Undefined: neither. */
export function typedCards(text: string): number | null | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return null
  if (!/^\d{1,6}(\.\d{1,3})?$/.test(trimmed)) return undefined
  const cards = Number(trimmed)
  return cards <= MOST_CARDS ? cards : undefined
}

interface QuotaFormProps {
  clusterId: string
  place: Place
  onDone: () => void
}

const shown = (cards: number | null) => (cards === null ? '' : String(cards))

export function QuotaForm({ clusterId, place, onDone }: QuotaFormProps) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const [errors, setErrors] = useState<FieldError[]>([])
  const isCohort = 'area' in place
  const isTop = isCohort && place.parent === null
  const set = useMutation({
    mutationFn: (terms: Terms) => {
      const cluster = `/api/compute/clusters/${clusterId}`
      const path = isCohort ? `cohorts/${place.area}/quota` : `quotas/${place.subjectId}`
      return api.put(`${cluster}/${path}`, terms, { ifMatch: String(place.version) })
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: quotasKey(clusterId) })
      onDone()
    },
  })
  const submit = (data: FormData) => {
    const wrong: FieldError[] = []
    const read = (field: keyof Terms, needed = false): number | null => {
      const cards = typedCards(String(data.get(field) ?? ''))
      if (cards === undefined || (needed && cards === null)) {
        const message = t('请填写卡数，如 8', 'Enter a number of cards, such as 8')
        wrong.push({ field, message })
      }
      return cards ?? null
    }
    const terms = {
      nominal: read('nominal', !isCohort),
      borrowing: read('borrowing'),
      lending: isTop ? null : read('lending'),
    }
    setErrors(wrong)
    if (wrong.length === 0) set.mutate(terms)
  }
  const problem = set.error ? asProblem(set.error) : null
  const field = (name: keyof Terms) => ({
    id: name,
    name,
    narrow: true,
    inputMode: 'decimal' as const,
    error: errorOf(name, errors, problem, of),
  })
  return (
    <Form label={t('配额', 'Quota')} errors={errors} problem={problem} onSubmit={submit}>
      <TextField
        {...field('nominal')}
        label={t('名义配额（卡）', 'Nominal (cards)')}
        hint={
          isCohort
            ? t('留空：等于其下各单位之和。', 'Empty: the sum of those below it.')
            : t('按约定属于它的卡数。', 'Its own by agreement.')
        }
        defaultValue={isCohort && !place.nominalAgreed ? '' : String(place.nominal)}
      />
      <TextField
        {...field('borrowing')}
        label={t('可借用（卡）', 'Borrowing (cards)')}
        hint={t('名义之外最多还能用多少；留空：不限。', 'The most beyond nominal; empty: any.')}
        defaultValue={shown(place.borrowing)}
      />
      {!isTop && (
        <TextField
          {...field('lending')}
          label={t('可出借（卡）', 'Lending (cards)')}
          hint={t(
            '空闲的名义配额最多借给别人多少；其余始终为它保留。留空：全部可借。',
            'The most of idle nominal that others may have; the rest is always kept. Empty: all.',
          )}
          defaultValue={shown(place.lending)}
        />
      )}
      <p className="muted small">
        {t(
          '已经排定和在跑的任务不受影响；新任务按新配额排。',
          'What is booked or runs is not affected; new jobs keep to the new quota.',
        )}
      </p>
      <Button type="submit" kind="primary" busy={set.isPending}>
        {t('保存', 'Save')}
      </Button>
    </Form>
  )
}
