// The ways to run a job side by side: which one was taken, and why the others lost.
import type { ReactNode } from 'react'
import { Tag } from '../components/card.tsx'
import { type Column, DataTable } from '../components/table.tsx'
import { Amount, Time } from '../components/value.tsx'
import { columnDecimals } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import type { Option, Reason } from './compute.ts'
import { type Names, reasonInWords } from './reasons.ts'
import { SimulatedTag } from './tags.tsx'

interface OptionTableProps {
  options: readonly Option[]
  caption: string
  /** The key of the option in force. */
  taken: string | null
  /** Offers another option where it can still be chosen. */
  choose?: (option: Option) => ReactNode
}

export function OptionTable({ options, caption, taken, choose }: OptionTableProps) {
  const { t, of } = useWords()
  const decimals = columnDecimals(
    options.flatMap(({ most, cash }) => [most, cash]),
    2,
  )
  const names = namesOf(options)
  const ranked = [...options].sort((a, b) => rankOf(a) - rankOf(b))
  const columns: Column<Option>[] = [
    {
      title: t('方案', 'Option'),
      heads: true,
      cell: (option) => (
        <>
          {of(option.site)} {of(option.cluster)}
          <span className="note-line muted small">
            {of(option.flavor)} <SimulatedTag simulated={option.simulated} />
          </span>
        </>
      ),
    },
    {
      title: t('最迟开始', 'Starts by'),
      cell: ({ startsBy }) =>
        startsBy ? (
          <Time at={startsBy} near />
        ) : (
          <span className="muted">{t('不可行', 'cannot')}</span>
        ),
    },
    {
      title: t('至多', 'At most'),
      number: true,
      cell: ({ most }) => <Amount amount={most} sign="¥" decimals={decimals} />,
    },
    {
      title: t('其中自付', 'Own money'),
      number: true,
      cell: ({ cash }) => <Amount amount={cash} sign="¥" decimals={decimals} />,
    },
    {
      title: t('结论', 'Verdict'),
      cell: (option) => <Verdict option={option} chosen={option.key === taken} names={names} />,
    },
  ]
  if (choose) columns.push({ title: t('改选', 'Choose'), actions: true, cell: choose })
  return (
    <DataTable
      caption={caption}
      quietCaption
      rows={ranked}
      rowKey={({ key }) => key}
      columns={columns}
    />
  )
}

/** The one that was chosen first, what cannot run last; the order of the quote within. */
function rankOf({ chosen, startsBy }: Option): number {
  if (chosen) return 0
  return startsBy === null ? 2 : 1
}

/** What reasons call the options: cluster and flavor. */
export function namesOf(options: readonly Option[]): Names {
  return new Map(
    options.map(({ cluster, flavor }) => [
      `${cluster.zh} ${flavor.zh}`,
      `${cluster.en} ${flavor.en}`,
    ]),
  )
}

interface VerdictProps {
  option: Option
  chosen: boolean
  names: Names
}

function Verdict({ option, chosen, names }: VerdictProps) {
  const { t } = useWords()
  const reasons = option.coverRefused ? [...option.reasons, option.coverRefused] : option.reasons
  return (
    <div className="verdict">
      {chosen && <Tag tone="good">{t('选用', 'taken')}</Tag>}{' '}
      <Reasons reasons={reasons} names={names} />
    </div>
  )
}

/** Reasons one after the other, as one sentence. */
export function Reasons({ reasons, names }: { reasons: readonly Reason[]; names?: Names }) {
  const { t, of } = useWords()
  const now = new Date()
  const words = reasons.map((reason) => of(reasonInWords(reason, now, names)))
  return <>{words.join(t('；', '. '))}</>
}
