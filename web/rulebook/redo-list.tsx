// Decisions whose version was withdrawn: each is made again, and before and after stand side by side.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Item, Note } from '../components/card.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { Empty, ProblemNote } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { useWords } from '../text/text.ts'
import type { DecisionHead, Outcomes } from './rulebook.ts'

const KEY = ['rules', 'redo']

export function RedoList() {
  const { t } = useWords()
  const client = useQueryClient()
  const pages = usePages<DecisionHead>(KEY, '/api/rules/redo')
  const act = useMutation({
    mutationFn: ({ id }: DecisionHead) =>
      api.post<{ id: string; before: Outcomes; after: Outcomes }>(
        `/api/rules/decisions/${id}/redo`,
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  })
  return (
    <div className="stack">
      {act.error && <ProblemNote problem={asProblem(act.error)} />}
      {act.data && act.variables && <Redone decision={act.variables} made={act.data} />}
      <PagedList
        pages={pages}
        what={t('待重新作出的决定', 'decisions')}
        empty={
          <Empty title={t('没有待重新作出的决定', 'None')}>
            {t(
              '撤回一个版本后，依它作出的决定列在这里。',
              'Once a version is withdrawn, what was decided under it stands here.',
            )}
          </Empty>
        }
      >
        {(items) => (
          <ul className="items">
            {items.map((one) => (
              <Waiting
                key={one.id}
                decision={one}
                busy={act.isPending && act.variables.id === one.id}
                onRedo={() => act.mutate(one)}
              />
            ))}
          </ul>
        )}
      </PagedList>
    </div>
  )
}

interface WaitingProps {
  decision: DecisionHead
  busy: boolean
  onRedo: () => void
}

function Waiting({ decision, busy, onRedo }: WaitingProps) {
  const { t, of } = useWords()
  const outcomes = decision.outcomes as Outcomes
  const words = Object.entries(outcomes).map(([name, { value }]) => `${name} ${of(value)}`)
  return (
    <Item
      title={t(
        `${decision.subject.name}：${decision.title.zh}`,
        `${decision.subject.name}: ${decision.title.en}`,
      )}
      detail={
        <>
          {t(
            `按第 ${decision.version} 版，${decision.on}`,
            `version ${decision.version}, ${decision.on}`,
          )}
          {' · '}
          {words.join(t('，', ', '))}
        </>
      }
      side={
        <Button small busy={busy} onClick={onRedo}>
          {t('重新决定', 'Decide again')}
          <span className="visually-hidden">
            {t(`：${decision.subject.name}`, `: ${decision.subject.name}`)}
          </span>
        </Button>
      }
    />
  )
}

function Redone(props: { decision: DecisionHead; made: { before: Outcomes; after: Outcomes } }) {
  const { t, of } = useWords()
  const { decision, made } = props
  const names = [...new Set([...Object.keys(made.before), ...Object.keys(made.after)])]
  const say = (side: Outcomes, name: string) => (side[name] ? of(side[name].value) : '—')
  return (
    <Note
      tone="good"
      live
      title={t(`已重新决定：${decision.subject.name}`, `Decided again: ${decision.subject.name}`)}
    >
      <DataTable
        quietCaption
        caption={t('原来与现在', 'Before and after')}
        rows={names}
        rowKey={(name) => name}
        columns={[
          { title: t('结果', 'Outcome'), heads: true, cell: (name) => name },
          { title: t('原来', 'Before'), number: true, cell: (name) => say(made.before, name) },
          { title: t('现在', 'Now'), number: true, cell: (name) => say(made.after, name) },
        ]}
      />
    </Note>
  )
}
