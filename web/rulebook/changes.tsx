// What a draft changes, as a list in words: where, what it was, what it will be.
import { useMemo } from 'react'
import type { RuleSetDefinition } from '#engines/rules/definitions.ts'
import { type Change, diff } from '#engines/rules/diff.ts'
import { Dialog } from '../components/dialog.tsx'
import { Empty } from '../components/states.tsx'
import { useWords } from '../text/text.ts'
import type { Draft } from './rulebook.ts'

interface Props {
  base: NonNullable<Draft['base']>
  definition: RuleSetDefinition
  onClose: () => void
}

export function ChangesDialog({ base, definition, onClose }: Props) {
  const { t } = useWords()
  return (
    <Dialog
      drawer
      title={t(`与第 ${base.number} 版比较`, `Compared with version ${base.number}`)}
      onClose={onClose}
    >
      <ChangeList before={base.definition} after={definition} />
    </Dialog>
  )
}

export function ChangeList({
  before,
  after,
}: {
  before: RuleSetDefinition
  after: RuleSetDefinition
}) {
  const { t } = useWords()
  const changes = useMemo(() => diff(before, after), [before, after])
  if (changes.length === 0) {
    return <Empty title={t('没有差别', 'No difference')} />
  }
  return (
    <ul className="items">
      {changes.map((change) => (
        <li key={change.place.join('›')}>
          <p className="item-title">{change.place.join(' › ')}</p>
          <Sides change={change} />
        </li>
      ))}
    </ul>
  )
}

function Sides({ change: { before, after } }: { change: Change }) {
  const { t } = useWords()
  if (before === null) {
    return (
      <p>
        {t('新增：', 'New: ')}
        <ins>{after}</ins>
      </p>
    )
  }
  if (after === null) {
    return (
      <p>
        {t('删去：', 'Gone: ')}
        <del>{before}</del>
      </p>
    )
  }
  return (
    <p>
      {t('由 ', 'From ')}
      <del>{before}</del>
      {t(' 改为 ', ' to ')}
      <ins>{after}</ins>
    </p>
  )
}
