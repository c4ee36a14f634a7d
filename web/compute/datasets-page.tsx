// Data and programs of whom I act for: uploaded once, read by many jobs.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { LinkButton } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { Empty } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Identifier, Time } from '../components/value.tsx'
import { RequireSignIn } from '../identity/require-sign-in.tsx'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import type { Dataset } from './compute.ts'
import { DatasetForm } from './dataset-form.tsx'
import { ComputeFrame } from './frame.tsx'
import { bytesInWords } from './words.ts'
import './compute.css'

export function DatasetsPage() {
  const { t } = useWords()
  return (
    <ComputeFrame
      title={t('我的数据与程序', 'My data and programs')}
      lead={t(
        '上传一次，多个任务只读共用。压缩包（.tar.gz）会展开。',
        'Uploaded once and read by many jobs. Archives (.tar.gz) are unpacked.',
      )}
    >
      <RequireSignIn>
        {() => (
          <div className="grid">
            <Card className="span-4" title={t('上传', 'Upload')}>
              <DatasetForm />
            </Card>
            <Card className="span-8" title={t('已有', 'What is there')}>
              <DatasetList />
            </Card>
          </div>
        )}
      </RequireSignIn>
    </ComputeFrame>
  )
}

function DatasetList() {
  const { t } = useWords()
  const pages = usePages<Dataset>(['compute', 'datasets', 'list'], '/api/compute/datasets')
  return (
    <PagedList
      pages={pages}
      what={t('数据', 'the data')}
      empty={
        <Empty title={t('还没有数据或程序', 'Nothing is here yet')}>
          {t(
            '现成程序自带数据，不必上传也能运行。',
            'Ready-made programs bring their data; nothing needs to be uploaded for them.',
          )}
          <div className="row">
            <LinkButton to="/compute/submit">{t('运行现成程序', 'Run one')}</LinkButton>
          </div>
        </Empty>
      }
    >
      {(items) => <DatasetTable items={items} />}
    </PagedList>
  )
}

function DatasetTable({ items }: { items: readonly Dataset[] }) {
  const { t } = useWords()
  return (
    <DataTable
      caption={t('最新的在前', 'Newest first')}
      rows={items}
      rowKey={({ id }) => id}
      columns={[
        {
          title: t('名称', 'Name'),
          heads: true,
          cell: (row) => (
            <>
              {row.name}{' '}
              <Tag tone="none">
                {row.kind === 'program' ? t('程序', 'program') : t('数据', 'data')}
              </Tag>
              <span className="note-line muted small">
                SHA-256 <Identifier value={row.sha256} />
              </span>
            </>
          ),
        },
        { title: t('大小', 'Size'), number: true, cell: ({ bytes }) => bytesInWords(bytes) },
        { title: t('文件数', 'Files'), number: true, cell: ({ entries }) => count(entries) },
        { title: t('用过（次）', 'Used by'), number: true, cell: ({ uses }) => count(uses) },
        { title: t('上传时间', 'Uploaded'), cell: ({ createdAt }) => <Time at={createdAt} /> },
        {
          title: t('操作', 'Action'),
          actions: true,
          cell: (row) => <DeleteButton dataset={row} />,
        },
      ]}
    />
  )
}

function DeleteButton({ dataset }: { dataset: Dataset }) {
  const { t } = useWords()
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: () => api.delete(`/api/compute/datasets/${dataset.id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['compute', 'datasets'] }),
  })
  return (
    <ConfirmButton
      action={t('删除', 'Delete')}
      label={t(`删除${dataset.name}`, `Delete ${dataset.name}`)}
      title={t(`删除“${dataset.name}”？`, `Delete “${dataset.name}”?`)}
      onConfirm={() => remove.mutateAsync()}
    >
      {t(
        '正在运行的任务不受影响；以后的任务不能再选它。',
        'Running jobs keep it; later ones can no longer choose it.',
      )}
    </ConfirmButton>
  )
}
