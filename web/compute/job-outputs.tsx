// The files that a job wrote, to download.
import { useQuery } from '@tanstack/react-query'
import { address } from '../api/client.ts'
import { Card } from '../components/card.tsx'
import { Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { useWords } from '../text/text.ts'
import { outputsQuery, type Workload } from './compute.ts'
import { bytesInWords } from './words.ts'

/** Checkpoints and results appear while it runs. */
const WRITTEN_MS = 10_000

export function OutputsCard({ job }: { job: Workload }) {
  const { t } = useWords()
  const query = useQuery({
    ...outputsQuery(job.id),
    enabled: job.startedAt !== null,
    refetchInterval: job.state === 'running' ? WRITTEN_MS : false,
  })
  if (job.startedAt === null) return null
  return (
    <Card title={t('产出', 'Outputs')}>
      <Loaded query={query} what={t('产出', 'the outputs')}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">
              {job.endedAt
                ? t('程序没有写下文件。', 'The program wrote no files.')
                : t('程序写入 /output 的文件会列在这里。', 'Files in /output are listed here.')}
            </p>
          ) : (
            <DataTable
              caption={t(
                '保留期内可下载，也可作为下一个任务的数据。',
                'Kept for a while; the next job can read them.',
              )}
              rows={items}
              rowKey={({ path }) => path}
              columns={[
                {
                  title: t('文件', 'File'),
                  heads: true,
                  cell: ({ path }) => (
                    <a href={address(`/api/compute/workloads/${job.id}/output`, { path })} download>
                      {path}
                    </a>
                  ),
                },
                {
                  title: t('大小', 'Size'),
                  number: true,
                  cell: ({ bytes }) => bytesInWords(bytes),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  )
}
