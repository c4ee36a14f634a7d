// Handing a draft in; and for the second reader, handing it back or passing it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Note } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TextArea } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { ProblemNote } from '../components/states.tsx'
import { useWords } from '../text/text.ts'
import { ChangeList } from './changes.tsx'
import type { Draft } from './rulebook.ts'
import type { Writing } from './use-draft.ts'
import type { Live } from './use-live.ts'

/** After an official act the lists are read anew, and so is the draft. */
function useAct<Body = void>(draft: Draft, act: string, reload: () => Promise<void>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ revision, body }: { revision: number; body?: Body }) =>
      api.post(`/api/rules/drafts/${draft.id}/${act}`, body, { ifMatch: String(revision) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['rules', 'drafts'] })
      await client.invalidateQueries({ queryKey: ['rules', 'sets'] })
      await reload()
    },
  })
}

interface HandInProps {
  draft: Draft
  writing: Writing
  live: Live
  reload: () => Promise<void>
}

export function HandIn({ draft, writing, live, reload }: HandInProps) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  const act = useAct(draft, 'submission', reload)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    setError(null)
    try {
      await act.mutateAsync({ revision: await writing.save() })
    } catch (refusal) {
      setError(refusal)
      setBusy(false)
    }
  }
  const red = live.review?.cases.filter(({ ok }) => !ok).length ?? 0
  return (
    <>
      <Button kind="primary" onClick={() => setOpen(true)}>
        {t('送审', 'Hand in')}
      </Button>
      {open && (
        <Dialog title={t('送审', 'Hand in')} onClose={() => setOpen(false)}>
          <div className="stack stack-loose">
            {error !== null && <ProblemNote problem={asProblem(error)} />}
            {live.review && !live.review.sound && (
              <Note tone="wait">
                {t(
                  `还有问题未解决${red > 0 ? `，其中 ${red} 个情景未通过` : ''}；送审时会被拒绝。`,
                  `Something is still wrong${red > 0 ? `, ${red} scenarios among it` : ''}; it will be refused.`,
                )}
              </Note>
            )}
            <p>
              {t(
                `拟自 ${writing.text.from} 生效。送审后不能再改，由另一位工作人员审核并发布。`,
                `From ${writing.text.from} on. Once handed in it cannot be changed; another official reads it.`,
              )}
            </p>
            {draft.base && (
              <ChangeList before={draft.base.definition} after={writing.text.definition} />
            )}
            <div className="row">
              <Button kind="primary" busy={busy} onClick={() => void submit()}>
                {t('确认送审', 'Hand it in')}
              </Button>
              <Button kind="quiet" onClick={() => setOpen(false)}>
                {t('取消', 'Cancel')}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  )
}

interface ReaderProps {
  draft: Draft
  reload: () => Promise<void>
}

/** Four eyes: whoever wrote the draft is told so instead. */
export function ReaderActions({ draft, reload }: ReaderProps) {
  const { t } = useWords()
  const [doing, setDoing] = useState<'return' | 'publish' | null>(null)
  if (draft.own) {
    return <span className="muted">{t('起草人不能审核', 'Whoever wrote it does not read it')}</span>
  }
  return (
    <>
      <Button onClick={() => setDoing('return')}>{t('退回', 'Hand back')}</Button>
      <Button kind="primary" onClick={() => setDoing('publish')}>
        {t('审核并发布', 'Pass and publish')}
      </Button>
      {doing === 'return' && (
        <ReturnDialog draft={draft} reload={reload} onClose={() => setDoing(null)} />
      )}
      {doing === 'publish' && (
        <PublishDialog draft={draft} reload={reload} onClose={() => setDoing(null)} />
      )}
    </>
  )
}

type DialogProps = ReaderProps & { onClose: () => void }

function ReturnDialog({ draft, reload, onClose }: DialogProps) {
  const { t, of } = useWords()
  const [errors, setErrors] = useState<FieldError[]>([])
  const act = useAct<{ remark: string }>(draft, 'return', reload)
  const problem = act.error ? asProblem(act.error) : null
  const submit = (data: FormData) => {
    const remark = String(data.get('remark')).trim()
    const message = t('请写明退回的意见', 'Say why it is handed back')
    setErrors(remark === '' ? [{ field: 'remark', message }] : [])
    if (remark !== '') act.mutate({ revision: draft.revision, body: { remark } })
  }
  return (
    <Dialog title={t('退回草案', 'Hand the draft back')} onClose={onClose}>
      <Form wide label={t('退回', 'Hand back')} errors={errors} problem={problem} onSubmit={submit}>
        <TextArea
          id="remark"
          name="remark"
          maxLength={2_000}
          label={t('意见', 'Remark')}
          hint={t('起草人会看到', 'Whoever wrote it will see this')}
          error={errorOf('remark', errors, problem, of)}
        />
        <Button kind="primary" type="submit" busy={act.isPending}>
          {t('退回', 'Hand back')}
        </Button>
      </Form>
    </Dialog>
  )
}

function PublishDialog({ draft, reload, onClose }: DialogProps) {
  const { t } = useWords()
  const act = useAct(draft, 'publication', reload)
  return (
    <Dialog title={t('审核并发布', 'Pass and publish')} onClose={onClose}>
      <div className="stack stack-loose">
        {act.error && <ProblemNote problem={asProblem(act.error)} />}
        <p>
          {t(
            `自 ${draft.validFrom} 起生效，公众可查；发布后不能改写，只能撤回或再发布新版本。`,
            `In force from ${draft.validFrom} on and public; it can be withdrawn, not edited.`,
          )}
        </p>
        {draft.base && <ChangeList before={draft.base.definition} after={draft.definition} />}
        <div className="row">
          <Button
            kind="primary"
            busy={act.isPending}
            onClick={() => act.mutate({ revision: draft.revision })}
          >
            {t('发布', 'Publish')}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {t('取消', 'Cancel')}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

/** A draft that leads nowhere is put away; it can still be read. */
export function PutAway({ draft, writing, reload }: ReaderProps & { writing: Writing }) {
  const { t } = useWords()
  const act = useAct(draft, 'removal', reload)
  return (
    <ConfirmButton
      action={t('放弃草案', 'Put the draft away')}
      title={t('放弃这份草案？', 'Put this draft away?')}
      onConfirm={async () => act.mutateAsync({ revision: await writing.save() })}
    >
      {t(
        '不再能编辑和送审，内容仍可查看。',
        'It can no longer be edited or handed in; it stays readable.',
      )}
    </ConfirmButton>
  )
}
