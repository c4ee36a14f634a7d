// Parameters: what is in force, and what will be from the first day on; nothing in force is edited.
import { useState } from 'react'
import type { Citation, ParameterDefinition } from '#engines/rules/definitions.ts'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { useWords } from '../text/text.ts'
import { CiteDialog } from './cite-dialog.tsx'
import { valueOn, withValue } from './dated.ts'
import { nodeOf, withNode } from './draft-text.ts'
import { faultsAt, useEditing } from './editing.ts'
import { LiveInput } from './live-input.tsx'
import { sayDated, writtenValue } from './reading.ts'

export function ParameterTable() {
  const { t } = useWords()
  const { text, seen } = useEditing()
  const { from } = text
  const all = text.definition.nodes.filter((node) => node.kind === 'parameter')
  if (all.length === 0) return null
  return (
    <Card
      title={t('参数', 'Parameters')}
      aside={
        <span className="muted small">
          {t(`新值自 ${from} 起；此前的值到那天为止`, `New values from ${from} on`)}
        </span>
      }
    >
      <table className="table parameter-table">
        <caption className="visually-hidden">{t('参数', 'Parameters')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('参数', 'Parameter')}</th>
            <th scope="col" className="number">
              {t('现行', 'In force')}
            </th>
            <th scope="col" className="number">
              {t('草案', 'Draft')}
            </th>
            <th scope="col">{t('依据', 'Source')}</th>
          </tr>
        </thead>
        <tbody>
          {all.map((node) => (
            <ParameterRow
              key={node.name}
              entered={node}
              seen={nodeOf(seen.definition, node.name) as ParameterDefinition}
            />
          ))}
        </tbody>
      </table>
    </Card>
  )
}

interface RowProps {
  entered: ParameterDefinition
  seen: ParameterDefinition
}

function ParameterRow({ entered, seen }: RowProps) {
  const { t, of } = useWords()
  const { text, base, review, readOnly, change, type, leave } = useEditing()
  const [citing, setCiting] = useState(false)
  const { from: day } = text
  const { name } = entered
  const old = nodeOf(base, name)
  const inForce = old?.kind === 'parameter' ? valueOn(old.values, day) : undefined
  const now = valueOn(entered.values, day)
  const shown = valueOn(seen.values, day)
  const cite = now?.cite ?? { source: '', certainty: 'official' as const }
  const made = (typed: string, source: Citation = cite) =>
    withValue(entered, { day, value: writtenValue(typed, entered.type), cite: source })
  const unit = entered.type.kind === 'number' ? entered.type.unit : ''
  const fault = (shown && sayDated(shown.value, seen).fault) ?? faultsAt(review, name)[0] ?? null
  const differs = inForce?.value !== shown?.value
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">
        {inForce && old?.kind === 'parameter' ? of(sayDated(inForce.value, old).says) : '—'}
      </td>
      <td className={differs ? 'number grid-changed' : 'number'}>
        {readOnly ? (
          <span className={differs ? 'grid-new' : undefined}>
            {shown ? of(sayDated(shown.value, seen).says) : '—'}
          </span>
        ) : (
          <span className="live-cell">
            <LiveInput
              number
              label={t(`${name}，自 ${day} 起`, `${name} from ${day} on`)}
              value={now?.value ?? ''}
              fault={fault}
              onType={(typed) => type((all) => withNode(all, made(typed)))}
              onEnter={(typed) => change((all) => withNode(all, made(typed)))}
              onLeave={leave}
            />
            {unit && <span className="muted live-unit">{unit}</span>}
          </span>
        )}
      </td>
      <td className="small">
        {differs && !readOnly ? (
          <Button small kind="quiet" onClick={() => setCiting(true)}>
            {cite.source || t('写明依据', 'Name the source')}
            <span className="visually-hidden">
              {t(`，修改${name}的依据`, `, source of ${name}`)}
            </span>
          </Button>
        ) : (
          <span className="muted">{now?.cite.source}</span>
        )}
        {citing && now && (
          <CiteDialog
            what={name}
            cite={[cite]}
            onClose={() => setCiting(false)}
            onChange={([first]) => first && change((all) => withNode(all, made(now.value, first)))}
          />
        )}
      </td>
    </tr>
  )
}
