// The audit page: the journal with filters, each entry with its proof, and the seals.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TextField } from '../components/field.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { PageHead } from '../components/page.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Identifier, Time } from '../components/value.tsx'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { type AuditRow, actorInWords, viewOf } from './entries.ts'
import { EntryContent } from './entry-content.tsx'
import { sealsQuery } from './seals.ts'

const route = getRouteApi('/workbench/audit')

export function AuditPage() {
  const { t } = useWords()
  return (
    <>
      <PageHead
        title={t('审计', 'Audit')}
        lead={t(
          '日志只增不改。记录中没有姓名，只有编号、金额和加盐摘要。',
          'The journal only grows. It holds no names: ids, amounts and salted hashes.',
        )}
      />
      <div className="column">
        <Card title={t('日志', 'Journal')}>
          <JournalBrowser />
        </Card>
        <Card title={t('封存', 'Seals')}>
          <Seals />
        </Card>
      </div>
    </>
  )
}

function JournalBrowser() {
  const { t } = useWords()
  const filter = route.useSearch()
  const [shown, setShown] = useState<AuditRow | null>(null)
  const pages = usePages<AuditRow>(['admin', 'journal'], '/api/admin/journal', filter)
  return (
    <div className="stack stack-loose">
      <Filters />
      <PagedList
        pages={pages}
        what={t('日志', 'the journal')}
        empty={
          <Empty title={t('没有符合的记录', 'No entry matches')}>
            {t('请放宽筛选条件。', 'Loosen the filter.')}
          </Empty>
        }
      >
        {(items) => <JournalTable items={items} onLook={setShown} />}
      </PagedList>
      {shown && (
        <Dialog
          drawer
          title={t(`第 ${shown.position} 号记录`, `Entry ${shown.position}`)}
          onClose={() => setShown(null)}
        >
          <EntryContent entry={viewOf(shown)} />
        </Dialog>
      )}
    </div>
  )
}

interface JournalTableProps {
  items: readonly AuditRow[]
  onLook: (row: AuditRow) => void
}

function JournalTable({ items, onLook }: JournalTableProps) {
  const { t } = useWords()
  return (
    <DataTable
      dense
      caption={t('日志记录，最新的在前', 'Journal entries, newest first')}
      rows={items}
      rowKey={(row) => row.position}
      columns={[
        {
          title: t('编号', 'Position'),
          number: true,
          cell: (row) => count(Number(row.position)),
        },
        {
          title: t('记录时间', 'Recorded'),
          cell: (row) => <Time at={row.knownAt} show="second" />,
        },
        { title: t('种类', 'Kind'), heads: true, cell: (row) => <code>{row.kind}</code> },
        {
          title: t('谁', 'Actor'),
          cell: (row) => <Identifier value={actorInWords(row.actor)} />,
        },
        {
          title: t('涉及', 'Subject'),
          cell: (row) => (row.subjectId ? <Identifier value={row.subjectId} /> : '—'),
        },
        {
          title: t('操作', 'Actions'),
          actions: true,
          cell: (row) => (
            <Button
              small
              aria-label={t(`查看第 ${row.position} 号`, `Look at ${row.position}`)}
              onClick={() => onLook(row)}
            >
              {t('查看', 'Look')}
            </Button>
          ),
        },
      ]}
    />
  )
}

function Filters() {
  const { t } = useWords()
  const filter = route.useSearch()
  const navigate = useNavigate({ from: '/workbench/audit' })
  const change = (part: Partial<typeof filter>) =>
    void navigate({ search: { ...filter, ...part }, replace: true, resetScroll: false })
  return (
    <form
      className="filters"
      aria-label={t('筛选日志', 'Filter the journal')}
      onSubmit={(event) => {
        event.preventDefault()
        const data = new FormData(event.currentTarget)
        const value = (name: string) => String(data.get(name) ?? '').trim() || undefined
        change({
          kind: value('kind'),
          subjectId: value('subjectId'),
          personId: value('personId'),
        })
      }}
    >
      <TextField
        name="kind"
        label={t('种类', 'Kind')}
        defaultValue={filter.kind}
        spellCheck={false}
      />
      <TextField
        name="subjectId"
        label={t('涉及单位编号', 'Subject id')}
        defaultValue={filter.subjectId}
        spellCheck={false}
      />
      <TextField
        name="personId"
        label={t('操作人编号', 'Person id')}
        defaultValue={filter.personId}
        spellCheck={false}
      />
      <Button type="submit">{t('筛选', 'Filter')}</Button>
    </form>
  )
}

function Seals() {
  const { t } = useWords()
  const query = useQuery(sealsQuery)
  return (
    <Loaded query={query} what={t('封存记录', 'seals')}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t('尚未封存', 'Not sealed yet')}>
            {t('有新记录后数秒内封存。', 'New entries are sealed within seconds.')}
          </Empty>
        ) : (
          <div className="stack">
            <DataTable
              caption={t('每次封存盖住此前的全部记录', 'Each seal covers all entries before it')}
              rows={items}
              rowKey={(row) => row.root}
              columns={[
                {
                  title: t('记录数', 'Entries'),
                  number: true,
                  cell: (row) => count(Number(row.size)),
                },
                {
                  title: t('时间', 'When'),
                  heads: true,
                  cell: (row) => <Time at={row.at} show="second" />,
                },
                {
                  title: t('根', 'Root'),
                  cell: (row) => <Identifier value={row.root} length={20} />,
                },
                { title: t('公钥编号', 'Key id'), cell: (row) => <code>{row.keyId}</code> },
              ]}
            />
            <p className="small">
              <Link to="/verify">{t('如何验真', 'How to verify')}</Link>
            </p>
          </div>
        )
      }
    </Loaded>
  )
}
