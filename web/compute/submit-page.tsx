// Submitting a job: a few fields, more on request, and a quote that follows every change.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { z } from 'zod'
import type { accepted } from '#services/compute/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { type FieldError, Form } from '../components/form.tsx'
import { Loaded, Loading } from '../components/states.tsx'
import { RequireSignIn } from '../identity/require-sign-in.tsx'
import { decimal } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import {
  jobQuery,
  type Option,
  type Program,
  programsQuery,
  type Quote,
  quoteQuery,
} from './compute.ts'
import { changedFields, type Draft, draftOf, emptyDraft, requestOf, withProgram } from './draft.ts'
import { ComputeFrame } from './frame.tsx'
import { MoreFields } from './more-fields.tsx'
import { QuoteCard } from './quote-card.tsx'
import { BasicFields } from './submit-fields.tsx'
import './compute.css'

type Accepted = z.output<typeof accepted>

/** How long the form rests before a new quote is asked. */
const REST_MS = 350
/** A quote is renewed this long before it ends. */
const SOONER_MS = 30_000

const route = getRouteApi('/compute/submit')

export function SubmitPage() {
  const { t } = useWords()
  return (
    <ComputeFrame
      title={t('提交任务', 'Submit a job')}
      lead={t(
        '一边填写一边报价。提交时同时占用资金和容量，缺一不占；运行按秒计量，按实际结算。',
        'The quote follows as you type. Money and capacity are held together or not at all; ' +
          'what runs is metered by the second.',
      )}
    >
      <RequireSignIn>{() => <FirstDraft />}</RequireSignIn>
    </ComputeFrame>
  )
}

/** What the form begins with: a job to run again, a program, or the first ready-made one. */
function FirstDraft() {
  const { t, of } = useWords()
  const { from, program } = route.useSearch()
  const programs = useQuery(programsQuery)
  const again = useQuery({ ...jobQuery(from ?? ''), enabled: from !== undefined })
  if (from !== undefined && again.isPending) return <Loading what={t('原任务', 'the job')} />
  return (
    <Loaded query={programs} what={t('程序', 'the programs')}>
      {({ items }) => {
        const chosen = items.find(({ id }) => id === program) ?? items.find(runsAlone)
        const first = again.data
          ? draftOf(again.data.spec, new Date())
          : chosen
            ? withProgram(emptyDraft, chosen, of(chosen.name))
            : emptyDraft
        return <SubmitForm key={`${from} ${program}`} first={first} programs={items} />
      }}
    </Loaded>
  )
}

/** Whether a program needs nothing that has to be chosen first. */
const runsAlone = ({ inputs }: Program) => !inputs.some(({ required }) => required)

/** The value once it has not changed for a moment. */
function useRested<T>(value: T, ms: number): T {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return rested
}

/** How long a quote is shown before a new one is asked; the server's clock alone counts. */
function lifeOf({ createdAt, validUntil }: Quote): number {
  return Math.max(1_000, Date.parse(validUntil) - Date.parse(createdAt) - SOONER_MS)
}

/** The quote of what is asked for now; asked again when its prices are no longer good. */
function useQuote(draft: Draft) {
  const { t } = useWords()
  const rested = useRested(draft, REST_MS)
  const { spec, errors } = requestOf(rested, t)
  const query = useQuery({
    ...quoteQuery(spec),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data ? lifeOf(state.data) : false),
  })
  const asking = rested !== draft || query.isFetching
  const lacks = errors[0]?.message ?? null
  return { quote: spec ? query.data : undefined, query, asking, lacks }
}

interface SubmitFormProps {
  first: Draft
  programs: readonly Program[]
}

function SubmitForm({ first, programs }: SubmitFormProps) {
  const { t } = useWords()
  const [draft, setDraft] = useState(first)
  const [errors, setErrors] = useState<FieldError[]>([])
  const [wanted, setWanted] = useState<string | null>(null)
  const { quote, query, asking, lacks } = useQuote(draft)
  const complete = lacks === null
  const submission = useSubmission(() => void query.refetch())
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }))
  const feasible = quote?.options.filter(({ startsBy }) => startsBy !== null) ?? []
  const taken =
    feasible.find(({ key }) => key === wanted) ?? feasible.find(({ chosen }) => chosen) ?? null
  const submit = () => {
    const wrong = requestOf(draft, t).errors
    setErrors(wrong)
    if (wrong.length > 0 || asking || !quote) return
    if (taken) submission.mutate({ quoteId: quote.id, option: taken.key })
    else {
      setErrors([
        {
          field: null,
          message: t(
            '没有可行的方案，请按报价所示调整',
            'Nothing fits: change what the quote says',
          ),
        },
      ])
    }
  }
  const problem = submission.error ? asProblem(submission.error) : null
  return (
    <div className="grid">
      <Card className="span-5">
        <Form
          wide
          label={t('提交任务', 'Submit a job')}
          errors={errors}
          problem={problem}
          onSubmit={submit}
        >
          <BasicFields draft={draft} change={change} programs={programs} errors={errors} />
          <MoreFields draft={draft} change={change} errors={errors} />
          <SubmitButton option={taken} busy={submission.isPending || (complete && asking)} />
        </Form>
      </Card>
      <div className="span-7 quote-column">
        <QuoteCard
          quote={quote}
          error={query.error}
          asking={complete && asking}
          lacks={lacks}
          taken={taken}
          onTake={({ key }) => setWanted(key)}
          onChange={(suggested) => {
            change(changedFields(suggested.change))
            setWanted(suggested.option.key)
          }}
          again={() => void query.refetch()}
        />
      </div>
    </div>
  )
}

/** Submits and goes to the job; a refusal asks for a new quote, which may have changed. */
function useSubmission(refused: () => void) {
  const client = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (body: { quoteId: string; option: string }) =>
      api.post<Accepted>('/api/compute/workloads', body),
    onSuccess: async ({ id }) => {
      void client.invalidateQueries({ queryKey: ['compute'] })
      void client.invalidateQueries({ queryKey: ['ledger'] })
      await navigate({ to: '/compute/jobs/$id', params: { id } })
    },
    onError: refused,
  })
}

function SubmitButton({ option, busy }: { option: Option | null; busy: boolean }) {
  const { t } = useWords()
  return (
    <div className="stack">
      <Button type="submit" kind="primary" busy={busy}>
        {option
          ? t(
              `提交，至多占用 ¥${decimal(option.most, 2)}`,
              `Submit; ¥${decimal(option.most, 2)} is held at most`,
            )
          : t('提交', 'Submit')}
      </Button>
    </div>
  )
}
