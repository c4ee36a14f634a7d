// One cell of a rule table: its words or its text, what it was before, what is wrong with it.
import { type Text, useWords } from '../text/text.ts'
import type { Values } from './editing.ts'
import type { Read } from './reading.ts'

export interface CellView {
  text: string
  read: Read | null
  /** As it stands in the version in force; null: there is no such cell. */
  old: { text: string; read: Read | null } | null
}

interface Props {
  cell: CellView
  view: 'words' | 'symbols'
  values: ReadonlyMap<string, Values>
}

/** A result that is the name of a parameter is shown as what it comes to. */
function wordsOf(
  text: string,
  read: Read | null,
  values: ReadonlyMap<string, Values>,
  side: keyof Values,
): Text {
  if (!read) return { zh: text, en: text }
  if (read.fault) return { zh: text === '' ? '—' : text, en: text === '' ? '—' : text }
  return (read.name && values.get(read.name)?.[side]) || read.says
}

/** Whether a cell comes to something else than in force: its text, or the parameter that it names. */
export function comesToOther({ text, read, old }: CellView, values: Props['values']): boolean {
  if (!old) return false
  if (old.text !== text) return true
  const found = read?.name ? values.get(read.name) : undefined
  return found?.old != null && found.old.zh !== found.now?.zh
}

export function CellWords({ cell, view, values }: Props) {
  const { t, of } = useWords()
  const { text, read, old } = cell
  const words = view === 'words'
  const now = words ? wordsOf(text, read, values, 'now') : { zh: text, en: text }
  const before = old && (words ? wordsOf(old.text, old.read, values, 'old') : both(old.text))
  const name = words && !read?.fault && read?.name && values.has(read.name) ? read.name : null
  const differs = before !== null && before.zh !== now.zh
  const any = words && text === '-'
  return (
    <>
      {name && <span className="grid-name">{name}</span>}
      <span className={any ? 'muted' : differs ? 'grid-new' : undefined}>{of(now) || '—'}</span>
      {differs && (
        <span className="grid-old">
          <span aria-hidden="true"> ← </span>
          <span className="visually-hidden">{t('，原为', ', was ')}</span>
          {of(before) || '—'}
        </span>
      )}
      {read?.fault && <span className="grid-fault">{of(read.fault)}</span>}
    </>
  )
}

const both = (text: string): Text => ({ zh: text, en: text })
