// Parts of a rule set as cards: its numbers, formulas, judgements, and the facts that it asks for.
import type {
  FormulaDefinition,
  ParameterDefinition,
  RuleSetDefinition,
  TypeDefinition,
} from '#engines/rules/definitions.ts'
import { type RuleSet, typeOf } from '#engines/rules/link.ts'
import { Card, Tag } from '../components/card.tsx'
import { DataTable } from '../components/table.tsx'
import { CertaintyTag } from '../regulation/certainty.tsx'
import { useWords } from '../text/text.ts'
import { answerInWords } from './answers.tsx'
import { RuleWords } from './rule-words.ts'
import { factsIn, judgementsIn } from './rules.ts'
import { Sources } from './why.tsx'

interface OfSet {
  definition: RuleSetDefinition
}

export function ParametersCard({ definition, on }: OfSet & { on: string }) {
  const words = useWords()
  const { t } = words
  const parameters = definition.nodes.filter(({ kind }) => kind === 'parameter')
  const rows = (parameters as ParameterDefinition[]).flatMap(({ name, type, values }) =>
    values.map((value) => ({ name, type, ...value })),
  )
  if (rows.length === 0) return null
  const inForce = (row: { from: string; to: string | null }) =>
    row.from <= on && (row.to === null || on < row.to)
  return (
    <Card title={t('数值', 'Numbers')}>
      <DataTable
        caption={t(
          `规则用到的数值，各自起止；${on} 有效的已标出`,
          `The numbers that the rules use, with their dates; those of ${on} are marked`,
        )}
        rows={rows}
        rowKey={(row) => `${row.name} ${row.from}`}
        columns={[
          { title: t('名称', 'Name'), heads: true, cell: (row) => t(row.name, row.name) },
          {
            title: t('数值', 'Value'),
            number: true,
            cell: (row) => answerInWords(row.type, row.value, words),
          },
          {
            title: t('起止', 'From, to'),
            cell: (row) => (
              <span className="nowrap">
                {row.from} {t('至', 'to')} {row.to ?? t('今后', 'now on')}{' '}
                {inForce(row) && <Tag tone="good">{t('当日有效', 'in force')}</Tag>}
              </span>
            ),
          },
          {
            title: t('来源', 'Source'),
            cell: ({ cite }) =>
              cite.certainty === 'example'
                ? t('本系统自定', 'our own')
                : t(cite.source, cite.source),
          },
          {
            title: t('可信程度', 'Certainty'),
            cell: ({ cite }) => <CertaintyTag certainty={cite.certainty} />,
          },
        ]}
      />
    </Card>
  )
}

export function FormulasCard({ set, on, symbols }: { set: RuleSet; on: string; symbols: boolean }) {
  const { t, of } = useWords()
  const said = new RuleWords(set, on)
  const formulas = [...set.nodes.values()].flatMap(({ node }) =>
    node.kind === 'formula' ? [node] : [],
  )
  if (formulas.length === 0) return null
  return (
    <Card title={t('公式', 'Formulas')}>
      <ul className="items">
        {formulas.map(({ definition, expr }) => {
          const { name, expression, cite } = definition as FormulaDefinition
          return (
            <li key={name} className="stack">
              <h3>{t(name, name)}</h3>
              <p>{symbols ? <code>{expression}</code> : of(said.phrase(expr))}</p>
              <Sources cites={cite} />
            </li>
          )
        })}
      </ul>
    </Card>
  )
}

export function JudgementsCard({ definition }: OfSet) {
  const { t, of } = useWords()
  const judgements = judgementsIn(definition)
  if (judgements.length === 0) return null
  return (
    <Card title={t('留给人判断的事项', 'Left to a person')}>
      <ul className="items">
        {judgements.map(({ name, ask, by, cite }) => (
          <li key={name} className="stack">
            <h3>{t(name, name)}</h3>
            <p>{of(ask)}</p>
            <p className="muted small">
              {t('由谁判断：', 'Who judges: ')}
              {of(by)}
            </p>
            <Sources cites={cite} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** The answers that a fact may have. */
function useTypeWords() {
  const { t } = useWords()
  return (type: TypeDefinition): string => {
    if (type.kind === 'boolean') return t('是、否', 'yes, no')
    if (type.kind === 'date') return t('日期', 'a day')
    if (type.kind === 'text') return type.values?.join('、') ?? t('文字', 'text')
    const of = typeOf(type)
    const unit = of.kind === 'number' ? of.unit.name : ''
    return unit ? t(`数（${unit}）`, `a number (${unit})`) : t('数', 'a number')
  }
}

export function FactsCard({ definition }: OfSet) {
  const { t, of } = useWords()
  const typeWords = useTypeWords()
  return (
    <Card title={t('要知道的事实', 'Facts that it asks for')}>
      <DataTable
        caption={t('能由已知事实得出结果的，不再问', 'Only what may still matter is asked')}
        rows={factsIn(definition)}
        rowKey={({ name }) => name}
        columns={[
          { title: t('名称', 'Name'), heads: true, cell: ({ name }) => t(name, name) },
          { title: t('问法', 'Question'), cell: ({ ask }) => of(ask) },
          { title: t('答案', 'Answers'), cell: ({ type }) => typeWords(type) },
        ]}
      />
    </Card>
  )
}
