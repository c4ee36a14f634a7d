// One rule table with what is true of it as a whole: gaps, overlaps, rows that never decide.
import { useState } from 'react'
import type { HitPolicy, TableDefinition } from '#engines/rules/definitions.ts'
import type { TableFindings } from '#engines/rules/review.ts'
import { Card, Tag } from '../components/card.tsx'
import { type Text, useWords } from '../text/text.ts'
import { faultsAt, useEditing } from './editing.ts'
import { citeWords } from './grid.ts'
import { RuleGrid } from './rule-grid.tsx'

const hitNames: Record<HitPolicy, Text> = {
  U: { zh: '恰好命中一行', en: 'exactly one row' },
  A: { zh: '可命中几行，结果须相同', en: 'rows that agree' },
  F: { zh: '命中第一行', en: 'the first row' },
  P: { zh: '取优先的结果', en: 'by priority' },
  C: { zh: '列出全部', en: 'all of them' },
  'C+': { zh: '求和', en: 'their sum' },
  'C#': { zh: '计数', en: 'their number' },
  'C<': { zh: '取最小', en: 'the least' },
  'C>': { zh: '取最大', en: 'the most' },
  R: { zh: '按行序列出', en: 'all in order of rows' },
  O: { zh: '按优先次序列出', en: 'all by priority' },
}

export function TableCard({ table }: { table: TableDefinition }) {
  const { t, of } = useWords()
  const { review, reading } = useEditing()
  const found = review?.tables.find((one) => one.table === table.name)
  const whole = faultsAt(review, table.name).filter((says) => !isInCell(table, says, reading))
  const sources = [...new Set(table.rows.map(({ cite }) => citeWords(cite)))]
  return (
    <Card
      title={table.name}
      aside={
        <span className="muted small table-about">
          {of(hitNames[table.hit])}（{table.hit}） · {t('依据：', 'Source: ')}
          {sources.join('；')}
        </span>
      }
    >
      <div className="stack">
        <RuleGrid name={table.name} />
        {whole.map((says) => (
          <p key={says.zh} className="field-error">
            {of(says)}
          </p>
        ))}
        {found ? (
          <Findings found={found} />
        ) : (
          <p>
            <Tag tone="none">
              {t('未能逐格检查缺口与冲突', 'Gaps and overlaps could not be looked at')}
            </Tag>
          </p>
        )}
      </div>
    </Card>
  )
}

/** What a cell says already is not said again below the table. */
function isInCell(
  table: TableDefinition,
  says: Text,
  reading: ReturnType<typeof useEditing>['reading'],
): boolean {
  return table.rows.some(
    ({ when, gives }) =>
      when.some((text, nth) => reading.test(text, table.inputs[nth]!).fault?.zh === says.zh) ||
      gives.some(
        (text, nth) =>
          table.outputs[nth] && reading.result(text, table.outputs[nth].type).fault?.zh === says.zh,
      ),
  )
}

function Findings({ found }: { found: TableFindings }) {
  const { t, of } = useWords()
  const [open, setOpen] = useState(false)
  const { gaps, overlaps, unreachable } = found
  const some = gaps.length + overlaps.length + unreachable.length > 0
  return (
    <div className="findings" role="status">
      <p className="row">
        {gaps.length === 0 ? (
          <Tag tone="good">{t('无缺口', 'No gaps')}</Tag>
        ) : (
          <Tag tone="wait">{t(`${gaps.length} 处缺口`, `${gaps.length} gaps`)}</Tag>
        )}
        {overlaps.length === 0 ? (
          <Tag tone="good">{t('无冲突', 'No overlaps')}</Tag>
        ) : (
          <Tag tone="wait">{t(`${overlaps.length} 处冲突`, `${overlaps.length} overlaps`)}</Tag>
        )}
        {unreachable.length > 0 && (
          <span className="small">
            {t(
              `“${unreachable.join('”、“')}”永远轮不到：前面各行已全部覆盖`,
              `${unreachable.join(', ')} never decides: rows above cover it`,
            )}
          </span>
        )}
        {some && gaps.length + overlaps.length > 0 && (
          <button
            type="button"
            className="link-button small why"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {t('看例子', 'Examples')}
          </button>
        )}
      </p>
      {open && (
        <ul className="list small">
          {gaps.map((says) => (
            <li key={says.zh}>
              {t('没有一行适用：', 'No row applies: ')}
              {of(says)}
            </li>
          ))}
          {overlaps.map(({ rows, says }) => (
            <li key={rows.join()}>
              {t(`“${rows[0]}”与“${rows[1]}”同时适用：`, `${rows[0]} and ${rows[1]} both apply: `)}
              {of(says)}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
