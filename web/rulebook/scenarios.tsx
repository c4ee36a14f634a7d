// Scenarios: what has to come out, what comes out, and for a reason with a source, what is to come out now.
import { useState } from 'react'
import type { CaseDefinition } from '#engines/rules/definitions.ts'
import type { CaseResult } from '#engines/rules/review.ts'
import { RuleError } from '#engines/rules/rule-error.ts'
import { Button } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TextField } from '../components/field.tsx'
import { type FieldError, Form } from '../components/form.tsx'
import { useWords } from '../text/text.ts'
import { useEditing } from './editing.ts'
import { NewScenario } from './new-scenario.tsx'
import { asItComesOut } from './scenario.ts'

type Doing = { kind: 'accept'; nth: number } | { kind: 'add' } | null

export function Scenarios() {
  const { t } = useWords()
  const { text, review, readOnly, change } = useEditing()
  const [doing, setDoing] = useState<Doing>(null)
  const [all, setAll] = useState(false)
  const results = review?.cases ?? []
  const red = results.filter(({ ok }) => !ok).length
  const tried = results.length === text.cases.length
  const shown = text.cases.flatMap((one, nth) => {
    const result = tried ? results[nth] : undefined
    return all || (result && !result.ok) ? [{ one, nth, result }] : []
  })
  return (
    <Card
      title={t('情景', 'Scenarios')}
      aside={<Standing count={text.cases.length} red={red} tried={tried} />}
    >
      <div className="stack">
        {shown.length > 0 && (
          <ul className="items">
            {shown.map(({ one, nth, result }) => (
              <Scenario
                key={`${nth} ${one.name}`}
                one={one}
                result={result}
                onAccept={() => setDoing({ kind: 'accept', nth })}
                onRemove={() =>
                  change((now) => ({ ...now, cases: now.cases.filter((_, at) => at !== nth) }))
                }
              />
            ))}
          </ul>
        )}
        <div className="row">
          {!readOnly && (
            <Button small onClick={() => setDoing({ kind: 'add' })}>
              {t('加一个情景', 'Add a scenario')}
            </Button>
          )}
          <Button small kind="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
            {all
              ? t('只看未通过的', 'Only those that fail')
              : t(`看全部 ${text.cases.length} 个`, `Show all ${text.cases.length}`)}
          </Button>
        </div>
      </div>
      {doing?.kind === 'accept' && (
        <AcceptDialog one={text.cases[doing.nth]!} nth={doing.nth} onClose={() => setDoing(null)} />
      )}
      {doing?.kind === 'add' && <NewScenario onClose={() => setDoing(null)} />}
    </Card>
  )
}

function Standing({ count, red, tried }: { count: number; red: number; tried: boolean }) {
  const { t } = useWords()
  if (!tried) {
    return <Tag tone="none">{t('规则读不懂，未试算', 'not tried: rules cannot be read')}</Tag>
  }
  return red === 0 ? (
    <Tag tone="good">{t(`${count} 个情景全部通过`, `all ${count} come out`)}</Tag>
  ) : (
    <Tag tone="wait">{t(`${red} 个情景未通过`, `${red} of ${count} do not come out`)}</Tag>
  )
}

interface ScenarioProps {
  one: CaseDefinition
  result: CaseResult | undefined
  onAccept: () => void
  onRemove: () => void
}

function Scenario({ one, result, onAccept, onRemove }: ScenarioProps) {
  const { t, of } = useWords()
  const { readOnly } = useEditing()
  return (
    <li>
      <p className="row">
        {result && (
          <Tag tone={result.ok ? 'good' : 'wait'}>
            {result.ok ? t('通过', 'comes out') : t('未通过', 'does not')}
          </Tag>
        )}
        <strong>{one.name}</strong>
        <span className="muted small">{one.on}</span>
      </p>
      {result?.fault && <p className="field-error">{of(result.fault)}</p>}
      {result?.differs.map(({ outcome, expected, found }) => (
        <p key={outcome} className="small">
          {outcome}
          {t('：应为 ', ': should be ')}
          <strong>{of(expected)}</strong>
          {t('，算出 ', ', comes to ')}
          <strong>{of(found)}</strong>
        </p>
      ))}
      <p className="muted small">{one.source}</p>
      {!readOnly && (
        <p className="row">
          {result && !result.ok && !result.fault && (
            <Button small onClick={onAccept}>
              {t('以新结果为准', 'Take the new result')}
              <span className="visually-hidden">{t(`：${one.name}`, `: ${one.name}`)}</span>
            </Button>
          )}
          <Button small kind="quiet" onClick={onRemove}>
            {t('删除', 'Delete')}
            <span className="visually-hidden">
              {t(`情景 ${one.name}`, ` scenario ${one.name}`)}
            </span>
          </Button>
        </p>
      )}
    </li>
  )
}

/** Whoever changes what has to come out says where that is written. */
function AcceptDialog(props: { one: CaseDefinition; nth: number; onClose: () => void }) {
  const { t, of } = useWords()
  const { text, change } = useEditing()
  const [errors, setErrors] = useState<FieldError[]>([])
  const { one, nth, onClose } = props
  const submit = (data: FormData) => {
    const source = String(data.get('source')).trim()
    try {
      if (source === '') throw new RuleError('fact', '请写明依据', 'Name the source')
      const made = asItComesOut(text.definition, one, source)
      change((now) => ({ ...now, cases: now.cases.map((old, at) => (at === nth ? made : old)) }))
      onClose()
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      setErrors([{ field: 'source', message: of({ zh: error.zh, en: error.message }) }])
    }
  }
  return (
    <Dialog title={t('以新结果为准', 'Take the new result')} onClose={onClose}>
      <Form wide label={t('以新结果为准', 'Take the new result')} errors={errors} onSubmit={submit}>
        <p>
          {t(
            `“${one.name}”以后应得出草案现在算出的结果。原来的依据：${one.source}`,
            `${one.name} has to come to what the draft comes to now. Its source was: ${one.source}`,
          )}
        </p>
        <TextField
          id="source"
          name="source"
          label={t('新的依据', 'The new source')}
          hint={t('文件名、条款，或谁在哪天决定', 'document and clause, or who decided when')}
          error={errors[0]?.message}
        />
        <Button kind="primary" type="submit">
          {t('以新结果为准', 'Take the new result')}
        </Button>
      </Form>
    </Dialog>
  )
}
