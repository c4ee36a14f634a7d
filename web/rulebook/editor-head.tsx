// The head of the editor: where it stands, whether it is saved, comparing, handing in, reading, publishing.
// biome-ignore-all lint/a11y/useSemanticElements: buttons that press are no fields of a form
import { useState } from 'react'
import { Button } from '../components/button.tsx'
import { Note, Tag, type Tone } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { ProblemNote } from '../components/states.tsx'
import { type Text, useWords } from '../text/text.ts'
import { ChangesDialog } from './changes.tsx'
import type { Editing } from './editing.ts'
import { HandIn, ReaderActions } from './office-actions.tsx'
import type { Draft } from './rulebook.ts'
import type { Saving, Writing } from './use-draft.ts'
import type { Live } from './use-live.ts'

interface Props {
  draft: Draft
  writing: Writing
  live: Live
  view: Editing['view']
  onView: (view: Editing['view']) => void
  reload: () => Promise<void>
}

export const stateNames: Record<Draft['state'], { text: Text; tone: Tone }> = {
  open: { text: { zh: '起草中', en: 'being written' }, tone: 'info' },
  submitted: { text: { zh: '待审核', en: 'waits for its reader' }, tone: 'wait' },
  published: { text: { zh: '已发布', en: 'published' }, tone: 'good' },
  dropped: { text: { zh: '已放弃', en: 'put away' }, tone: 'none' },
}

export function EditorHead({ draft, writing, live, view, onView, reload }: Props) {
  const { t, of } = useWords()
  const [comparing, setComparing] = useState(false)
  const { state } = draft
  const { seen } = writing
  const title = of(draft.title)
  return (
    <>
      <PageHead
        title={title}
        crumbs={[
          { title: t('工作台', 'Workbench'), to: '/workbench' },
          { title: t('规则', 'Rules'), to: '/workbench/rules' },
        ]}
        tag={
          <Tag tone={state === 'open' ? 'wait' : stateNames[state].tone}>
            {of(stateNames[state].text)}
            {t(`，拟自 ${seen.from} 生效`, `, from ${seen.from} on`)}
          </Tag>
        }
        actions={
          <>
            {draft.base && (
              <Button onClick={() => setComparing(true)}>
                {t('与现行版比较', 'Compare with what is in force')}
              </Button>
            )}
            {state === 'open' && (
              <HandIn draft={draft} writing={writing} live={live} reload={reload} />
            )}
            {state === 'submitted' && <ReaderActions draft={draft} reload={reload} />}
          </>
        }
      />
      <Standing draft={draft} writing={writing} reload={reload} />
      <div className="row row-apart editor-bar">
        <div className="impact-choice" role="group" aria-label={t('显示', 'Shown as')}>
          <button type="button" aria-pressed={view === 'words'} onClick={() => onView('words')}>
            {t('文字', 'Words')}
          </button>
          <button type="button" aria-pressed={view === 'symbols'} onClick={() => onView('symbols')}>
            {t('符号', 'Symbols')}
          </button>
        </div>
        {state === 'open' && <Steps writing={writing} />}
      </div>
      {comparing && draft.base && (
        <ChangesDialog
          base={draft.base}
          definition={seen.definition}
          onClose={() => setComparing(false)}
        />
      )}
    </>
  )
}

const savingWords: Record<Saving, Text> = {
  saved: { zh: '已保存', en: 'Saved' },
  waiting: { zh: '即将保存', en: 'About to be saved' },
  saving: { zh: '正在保存', en: 'Saving' },
  conflict: { zh: '未保存', en: 'Not saved' },
  failed: { zh: '未保存', en: 'Not saved' },
}

function Steps({ writing }: { writing: Writing }) {
  const { t, of } = useWords()
  const { undo, redo, saving } = writing
  return (
    <div className="row">
      <span className="muted small" role="status" data-saving={saving}>
        {of(savingWords[saving])}
      </span>
      <Button small disabled={!undo} onClick={() => undo?.()}>
        {t('撤销', 'Undo')}
      </Button>
      <Button small disabled={!redo} onClick={() => redo?.()}>
        {t('重做', 'Redo')}
      </Button>
    </div>
  )
}

/** What whoever opens the draft has to know first. */
function Standing({
  draft,
  writing,
  reload,
}: {
  draft: Draft
  writing: Writing
  reload: () => Promise<void>
}) {
  const { t } = useWords()
  const { state, remark, own, office, reason, version } = draft
  const { saving, problem } = writing
  return (
    <div className="column editor-notes">
      {saving === 'conflict' && (
        <Note tone="wait" live>
          <strong>{t('别人已改动这份草案', 'Somebody else changed this draft')}</strong>
          <p>
            {t(
              '您的改动还在本页，没有保存。重新读取会放弃本页的改动，以已保存的内容为准。',
              'What you wrote is still on this page and is not saved. Reading it anew gives that up.',
            )}
          </p>
          <Button small onClick={() => void reload()}>
            {t('重新读取', 'Read it anew')}
          </Button>
        </Note>
      )}
      {saving === 'failed' && problem && (
        <ProblemNote problem={problem} retry={() => void writing.save().catch(() => {})} />
      )}
      {state === 'open' && remark && (
        <Note tone="wait">
          <strong>{t('审核人退回：', 'Handed back: ')}</strong>
          {remark}
        </Note>
      )}
      {state === 'open' && !own && (
        <Note>
          {t(
            `${office.name}的另一位工作人员起草；您改动后即为起草人，须由他人审核。`,
            `Written by somebody else of ${office.name}; once you change it, it is yours, and another reads it.`,
          )}
        </Note>
      )}
      {state === 'submitted' && (
        <Note>
          <strong>{t('修改理由：', 'Reason: ')}</strong>
          {reason}
        </Note>
      )}
      {state === 'published' && version && (
        <Note tone="good">
          {t(`已发布为第 ${version.number} 版`, `Published as version ${version.number}`)}
        </Note>
      )}
    </div>
  )
}
