// Formulas that can be edited, judgements that are left to a person, and the facts that everything reads.
import type { FormulaDefinition, NodeDefinition } from '#engines/rules/definitions.ts'
import { Card } from '../components/card.tsx'
import { type Text, useWords } from '../text/text.ts'
import { nodeOf, withNode } from './draft-text.ts'
import { faultsAt, useEditing } from './editing.ts'
import { LiveInput } from './live-input.tsx'

export function FormulaList() {
  const { t } = useWords()
  const { text } = useEditing()
  const all = text.definition.nodes.filter((node) => node.kind === 'formula')
  if (all.length === 0) return null
  return (
    <Card title={t('公式', 'Formulas')}>
      <ul className="items">
        {all.map((node) => (
          <Formula key={node.name} entered={node} />
        ))}
      </ul>
    </Card>
  )
}

function Formula({ entered }: { entered: FormulaDefinition }) {
  const { t, of } = useWords()
  const { seen, base, reading, review, readOnly, change, type, leave } = useEditing()
  const { name } = entered
  const now = nodeOf(seen.definition, name) as FormulaDefinition
  const old = nodeOf(base, name)
  const before = old?.kind === 'formula' ? old.expression : null
  const read = reading.result(now.expression, now.type)
  const fault = read.fault ?? faultsAt(review, name)[0] ?? null
  const made = (expression: string) => ({ ...entered, expression: expression.trim() })
  const differs = before !== null && before !== now.expression
  return (
    <li>
      <p className="item-title">
        {name}
        {differs && <span className="grid-old"> {t('已修改', 'changed')}</span>}
      </p>
      {readOnly ? (
        <code>{now.expression}</code>
      ) : (
        <LiveInput
          long
          label={t(`公式：${name}`, `Formula: ${name}`)}
          value={entered.expression}
          fault={fault}
          onType={(typed) => type((all) => withNode(all, made(typed)))}
          onEnter={(typed) => change((all) => withNode(all, made(typed)))}
          onLeave={leave}
        />
      )}
      {!read.fault && <p className="muted small">{of(read.says)}</p>}
      {differs && (
        <p className="small grid-old">
          {t('原为：', 'Was: ')}
          <code>{before}</code>
        </p>
      )}
    </li>
  )
}

export function JudgementList() {
  const { t, of } = useWords()
  const { text } = useEditing()
  const all = text.definition.nodes.filter((node) => node.kind === 'judgement')
  if (all.length === 0) return null
  return (
    <Card title={t('留给人判断', 'Left to a person')}>
      <ul className="items">
        {all.map((node) => (
          <li key={node.name}>
            <p className="item-title">{node.name}</p>
            <p className="small">{of(node.ask)}</p>
            <p className="muted small">
              {t('由', 'By ')}
              {of(node.by)}
              {t('判断；系统不代为猜测', '; never guessed')}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  )
}

const kindNames: Record<'boolean' | 'date', Text> = {
  boolean: { zh: '是否', en: 'yes or no' },
  date: { zh: '日期', en: 'a date' },
}

function typeWords(node: Extract<NodeDefinition, { kind: 'fact' }>): Text {
  const { type } = node
  if (type.kind === 'number') {
    return { zh: type.unit ? `数（${type.unit}）` : '数', en: `a number ${type.unit}` }
  }
  if (type.kind !== 'text') return kindNames[type.kind]
  const values = type.values?.join('、')
  return { zh: values ?? '文字', en: values ?? 'text' }
}

export function FactList() {
  const { t, of } = useWords()
  const { text } = useEditing()
  const all = text.definition.nodes.filter((node) => node.kind === 'fact')
  return (
    <Card>
      <details>
        <summary>{t(`所用事实 ${all.length} 项`, `${all.length} facts`)}</summary>
        <dl className="facts fact-list">
          {all.map((node) => (
            <div key={node.name} className="facts-row">
              <dt>{node.name}</dt>
              <dd>
                {of(node.ask)} <span className="muted small">{of(typeWords(node))}</span>
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </Card>
  )
}
