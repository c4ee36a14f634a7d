// The readable API page: every operation, who may use it, with which key scope and fields.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { AnchorButton } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { PageHead } from '../components/page.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { useWords } from '../text/text.ts'
import './developers.css'
import { type Operation, openApiQuery } from './openapi.ts'

export function DevelopersPage() {
  const { t } = useWords()
  const query = useQuery(openApiQuery)
  const [wanted, setWanted] = useState('')
  return (
    <>
      <PageHead
        title={t('接口文档', 'API')}
        lead={t(
          '门户用到的每一个接口都在这里。写操作可带 Idempotency-Key，重复提交不会重复生效。',
          'Every operation of this system. With an Idempotency-Key a repeated write does nothing.',
        )}
        actions={
          <AnchorButton href="/openapi.json">{t('OpenAPI 文件', 'OpenAPI file')}</AnchorButton>
        }
      />
      <Card className="stack stack-loose">
        <TextField
          label={t('筛选', 'Filter')}
          hint={t('按名称、路径或密钥范围。', 'By name, path or scope.')}
          narrow
          type="search"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
        <Loaded query={query} what={t('接口', 'the API')}>
          {(services) => <Services services={services} wanted={wanted.trim().toLowerCase()} />}
        </Loaded>
      </Card>
    </>
  )
}

function matches(operation: Operation, wanted: string): boolean {
  const { path, id, title, scope } = operation
  return `${path} ${id} ${title.zh} ${title.en} ${scope}`.toLowerCase().includes(wanted)
}

interface ServicesProps {
  services: ReadonlyMap<string, readonly Operation[]>
  wanted: string
}

function Services({ services, wanted }: ServicesProps) {
  const { t } = useWords()
  const shown = [...services]
    .map(([name, all]) => [name, all.filter((one) => matches(one, wanted))] as const)
    .filter(([, operations]) => operations.length > 0)
  if (shown.length === 0) {
    return (
      <Empty title={t('没有符合的接口', 'No operation matches')}>
        {t('换一个词再试。', 'Try another word.')}
      </Empty>
    )
  }
  return shown.map(([name, operations]) => (
    <section key={name} className="stack">
      <h2>
        <code>{name}</code>{' '}
        <span className="muted small">
          {t(`${operations.length} 个接口`, `${operations.length} operations`)}
        </span>
      </h2>
      <ul className="items">
        {operations.map((operation) => (
          <li key={operation.id}>
            <OperationRow operation={operation} />
          </li>
        ))}
      </ul>
    </section>
  ))
}

function OperationRow({ operation }: { operation: Operation }) {
  const { t, of } = useWords()
  return (
    <details className="operation">
      <summary>
        <span className={`method method-${operation.method.toLowerCase()}`}>
          {operation.method}
        </span>
        <code>{operation.path}</code> <span className="operation-title">{of(operation.title)}</span>
      </summary>
      <div className="stack">
        <p className="small">
          {t('谁可以用：', 'Who may: ')}
          {of(operation.who)}
          {operation.scope && (
            <>
              {t('。密钥范围 ', '. Key scope ')}
              <Tag>{operation.scope}</Tag>
            </>
          )}
        </p>
        {operation.fields.length > 0 && (
          <DataTable
            caption={t('参数', 'Fields')}
            rows={operation.fields}
            rowKey={(field) => `${field.where} ${field.name}`}
            columns={[
              { title: t('名称', 'Name'), heads: true, cell: (field) => <code>{field.name}</code> },
              { title: t('位置', 'In'), cell: (field) => field.where },
              { title: t('类型', 'Type'), cell: (field) => <code>{field.type}</code> },
              {
                title: t('必填', 'Required'),
                cell: (field) => (field.required ? t('必填', 'required') : t('可选', 'optional')),
              },
            ]}
          />
        )}
      </div>
    </details>
  )
}
