// Decision tables of a rule set: in words for everybody, in symbols for whoever checks them.
import type { HitPolicy } from '#engines/rules/definitions.ts'
import type { Row, RuleSet, Table } from '#engines/rules/link.ts'
import { sayExpr } from '#engines/rules/say.ts'
import type { Expr } from '#engines/rules/types.ts'
import { Card } from '../components/card.tsx'
import { ScrollRegion } from '../components/scroll-region.tsx'
import { type Text, useWords } from '../text/text.ts'
import { ANY, RuleWords } from './rule-words.ts'
import { Sources } from './why.tsx'

const HITS: Record<HitPolicy, Text> = {
  U: { zh: '只会有一行适用', en: 'only one row can apply' },
  A: { zh: '适用的各行结果相同', en: 'all rows that apply give the same' },
  F: { zh: '从上到下，第一个适用的行决定', en: 'the first row that applies decides' },
  P: { zh: '适用的行中，取排在前面的结果', en: 'of the rows that apply the highest result counts' },
  C: { zh: '适用的行全部列出', en: 'all rows that apply are listed' },
  'C+': { zh: '适用的行相加', en: 'the rows that apply are summed' },
  'C#': { zh: '数有几行适用', en: 'the rows that apply are counted' },
  'C<': { zh: '取适用的行中最小的', en: 'the least of the rows that apply' },
  'C>': { zh: '取适用的行中最大的', en: 'the most of the rows that apply' },
  R: { zh: '适用的行按行序列出', en: 'all rows that apply, in their order' },
  O: { zh: '适用的行按结果次序列出', en: 'all rows that apply, by their results' },
}

interface TablesSectionProps {
  set: RuleSet
  on: string
  symbols: boolean
  turn: (symbols: boolean) => void
}

export function TablesSection({ set, on, symbols, turn }: TablesSectionProps) {
  const { t } = useWords()
  const nodes = new Set([...set.nodes.values()].map(({ node }) => node))
  const tables = [...nodes].filter((node): node is Table => node.kind === 'table')
  const words = new RuleWords(set, on)
  const views = [
    [false, t('文字', 'Words')],
    [true, t('符号', 'Symbols')],
  ] as const
  return (
    <>
      <fieldset className="fieldset row">
        <legend className="visually-hidden">
          {t('表和公式怎样显示', 'How to show tables and formulas')}
        </legend>
        {views.map(([value, title]) => (
          <button
            key={title}
            type="button"
            className="button button-small"
            aria-pressed={symbols === value}
            onClick={() => turn(value)}
          >
            {title}
          </button>
        ))}
        <span className="muted small">
          {t('文字给人看；符号是计算用的原文。', 'Words to read; symbols as they are computed.')}
        </span>
      </fieldset>
      {tables.map((table) => (
        <TableCard key={table.definition.name} table={table} words={words} symbols={symbols} />
      ))}
    </>
  )
}

interface TableCardProps {
  table: Table
  words: RuleWords
  symbols: boolean
}

function TableCard({ table, words, symbols }: TableCardProps) {
  const { t, of } = useWords()
  const { name, hit, inputs, outputs, rows, otherwise } = table.definition
  const cites = rows.flatMap(({ cite }) => cite ?? [])
  const rest = otherwise && (symbols ? otherwise : table.otherwise!.map((one) => of(sayExpr(one))))
  return (
    <Card title={t(name, name)} aside={<span className="muted small">{of(HITS[hit])}</span>}>
      <div className="stack">
        <ScrollRegion label={t(`表：${name}`, `Table: ${name}`)}>
          <table className="table rule-table">
            <caption className="visually-hidden">
              {t(`${name}：${of(HITS[hit])}`, `${name}: ${of(HITS[hit])}`)}
            </caption>
            <thead>
              <tr>
                <th scope="col">{t('行', 'Row')}</th>
                {inputs.map((input, nth) => (
                  <th scope="col" key={input}>
                    {symbols ? <code>{input}</code> : of(words.phrase(table.inputs[nth]!))}
                  </th>
                ))}
                {outputs.map((one) => (
                  <th scope="col" key={one.name} className="rule-gives">
                    {t(one.name, one.name)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row) => (
                <RuleRow
                  key={row.definition.id}
                  row={row}
                  inputs={table.inputs}
                  words={words}
                  symbols={symbols}
                />
              ))}
              {rest && (
                <tr>
                  <th scope="row">{t('其余', 'otherwise')}</th>
                  <td colSpan={inputs.length} className="muted">
                    {t('没有一行适用时', 'where no row applies')}
                  </td>
                  {rest.map((one, nth) => (
                    <td key={outputs[nth]!.name} className="rule-gives">
                      {symbols ? <code>{one}</code> : one}
                    </td>
                  ))}
                </tr>
              )}
            </tbody>
          </table>
        </ScrollRegion>
        <Sources cites={cites} />
      </div>
    </Card>
  )
}

interface RuleRowProps {
  row: Row
  inputs: readonly Expr[]
  words: RuleWords
  symbols: boolean
}

function RuleRow({ row, inputs, words, symbols }: RuleRowProps) {
  const { t, of } = useWords()
  const { id, when, gives } = row.definition
  const tests = row.tests.map((test, nth) => words.cell(test, inputs[nth]!))
  const column = (nth: number) => `${nth} ${when[nth]}`
  return (
    <tr>
      <th scope="row">{t(id, id)}</th>
      {tests.map((test, nth) => (
        <td key={column(nth)} className={test === ANY ? 'muted' : undefined}>
          {symbols ? <code>{when[nth]}</code> : of(test)}
        </td>
      ))}
      {row.gives.map((one, nth) => (
        <td key={`gives ${gives[nth]} ${column(nth)}`} className="rule-gives">
          {symbols ? <code>{gives[nth]}</code> : of(words.phrase(one))}
        </td>
      ))}
    </tr>
  )
}
