// The system administrator's page: settings, journal and reactions, storage, migrations, process.
import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { Card, Facts, Figure, Tag } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Time } from '../components/value.tsx'
import { count, duration } from '../text/format.ts'
import { type Text, useWords } from '../text/text.ts'

interface SystemReply {
  settings: { name: string; value: string; secret: boolean; about: Text }[]
  reactions: {
    name: string
    position: string
    behind: string
    failures: number
    failedWith: string | null
    retryAt: string | null
  }[]
  journal: { position: string; sealed: string; unnumbered: string }
  migrations: { service: string; name: string; appliedAt: string }[]
  storage: { schema: string; bytes: string }[]
  process: { node: string; uptimeSeconds: number; memoryBytes: number }
}

const systemQuery = {
  queryKey: ['admin', 'system'],
  queryFn: () => api.get<SystemReply>('/api/admin/system'),
  refetchInterval: 10_000,
}

const MEBIBYTE = 1_048_576

/** Bytes in MiB with one decimal. */
const mebibytes = (bytes: number | string) => (Number(bytes) / MEBIBYTE).toFixed(1)

export function SystemPage() {
  const { t } = useWords()
  const query = useQuery(systemQuery)
  return (
    <>
      <PageHead
        title={t('系统', 'System')}
        lead={t(
          '设置、日志、后台工作与存储。口令和密钥不显示。',
          'Settings, journal, background work, storage. Secrets are hidden.',
        )}
      />
      <Loaded query={query} what={t('系统概况', 'the state')}>
        {(system) => (
          <div className="grid">
            <Card>
              <Headline system={system} />
            </Card>
            <Card className="span-6" title={t('跟进日志的工作', 'Reactions')}>
              <Reactions system={system} />
            </Card>
            <Card className="span-6" title={t('存储', 'Storage')}>
              <Storage system={system} />
            </Card>
            <Card title={t('设置', 'Settings')}>
              <Settings system={system} />
            </Card>
            <Card title={t('数据库变更', 'Migrations')}>
              <Migrations system={system} />
            </Card>
          </div>
        )}
      </Loaded>
    </>
  )
}

function Headline({ system }: { system: SystemReply }) {
  const { t, language } = useWords()
  const { journal, process } = system
  return (
    <div className="figures">
      <Figure
        label={t('日志记录', 'Journal entries')}
        value={count(Number(journal.position))}
        unit={t('条', '')}
      />
      <Figure
        label={t('待封存', 'To be sealed')}
        value={count(Number(journal.position) - Number(journal.sealed))}
        unit={t('条', '')}
        note={t(
          `另有 ${journal.unnumbered} 条待编号`,
          `${journal.unnumbered} more wait for a number`,
        )}
      />
      <Figure
        label={t('已运行', 'Running for')}
        value={duration(process.uptimeSeconds, language)}
      />
      <Figure
        label={t('内存', 'Memory')}
        value={mebibytes(process.memoryBytes)}
        unit="MiB"
        note={`Node ${process.node}`}
      />
    </div>
  )
}

function Reactions({ system }: { system: SystemReply }) {
  const { t } = useWords()
  return (
    <DataTable
      caption={t('落后的条数为 0 表示已跟上', '0 behind means it has caught up')}
      rows={system.reactions}
      rowKey={(row) => row.name}
      columns={[
        { title: t('名称', 'Name'), heads: true, cell: (row) => <code>{row.name}</code> },
        {
          title: t('落后（条）', 'Behind'),
          number: true,
          cell: (row) => count(Number(row.behind)),
        },
        {
          title: t('状态', 'State'),
          cell: (row) =>
            row.failures === 0 ? (
              <Tag tone="good">{t('正常', 'fine')}</Tag>
            ) : (
              <>
                <Tag tone="wait">{t(`失败 ${row.failures} 次`, `${row.failures} failures`)}</Tag>
                <span className="note-line small">{row.failedWith}</span>
                {row.retryAt && (
                  <span className="note-line small">
                    {t('重试于 ', 'again at ')}
                    <Time at={row.retryAt} show="second" />
                  </span>
                )}
              </>
            ),
        },
      ]}
    />
  )
}

function Storage({ system }: { system: SystemReply }) {
  const { t } = useWords()
  return (
    <DataTable
      caption={t('各服务占用的空间', 'Space by service')}
      quietCaption
      rows={system.storage}
      rowKey={(row) => row.schema}
      columns={[
        { title: t('服务', 'Service'), heads: true, cell: (row) => <code>{row.schema}</code> },
        {
          title: t('占用（MiB）', 'Size (MiB)'),
          number: true,
          cell: (row) => mebibytes(row.bytes),
        },
      ]}
    />
  )
}

function Settings({ system }: { system: SystemReply }) {
  const { t, of } = useWords()
  return (
    <Facts
      rows={system.settings.map((setting) => [
        setting.name,
        <span key={setting.name}>
          <code>{setting.value}</code> <span className="muted small">{of(setting.about)}</span>{' '}
          {setting.secret && <Tag tone="none">{t('保密', 'secret')}</Tag>}
        </span>,
      ])}
    />
  )
}

function Migrations({ system }: { system: SystemReply }) {
  const { t } = useWords()
  return (
    <DataTable
      caption={t('已执行的变更', 'Applied')}
      quietCaption
      rows={system.migrations}
      rowKey={(row) => `${row.service}/${row.name}`}
      columns={[
        { title: t('服务', 'Service'), heads: true, cell: (row) => <code>{row.service}</code> },
        { title: t('名称', 'Name'), cell: (row) => <code>{row.name}</code> },
        { title: t('时间', 'When'), cell: (row) => <Time at={row.appliedAt} show="second" /> },
      ]}
    />
  )
}
