// The versions of a set; withdrawing one says first how many decisions become work.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Note, Tag } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TextArea } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { Loaded } from '../components/states.tsx'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { setQuery, type VersionHead, versionQuery } from './rulebook.ts'

interface Props {
  set: string
  title: string
  onClose: () => void
}

export function VersionsDialog({ set, title, onClose }: Props) {
  const { t } = useWords()
  const query = useQuery({ ...setQuery(set), staleTime: 0 })
  const [withdrawing, setWithdrawing] = useState<VersionHead | null>(null)
  return (
    <Dialog drawer title={title} onClose={onClose}>
      {withdrawing ? (
        <Withdrawal set={set} version={withdrawing} onClose={() => setWithdrawing(null)} />
      ) : (
        <Loaded query={query} what={t('版本', 'versions')}>
          {({ version: now, versions, on }) => (
            <ul className="items">
              {versions.map((one) => (
                <li key={one.id}>
                  <p className="row">
                    <strong>{t(`第 ${one.number} 版`, `Version ${one.number}`)}</strong>
                    <span>{t(`自 ${one.validFrom} 起`, `from ${one.validFrom} on`)}</span>
                    {one.id === now.id && <Tag tone="good">{t('现行', 'in force')}</Tag>}
                    {one.withdrawnAt && <Tag tone="none">{t('已撤回', 'withdrawn')}</Tag>}
                    {!one.withdrawnAt && one.validFrom > on && (
                      <Tag tone="wait">{t('未到生效日', 'to come')}</Tag>
                    )}
                  </p>
                  <p className="muted small">{one.reason}</p>
                  {one.withdrawal && (
                    <p className="small">
                      {t('撤回理由：', 'Withdrawn because: ')}
                      {one.withdrawal}
                    </p>
                  )}
                  {!one.withdrawnAt && versions.length > 1 && (
                    <Button small onClick={() => setWithdrawing(one)}>
                      {t('撤回', 'Withdraw')}
                      <span className="visually-hidden">
                        {t(`第 ${one.number} 版`, ` version ${one.number}`)}
                      </span>
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      )}
    </Dialog>
  )
}

function Withdrawal(props: { set: string; version: VersionHead; onClose: () => void }) {
  const { t } = useWords()
  const { set, version, onClose } = props
  const query = useQuery(versionQuery(set, version.number))
  return (
    <Loaded query={query} what={t('依这一版作出的决定', 'what was decided under it')}>
      {({ decisions }) => (
        <WithdrawalForm set={set} version={version} decisions={decisions} onClose={onClose} />
      )}
    </Loaded>
  )
}

interface FormProps {
  set: string
  version: VersionHead
  decisions: number
  onClose: () => void
}

function WithdrawalForm({ set, version, decisions, onClose }: FormProps) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const [errors, setErrors] = useState<FieldError[]>([])
  const act = useMutation({
    mutationFn: (reason: string) =>
      api.post<{ decisions: number }>(`/api/rules/${set}/versions/${version.number}/withdrawal`, {
        reason,
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['rules'] }),
  })
  const problem = act.error ? asProblem(act.error) : null
  if (act.isSuccess) {
    return (
      <div className="stack">
        <Note tone="good" live title={t('已撤回', 'Withdrawn')}>
          {t(
            `${count(act.data.decisions)} 项决定待重新作出。`,
            `${count(act.data.decisions)} decisions are to be made again.`,
          )}
        </Note>
        <Button onClick={onClose}>{t('看版本', 'Versions')}</Button>
      </div>
    )
  }
  const submit = (data: FormData) => {
    const reason = String(data.get('reason')).trim()
    const message = t('请写明撤回理由', 'Say why it is withdrawn')
    setErrors(reason === '' ? [{ field: 'reason', message }] : [])
    if (reason !== '') act.mutate(reason)
  }
  return (
    <Form
      wide
      label={t('撤回版本', 'Withdraw a version')}
      errors={errors}
      problem={problem}
      onSubmit={submit}
    >
      <Note
        tone="wait"
        title={t(`撤回第 ${version.number} 版`, `Withdraw version ${version.number}`)}
      >
        {t(
          `它从此不再适用，前一版恢复。依它作出的 ${count(decisions)} 项决定会成为待办，逐项重新作出；在那之前保持原样。`,
          `From now on it applies on no day, and the one before does again. ${count(decisions)} decisions made under it become tasks; until then they stay.`,
        )}
      </Note>
      <TextArea
        id="reason"
        name="reason"
        maxLength={2_000}
        label={t('撤回理由', 'Reason')}
        error={errorOf('reason', errors, problem, of)}
      />
      <div className="row">
        <Button kind="primary" type="submit" busy={act.isPending}>
          {t('撤回', 'Withdraw')}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          {t('取消', 'Cancel')}
        </Button>
      </div>
    </Form>
  )
}
