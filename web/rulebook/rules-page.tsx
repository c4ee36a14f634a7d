// The rules of an office: what is in force, drafts at work, and decisions that have to be made again.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card, Item, Note, Tag } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Empty, Loaded, ProblemNote } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { stateNames } from './editor-head.tsx'
import { RedoList } from './redo-list.tsx'
import { type DraftHead, draftsQuery, type SetHead, setsQuery } from './rulebook.ts'
import { VersionsDialog } from './versions-dialog.tsx'
import './rulebook.css'

export function RulesPage() {
  const { t } = useWords()
  return (
    <>
      <PageHead
        title={t('规则', 'Rules')}
        lead={t(
          '在现行版本上起草，边改边看对全省企业的影响；由另一位工作人员审核后发布，自定下的那一天起生效。',
          'Draft on what is in force and see what it does while you type; another official passes it.',
        )}
      />
      <div className="column">
        <Card title={t('草案', 'Drafts')}>
          <Drafts />
        </Card>
        <Card title={t('待重新作出的决定', 'Decisions to be made again')}>
          <RedoList />
        </Card>
        <Card title={t('现行规则', 'In force')}>
          <Sets />
        </Card>
      </div>
    </>
  )
}

function Drafts() {
  const { t } = useWords()
  const query = useQuery({ ...draftsQuery, staleTime: 0 })
  const [all, setAll] = useState(false)
  return (
    <Loaded query={query} what={t('草案', 'drafts')}>
      {({ items }) => {
        const live = items.filter(({ state }) => state === 'open' || state === 'submitted')
        const shown = all ? items : live
        return (
          <div className="stack">
            {shown.length === 0 ? (
              <Empty title={t('没有草案', 'No drafts')}>
                {t(
                  '在下面的现行规则上起草，草案会列在这里。',
                  'Draft on a set below; it will stand here.',
                )}
              </Empty>
            ) : (
              <ul className="items">
                {shown.map((draft) => (
                  <DraftItem key={draft.id} draft={draft} />
                ))}
              </ul>
            )}
            {items.length > live.length && (
              <Button small kind="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
                {all
                  ? t('只看未办结的', 'Only those at work')
                  : t(`连同已办结的 ${items.length - live.length} 份`, 'Show those done too')}
              </Button>
            )}
          </div>
        )
      }}
    </Loaded>
  )
}

function DraftItem({ draft }: { draft: DraftHead }) {
  const { t, of } = useWords()
  const { state, own, validFrom, office, reason } = draft
  const mine = own ? t('我起草', 'mine') : office.name
  const waits = state === 'submitted' && !own
  return (
    <Item
      title={
        <span className="row">
          <Link to="/workbench/rules/drafts/$id" params={{ id: draft.id }}>
            {of(draft.title)}
          </Link>
          <Tag tone={stateNames[state].tone}>
            {waits ? t('请您审核', 'for you to read') : of(stateNames[state].text)}
          </Tag>
        </span>
      }
      detail={
        <>
          {mine}
          {validFrom && t(`，拟自 ${validFrom} 生效`, `, from ${validFrom} on`)}
          {reason && ` · ${reason}`}
        </>
      }
      side={<Time at={draft.changedAt} near />}
    />
  )
}

function Sets() {
  const { t, of } = useWords()
  const query = useQuery(setsQuery)
  const client = useQueryClient()
  const navigate = useNavigate()
  const [versionsOf, setVersionsOf] = useState<SetHead | null>(null)
  const open = useMutation({
    mutationFn: (set: string) => api.post<{ id: string }>(`/api/rules/${set}/drafts`),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: draftsQuery.queryKey })
      await navigate({ to: '/workbench/rules/drafts/$id', params: { id } })
    },
  })
  return (
    <div className="stack">
      {open.error && <ProblemNote problem={asProblem(open.error)} />}
      <Loaded query={query} what={t('规则', 'rules')}>
        {({ items, on }) => (
          <SetTable
            items={items}
            on={on}
            opening={open.isPending ? open.variables : null}
            onOpen={(set) => open.mutate(set)}
            onVersions={setVersionsOf}
          />
        )}
      </Loaded>
      {versionsOf && (
        <VersionsDialog
          set={versionsOf.id}
          title={of(versionsOf.title)}
          onClose={() => setVersionsOf(null)}
        />
      )}
    </div>
  )
}

interface TableProps {
  items: readonly SetHead[]
  on: string
  /** The set on which a draft is being opened. */
  opening: string | null
  onOpen: (set: string) => void
  onVersions: (set: SetHead) => void
}

function SetTable({ items, on, opening, onOpen, onVersions }: TableProps) {
  const { t } = useWords()
  if (items.length === 0) return <Note>{t('还没有生效的规则', 'Nothing is in force yet')}</Note>
  const actions = (row: SetHead) => (
    <span className="row">
      <Button
        small
        busy={opening === row.id}
        aria-label={t(`起草：${row.title.zh}`, `Draft: ${row.title.en}`)}
        onClick={() => onOpen(row.id)}
      >
        {t('起草', 'Draft')}
      </Button>
      <Button
        small
        kind="quiet"
        aria-label={t(`版本：${row.title.zh}`, `Versions: ${row.title.en}`)}
        onClick={() => onVersions(row)}
      >
        {t('版本', 'Versions')}
      </Button>
    </span>
  )
  return (
    <DataTable
      quietCaption
      caption={t(`${on} 生效的规则`, `In force on ${on}`)}
      rows={items}
      rowKey={({ id }) => id}
      columns={[
        { title: t('规则', 'Set'), heads: true, cell: (row) => <SetName row={row} /> },
        {
          title: t('版本', 'Version'),
          number: true,
          cell: ({ version }) => t(`第 ${version.number} 版`, String(version.number)),
        },
        { title: t('生效', 'In force from'), cell: ({ version }) => version.validFrom },
        {
          title: t('将生效', 'To come'),
          cell: ({ next }) =>
            next &&
            t(`第 ${next.number} 版，${next.validFrom}`, `${next.number}: ${next.validFrom}`),
        },
        { title: t('操作', 'Actions'), actions: true, cell: actions },
      ]}
    />
  )
}

function SetName({ row }: { row: SetHead }) {
  const { t, of } = useWords()
  return (
    <>
      {of(row.title)}{' '}
      {row.certainty === 'example' && <Tag tone="none">{t('示例值', 'example')}</Tag>}
      <span className="note-line muted small">
        {row.benefit ? t('给予权益', 'grants something') : t('分类或计算', 'sorts or computes')}
      </span>
    </>
  )
}
