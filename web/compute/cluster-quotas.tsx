// How many cards each organisation may hold here at once, for the operator to set.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Bar } from '../components/bar.tsx'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { type ClusterView, clusterQuery } from './compute.ts'

type Quota = ClusterView['quotas'][number]

const MOST_CARDS = 100_000

export function ClusterQuotas({ view }: { view: ClusterView }) {
  const { t } = useWords()
  const [chosen, setChosen] = useState<Quota | null>(null)
  if (view.quotas.length === 0) {
    return (
      <p className="muted">
        {t(
          '还没有单位在这里用过；首次提交时按默认配额建立。',
          'Nobody has used it yet; quotas begin with the first job.',
        )}
      </p>
    )
  }
  return (
    <>
      <ul className="items">
        {view.quotas.map((quota) => (
          <li key={quota.subjectId} className="stack">
            <div className="row row-apart">
              <span>{quota.name}</span>
              <span className="row">
                {t(
                  `${count(quota.usedCards)} / ${count(quota.cards)} 卡`,
                  `${count(quota.usedCards)} / ${count(quota.cards)} cards`,
                )}
                <Button
                  small
                  aria-label={t(`调整${quota.name}的配额`, `Change the quota of ${quota.name}`)}
                  onClick={() => setChosen(quota)}
                >
                  {t('调整', 'Change')}
                </Button>
              </span>
            </div>
            <Bar
              share={quota.cards === 0 ? 0 : quota.usedCards / quota.cards}
              label={t(
                `${quota.name}：配额 ${count(quota.cards)} 卡，已用 ${count(quota.usedCards)} 卡`,
                `${quota.name}: ${count(quota.usedCards)} of ${count(quota.cards)} cards in use`,
              )}
            />
          </li>
        ))}
      </ul>
      {chosen && (
        <Dialog
          title={t(`${chosen.name}的配额`, `Quota of ${chosen.name}`)}
          onClose={() => setChosen(null)}
        >
          <QuotaForm quota={chosen} view={view} onDone={() => setChosen(null)} />
        </Dialog>
      )}
    </>
  )
}

interface QuotaFormProps {
  quota: Quota
  view: ClusterView
  onDone: () => void
}

function QuotaForm({ quota, view, onDone }: QuotaFormProps) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const [errors, setErrors] = useState<FieldError[]>([])
  const { id } = view.cluster
  const set = useMutation({
    mutationFn: (cards: number) =>
      api.put(`/api/compute/clusters/${id}/quotas/${quota.subjectId}`, { cards }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: clusterQuery(id).queryKey })
      onDone()
    },
  })
  const submit = (data: FormData) => {
    const text = String(data.get('cards')).trim()
    const cards = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
    const wrong = !(cards <= MOST_CARDS)
    setErrors(
      wrong
        ? [{ field: 'cards', message: t('请填写卡数，如 8', 'Enter a number of cards, such as 8') }]
        : [],
    )
    if (!wrong) set.mutate(cards)
  }
  const problem = set.error ? asProblem(set.error) : null
  return (
    <Form label={t('配额', 'Quota')} errors={errors} problem={problem} onSubmit={submit}>
      <TextField
        id="cards"
        name="cards"
        narrow
        inputMode="decimal"
        label={t('同时最多（卡）', 'At most at once (cards)')}
        hint={t('已在运行的任务不受影响。', 'Running jobs are not affected.')}
        defaultValue={String(quota.cards)}
        error={errorOf('cards', errors, problem, of)}
      />
      <Button type="submit" kind="primary" busy={set.isPending}>
        {t('保存', 'Save')}
      </Button>
    </Form>
  )
}
