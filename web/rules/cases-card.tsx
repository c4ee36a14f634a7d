// Golden cases of a rule set: what has to come out, and whether it does, computed in this browser.
import { useMemo } from 'react'
import { Decimal } from '#engines/feel/values.ts'
import type { CaseDefinition } from '#engines/rules/definitions.ts'
import { Evaluation, factsOf, noCalendar } from '#engines/rules/evaluation.ts'
import type { RuleSet } from '#engines/rules/link.ts'
import { RuleError } from '#engines/rules/rule-error.ts'
import { sayValue } from '#engines/rules/say.ts'
import { Open, type Value } from '#engines/rules/types.ts'
import { Card, Tag } from '../components/card.tsx'
import { DataTable } from '../components/table.tsx'
import { useWords } from '../text/text.ts'
import { outcomeTitle } from './outcomes.tsx'

interface Tried {
  one: CaseDefinition
  /** null: it could not be tried here. */
  right: boolean | null
  found: { name: string; value: Value }[]
}

/** Whether a value is what a case writes: 30 of a unit % is 0.3. */
function isAs(value: Value, expected: unknown, unit: string): boolean {
  if (value instanceof Open) return false
  if (value instanceof Decimal) {
    const shown = unit === '%' ? value.times(100) : value
    return shown.eq(String(expected)) || value.eq(String(expected))
  }
  return JSON.stringify(value) === JSON.stringify(expected)
}

function tried(set: RuleSet, one: CaseDefinition): Tried {
  try {
    const facts = factsOf(set, one.facts)
    const evaluation = new Evaluation(set, { facts, on: one.on, workdays: noCalendar })
    const found = Object.keys(one.expect).map((name) => ({ name, value: evaluation.value(name) }))
    // What needs a calendar, a missing fact or a person is not compared here.
    if (found.some(({ value }) => value instanceof Open)) return { one, right: null, found }
    const right = found.every(({ name, value }) => {
      const type = set.types.get(name)!
      return isAs(value, one.expect[name], type.kind === 'number' ? type.unit.name : '')
    })
    return { one, right, found }
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return { one, right: null, found: [] }
  }
}

export function CasesCard({ set, cases }: { set: RuleSet; cases: readonly CaseDefinition[] }) {
  const { t, of } = useWords()
  const rows = useMemo(() => cases.map((one) => tried(set, one)), [set, cases])
  if (rows.length === 0) return null
  const right = rows.filter((row) => row.right).length
  return (
    <Card
      title={t('标准案例', 'Golden cases')}
      aside={
        <span className="muted small">
          {t(
            `刚在您的浏览器里重算：${rows.length} 例中 ${right} 例相符`,
            `Just computed in your browser: ${right} of ${rows.length} come out`,
          )}
        </span>
      }
    >
      <details>
        <summary>{t(`看全部 ${rows.length} 例`, `All ${rows.length} cases`)}</summary>
        <DataTable
          caption={t('每次改规则都须全部通过', 'All of them have to pass before a rule changes')}
          rows={rows}
          rowKey={({ one }) => `${one.name} ${one.on}`}
          columns={[
            {
              title: t('案例', 'Case'),
              heads: true,
              cell: ({ one }) => (
                <>
                  {t(one.name, one.name)}
                  <span className="note-line muted small">{t(one.source, one.source)}</span>
                </>
              ),
            },
            {
              title: t('日期', 'Day'),
              cell: ({ one }) => <span className="nowrap">{one.on}</span>,
            },
            {
              title: t('应得', 'Expected'),
              cell: ({ found }) => (
                <ul>
                  {found.map(({ name, value }) => (
                    <li key={name}>
                      {t(outcomeTitle(name), outcomeTitle(name))}
                      {t('：', ': ')}
                      {of(sayValue(value, set.types.get(name)!))}
                    </li>
                  ))}
                </ul>
              ),
            },
            {
              title: t('核对', 'Check'),
              cell: ({ right: fits }) =>
                fits === null ? (
                  <Tag tone="none">{t('在服务器核对', 'on the server')}</Tag>
                ) : fits ? (
                  <Tag tone="good">{t('相符', 'comes out')}</Tag>
                ) : (
                  <Tag tone="wait">{t('不符', 'differs')}</Tag>
                ),
            },
          ]}
        />
      </details>
    </Card>
  )
}
