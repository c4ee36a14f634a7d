// The rule editor: on the left what the rules say, on the right what they do, while they are typed.
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import type { Recipe } from '#engines/population/people.ts'
import { Card, Note } from '../components/card.tsx'
import { useWords } from '../text/text.ts'
import { ChangeList } from './changes.tsx'
import { type Editing, EditingOf, type Values, valuesOf } from './editing.ts'
import { EditorHead } from './editor-head.tsx'
import { FirstDay } from './first-day.tsx'
import { LiveImpact, SubmittedImpact } from './live-impact.tsx'
import { PutAway } from './office-actions.tsx'
import { FactList, FormulaList, JudgementList } from './other-nodes.tsx'
import { ParameterTable } from './parameter-table.tsx'
import { Reading } from './reading.ts'
import { type Draft, dayAfter } from './rulebook.ts'
import { Scenarios } from './scenarios.tsx'
import { TableCard } from './table-card.tsx'
import { useDraft, type Writing } from './use-draft.ts'
import { useLive } from './use-live.ts'

interface Props {
  draft: Draft
  recipe: Recipe
  reload: () => Promise<void>
}

export function Editor({ draft, recipe, reload }: Props) {
  const { t } = useWords()
  const tomorrow = dayAfter(recipe.today)
  const writing = useDraft(draft, tomorrow)
  const [view, setView] = useState<Editing['view']>('words')
  const [size, setSize] = useState(recipe.size)
  const { seen } = writing
  const base = draft.base?.definition ?? null
  const people = useMemo(() => ({ ...recipe, size }), [recipe, size])
  const asked = { definition: seen.definition, cases: seen.cases, on: seen.from }
  const live = useLive(people, base, asked)
  const editing = useShared({ draft, writing, view, review: live.review })
  const open = draft.state === 'open'
  return (
    <EditingOf value={editing}>
      <EditorHead
        draft={draft}
        writing={writing}
        live={live}
        view={view}
        onView={setView}
        reload={reload}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys for undo reach everything inside */}
      <div className="rule-columns" onKeyDown={(event) => undoByKey(event, writing)}>
        <div className="column">
          <WholeFaults editing={editing} />
          {draft.state === 'submitted' && base && (
            <Card title={t('与现行版的差别', 'What it changes')}>
              <ChangeList before={base} after={draft.definition} />
            </Card>
          )}
          {seen.definition.nodes.map(
            (node) => node.kind === 'table' && <TableCard key={node.name} table={node} />,
          )}
          <ParameterTable />
          <FormulaList />
          <JudgementList />
          <FactList />
          <Scenarios />
        </div>
        <div className="column rule-side">
          {draft.state === 'submitted' || draft.state === 'published' ? (
            <SubmittedImpact draft={draft} />
          ) : (
            <LiveImpact
              live={live}
              definition={seen.definition}
              base={base}
              sizes={[...new Set([recipe.size, 1_000_000])].sort((a, b) => a - b)}
              size={size}
              onSize={setSize}
            />
          )}
          {open && <FirstDay draft={draft} writing={writing} tomorrow={tomorrow} />}
          {open && <PutAway draft={draft} writing={writing} reload={reload} />}
        </div>
      </div>
    </EditingOf>
  )
}

/** Ctrl+Z and Ctrl+Y, except while something is typed, where the field has its own. */
function undoByKey(event: KeyboardEvent, { undo, redo }: Writing): void {
  const ctrl = event.ctrlKey || event.metaKey
  const typing =
    event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement
  if (!ctrl || typing) return
  const key = event.key.toLowerCase()
  const act = key === 'y' || (key === 'z' && event.shiftKey) ? redo : key === 'z' ? undo : null
  if (!act) return
  event.preventDefault()
  act()
}

interface Sharing {
  draft: Draft
  writing: Writing
  view: Editing['view']
  review: Editing['review']
}

function useShared({ draft, writing, view, review }: Sharing): Editing {
  const { text, seen, change, type, leave } = writing
  const base = draft.base?.definition ?? null
  const kept = useRef<{
    reading: Reading | null
    values: ReadonlyMap<string, Values>
    key: string
  }>({ reading: null, values: new Map(), key: '' })
  return useMemo(() => {
    const reading = Reading.of(seen.definition, kept.current.reading)
    const values = valuesOf(seen.definition, base, seen.from)
    const key = JSON.stringify([...values])
    // Cells are drawn anew only where a value of a parameter is another.
    const same = key === kept.current.key ? kept.current.values : values
    kept.current = { reading, values: same, key }
    const readOnly = draft.state !== 'open'
    return { text, seen, base, reading, values: same, review, view, readOnly, change, type, leave }
  }, [text, seen, base, review, view, draft.state, change, type, leave])
}

/** What is wrong and belongs to no cell: circles, names that are taken, outcomes that are gone. */
function WholeFaults({ editing }: { editing: Editing }) {
  const { t, of } = useWords()
  const names = new Set(editing.seen.definition.nodes.map(({ name }) => name))
  const whole = (editing.review?.faults ?? []).filter(({ place }) => !names.has(place[0] ?? ''))
  if (whole.length === 0) return null
  return (
    <Card>
      <Note tone="wait" live>
        <strong>{t('规则整体有误', 'The set as a whole is wrong')}</strong>
        <ul>
          {whole.map(({ says }) => (
            <li key={says.zh}>{of(says)}</li>
          ))}
        </ul>
      </Note>
    </Card>
  )
}
