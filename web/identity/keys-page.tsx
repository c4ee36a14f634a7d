// API keys of my organisation: made with scopes, shown once, watched, revoked.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { createKey, keyMade } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card, Note, Tag } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Time } from '../components/value.tsx'
import { isoDate } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { OrganisationFrame } from './organisation-frame.tsx'
import { ScopeChoices } from './scope-choices.tsx'
import { type Keys, keysQuery } from './subject.ts'

type Key = Keys['items'][number]
type KeyMade = z.output<typeof keyMade>
type CreateKey = z.input<typeof createKey>

const DAY_MS = 86_400_000
const USUAL_LIFE_DAYS = 90

/** The end of a day in Asia/Shanghai. */
export function endOfDay(date: string): string {
  return `${date}T23:59:59+08:00`
}

/** The date some days from now, for a date field. */
export function dateIn(days: number): string {
  return isoDate(new Date(Date.now() + days * DAY_MS))
}

export function KeysPage() {
  const { t } = useWords()
  return (
    <OrganisationFrame title={t('接口密钥', 'API keys')}>
      {(subject) => (
        <div className="grid">
          <Card className="span-7" title={t('密钥', 'Keys')}>
            <KeyList id={subject.id} />
          </Card>
          <Card className="span-5" title={t('新建密钥', 'New key')}>
            <NewKey id={subject.id} />
          </Card>
        </div>
      )}
    </OrganisationFrame>
  )
}

function KeyState({ state }: { state: Key['state'] }) {
  const { t } = useWords()
  if (state === 'current') return <Tag tone="good">{t('有效', 'valid')}</Tag>
  if (state === 'expired') return <Tag tone="none">{t('已过期', 'expired')}</Tag>
  return <Tag tone="none">{t('已撤销', 'revoked')}</Tag>
}

function KeyList({ id }: { id: string }) {
  const { t } = useWords()
  const query = useQuery(keysQuery(id))
  return (
    <Loaded query={query} what={t('密钥', 'keys')}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t('还没有密钥', 'No key yet')}>
            {t('新建后，程序就可以代表本单位调用接口。', 'Make one, and programs can act for you.')}
          </Empty>
        ) : (
          <KeyTable id={id} items={items} />
        )
      }
    </Loaded>
  )
}

function KeyTable({ id, items }: { id: string; items: readonly Key[] }) {
  const { t } = useWords()
  const client = useQueryClient()
  const revoke = async (key: Key) => {
    await api.delete(`/api/subjects/${id}/api-keys/${key.id}`)
    await client.invalidateQueries({ queryKey: ['subject', id] })
  }
  return (
    <DataTable
      caption={t('本单位的密钥', 'Keys of the organisation')}
      quietCaption
      rows={items}
      rowKey={(row) => row.id}
      columns={[
        {
          title: t('名称', 'Name'),
          heads: true,
          cell: (row) => (
            <>
              {row.name}
              <code className="note-line muted">{row.prefix}…</code>
            </>
          ),
        },
        { title: t('范围', 'Scopes'), cell: (row) => <code>{row.scopes.join(' ')}</code> },
        { title: t('到期', 'Expires'), cell: (row) => <Time at={row.expiresAt} /> },
        {
          title: t('最近使用', 'Last used'),
          cell: (row) => (row.lastUsedAt ? <Time at={row.lastUsedAt} /> : t('未使用', 'never')),
        },
        { title: t('状态', 'State'), cell: (row) => <KeyState state={row.state} /> },
        {
          title: t('操作', 'Actions'),
          actions: true,
          cell: (row) =>
            row.state === 'current' && (
              <ConfirmButton
                action={t('撤销', 'Revoke')}
                label={t(`撤销密钥${row.name}`, `Revoke the key ${row.name}`)}
                title={t(`撤销密钥“${row.name}”？`, `Revoke the key “${row.name}”?`)}
                onConfirm={() => revoke(row)}
              >
                {t(
                  '撤销后，使用它的程序立即被拒绝，不能恢复。',
                  'Programs that use it are refused at once, for good.',
                )}
              </ConfirmButton>
            ),
        },
      ]}
    />
  )
}

function NewKey({ id }: { id: string }) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const [errors, setErrors] = useState<FieldError[]>([])
  const create = useMutation({
    mutationFn: (body: CreateKey) => api.post<KeyMade>(`/api/subjects/${id}/api-keys`, body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['subject', id] }),
  })
  const submit = (data: FormData) => {
    const name = String(data.get('name') ?? '').trim()
    const until = String(data.get('expiresAt') ?? '')
    const scopes = data.getAll('scope').map(String)
    const found: FieldError[] = []
    if (!name) found.push({ field: 'name', message: t('请填写名称', 'Give the key a name') })
    if (!until)
      found.push({ field: 'expiresAt', message: t('请选择到期日', 'Choose the last day') })
    if (scopes.length === 0) {
      found.push({ field: 'scopes', message: t('至少选一个范围', 'Tick at least one scope') })
    }
    setErrors(found)
    if (found.length === 0) create.mutate({ name, scopes, expiresAt: endOfDay(until) })
  }
  const problem = create.error ? asProblem(create.error) : null
  return (
    <div className="stack stack-loose">
      {create.data && (
        <Note tone="good" live title={t('密钥已生成，只显示这一次', 'The key, shown only now')}>
          <code className="secret">{create.data.key}</code>
          <p className="small">
            {t(
              '请现在复制并妥善保存；离开本页后无法再次查看。',
              'Copy and keep it safe; it cannot be shown again.',
            )}
          </p>
        </Note>
      )}
      <Form label={t('新建密钥', 'New key')} errors={errors} problem={problem} onSubmit={submit}>
        <TextField
          id="name"
          name="name"
          label={t('名称', 'Name')}
          hint={t('写明用途，例如“训练平台对接”。', 'Say what it is for.')}
          maxLength={200}
          error={errorOf('name', errors, problem, of)}
        />
        <TextField
          id="expiresAt"
          name="expiresAt"
          type="date"
          narrow
          label={t('到期日（当天有效）', 'Last day')}
          defaultValue={dateIn(USUAL_LIFE_DAYS)}
          error={errorOf('expiresAt', errors, problem, of)}
        />
        <ScopeChoices legend={t('范围', 'Scopes')} />
        <Button type="submit" kind="primary" busy={create.isPending}>
          {t('生成密钥', 'Make the key')}
        </Button>
      </Form>
    </div>
  )
}
