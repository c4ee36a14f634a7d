// My personal data: who used it, a copy of all of it, and its erasure.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { AnchorButton, Button } from '../components/button.tsx'
import { Card, Note } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Time } from '../components/value.tsx'
import { type Text, useWords } from '../text/text.ts'
import { AccountFrame } from './account-frame.tsx'
import { type AccessRow, erasureQuery } from './me.ts'

export function DataPage() {
  const { t } = useWords()
  return (
    <AccountFrame title={t('我的个人信息', 'My personal data')}>
      {(session) => (
        <div className="grid">
          <Card className="span-8" title={t('谁用过我的数据', 'Who used my data')}>
            <AccessLog />
          </Card>
          <div className="span-4 column">
            <Card title={t('导出', 'A copy of everything')}>
              <Export />
            </Card>
            <Card title={t('删除', 'Erasure')}>
              <Erasure name={session.person.name} />
            </Card>
          </div>
        </div>
      )}
    </AccountFrame>
  )
}

function AccessLog() {
  const { t, of } = useWords()
  const pages = usePages<AccessRow>(['me', 'access-log'], '/api/people/me/access-log')
  return (
    <PagedList
      pages={pages}
      what={t('使用记录', 'the log')}
      empty={
        <Empty title={t('还没有人查看过您的个人信息', 'Nobody has looked at your data yet')}>
          {t(
            '有人查看时，这里会列明是谁、为了什么、看了哪些项目。',
            'Who, why, and which fields will stand here.',
          )}
        </Empty>
      }
    >
      {(items) => (
        <DataTable
          caption={t('查看记录，最新的在前', 'Newest first')}
          rows={items}
          rowKey={(row) => `${row.reader} ${row.purpose.zh} ${row.firstAt}`}
          columns={[
            { title: t('谁', 'Who'), heads: true, cell: (row) => of(row.reader) },
            { title: t('为了什么', 'What for'), cell: (row) => of(row.purpose) },
            { title: t('看了什么', 'Fields'), cell: (row) => row.fields.join(t('、', ', ')) },
            { title: t('次数', 'Times'), number: true, cell: (row) => row.reads },
            { title: t('最近', 'Last'), cell: (row) => <Time at={row.lastAt} /> },
          ]}
        />
      )}
    </PagedList>
  )
}

function Export() {
  const { t } = useWords()
  return (
    <div className="stack">
      <p className="small muted">
        {t(
          '您在本系统的全部个人信息，一份 JSON 文件。',
          'All that this system holds about you, as one JSON file.',
        )}
      </p>
      <AnchorButton href="/api/people/me/export" download>
        {t('导出', 'Export')}
      </AnchorButton>
    </div>
  )
}

function Erasure({ name }: { name: string }) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [errors, setErrors] = useState<FieldError[]>([])
  const reasons = useQuery(erasureQuery)
  const erase = useMutation({
    mutationFn: (confirm: string) => api.post('/api/people/me/erasure', { confirm }),
    onSuccess: async () => {
      await navigate({ to: '/' })
      await client.resetQueries()
    },
  })
  const submit = (data: FormData) => {
    const confirm = String(data.get('confirm')).trim()
    const same = confirm === name
    setErrors(
      same ? [] : [{ field: 'confirm', message: t('与姓名不一致', 'That is not your name') }],
    )
    if (same) erase.mutate(confirm)
  }
  const problem = erase.error ? asProblem(erase.error) : null
  return (
    <div className="stack">
      <p className="small muted">
        {t(
          '删除账号和个人信息。已封存的记录只含编号，不含姓名，予以保留。不能恢复。',
          'Removes account and personal data for good. Sealed records hold only ids and stay.',
        )}
      </p>
      <Loaded query={reasons} what={t('须先处理的事项', 'what stands against it')}>
        {(found) => (found.reasons.length > 0 ? <Reasons reasons={found.reasons} /> : null)}
      </Loaded>
      <details>
        <summary>{t('申请删除', 'Erase')}</summary>
        <Form label={t('申请删除', 'Erase')} errors={errors} problem={problem} onSubmit={submit}>
          <TextField
            id="confirm"
            name="confirm"
            label={t(`为确认，请输入姓名“${name}”`, `To confirm, type your name “${name}”`)}
            autoComplete="off"
            error={errorOf('confirm', errors, problem, of)}
          />
          <Button type="submit" busy={erase.isPending}>
            {t('删除我的账号和个人信息', 'Erase my account and data')}
          </Button>
        </Form>
      </details>
    </div>
  )
}

function Reasons({ reasons }: { reasons: readonly Text[] }) {
  const { t, of } = useWords()
  return (
    <Note tone="wait" title={t('删除前须先处理', 'To be settled first')}>
      <ul>
        {reasons.map((reason) => (
          <li key={reason.zh}>{of(reason)}</li>
        ))}
      </ul>
    </Note>
  )
}
