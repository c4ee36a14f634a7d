// Other ways to ask for the same job: when each would start, what it costs, and a button to take it.
import type { ReactNode } from 'react'
import { type Column, DataTable } from '../components/table.tsx'
import { Amount, Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import type { Change, Option } from './compute.ts'
import { SimulatedTag } from './tags.tsx'
import { changeTitle, effects, startOf } from './wait-words.ts'

interface ChangeListProps {
  changes: readonly Change[]
  /** The moment that they are about. */
  at: string
  /** How it stands now: what the changes are compared with. */
  startsBy: string | null
  option: Option | null
  /** What each row offers, if anything. */
  take?: (change: Change) => ReactNode
}

export function ChangeList({ changes, at, startsBy, option, take }: ChangeListProps) {
  const { t, of } = useWords()
  const columns: Column<Change>[] = [
    {
      title: t('换个要法', 'Ask differently'),
      heads: true,
      cell: (change) => (
        <>
          {of(changeTitle(change))} <SimulatedTag simulated={change.option.simulated} />
          <span className="note-line muted small">
            {effects(change, { startsBy, option }).map(of).join(t('，', ', '))}
          </span>
        </>
      ),
    },
    {
      title: t('何时开始', 'Starts'),
      cell: (change) => <ChangedStart change={change} now={at} />,
    },
    {
      title: t('至多', 'At most'),
      number: true,
      cell: ({ option: { most } }) => <Amount amount={most} sign="¥" decimals={2} />,
    },
  ]
  if (take) columns.push({ title: t('改用', 'Take it'), actions: true, cell: take })
  return (
    <DataTable
      caption={t('换个要法会怎样', 'What asking differently would change')}
      rows={changes}
      rowKey={({ code, option: { key } }) => `${code} ${key}`}
      columns={columns}
    />
  )
}

function ChangedStart({ change, now }: { change: Change; now: string }) {
  const { t } = useWords()
  if (change.outlook?.startsNow || Date.parse(change.option.startsBy!) <= Date.parse(now))
    return <>{t('立即', 'at once')}</>
  const { at, promised } = startOf(change)
  return (
    <>
      {promised ? t('不晚于 ', 'by ') : t('约 ', 'about ')}
      <Time at={at} near />
    </>
  )
}
