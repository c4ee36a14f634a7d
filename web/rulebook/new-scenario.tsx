// A new scenario: facts are entered, what the draft comes to is shown, and becomes what has to come out.
import { useState } from 'react'
import type {
  CaseDefinition,
  FactDefinition,
  JudgementDefinition,
} from '#engines/rules/definitions.ts'
import { RuleError } from '#engines/rules/rule-error.ts'
import { Button } from '../components/button.tsx'
import { Facts, Note } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { useWords } from '../text/text.ts'
import { useEditing } from './editing.ts'
import { asItComesOut, type Outcome, outcomesOf } from './scenario.ts'

type Asked = FactDefinition | JudgementDefinition

/** What was entered as a scenario has it; what was left open is not known. */
function factsIn(data: FormData, asked: readonly Asked[]): Record<string, string | boolean> {
  return Object.fromEntries(
    asked.flatMap(({ name, type }) => {
      const text = String(data.get(`fact-${name}`) ?? '').trim()
      if (text === '') return []
      return [[name, type.kind === 'boolean' ? text === 'true' : text] as const]
    }),
  )
}

const caseIn = (data: FormData, asked: readonly Asked[]): CaseDefinition => ({
  name: String(data.get('name')).trim(),
  on: String(data.get('on')),
  facts: factsIn(data, asked),
  expect: {},
  source: String(data.get('source')).trim(),
})

export function NewScenario({ onClose }: { onClose: () => void }) {
  const { t, of } = useWords()
  const { text, change } = useEditing()
  const [errors, setErrors] = useState<FieldError[]>([])
  const [found, setFound] = useState<readonly Outcome[] | null>(null)
  const asked = text.definition.nodes.filter(
    (node): node is Asked => node.kind === 'fact' || node.kind === 'judgement',
  )
  const submit = (data: FormData) => {
    const one = caseIn(data, asked)
    const missing: FieldError[] = []
    if (one.name === '') missing.push({ field: 'name', message: t('请起个名称', 'Give it a name') })
    if (one.source === '')
      missing.push({ field: 'source', message: t('请写明依据', 'Name the source') })
    try {
      setFound(outcomesOf(text.definition, one))
      const made = asItComesOut(text.definition, one, one.source)
      if (Object.keys(made.expect).length === 0) {
        missing.push({
          field: null,
          message: t('按所填内容什么也得不出，请再填几项', 'Nothing comes out of this: enter more'),
        })
      }
      setErrors(missing)
      if (missing.length > 0) return
      change((now) => ({ ...now, cases: [...now.cases, made] }))
      onClose()
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      const [place] = error.place
      const field = place ? `fact-${place}` : null
      setErrors([...missing, { field, message: of({ zh: error.zh, en: error.message }) }])
    }
  }
  return (
    <Dialog drawer title={t('加一个情景', 'Add a scenario')} onClose={onClose}>
      <Form wide label={t('情景', 'Scenario')} errors={errors} onSubmit={submit}>
        <Explained />
        <TextField
          id="name"
          name="name"
          label={t('名称', 'Name')}
          error={errorOf('name', errors, null, of)}
        />
        <TextField
          id="on"
          name="on"
          type="date"
          narrow
          label={t('日期', 'Day')}
          defaultValue={text.from}
        />
        <FactFields asked={asked} errors={errors} />
        <TextField
          id="source"
          name="source"
          label={t('依据', 'Source')}
          hint={t('为什么应得这个结果', 'why this has to come out')}
          error={errorOf('source', errors, null, of)}
        />
        {found && <Facts rows={found.map(({ name, says }) => [name, of(says)] as const)} />}
        <Button kind="primary" type="submit">
          {t('按草案结果加入', 'Add it as it comes out')}
        </Button>
      </Form>
    </Dialog>
  )
}

function Explained() {
  const { t } = useWords()
  return (
    <Note>
      {t(
        '填好事实后，草案算出的结果就作为这个情景应得的结果；以后谁改动了它，这里会变红。',
        'What the draft comes to becomes what has to come out; whoever changes that will see it here.',
      )}
    </Note>
  )
}

function FactFields({ asked, errors }: { asked: readonly Asked[]; errors: FieldError[] }) {
  const { of } = useWords()
  return asked.map((node) => (
    <FactField key={node.name} node={node} error={errorOf(`fact-${node.name}`, errors, null, of)} />
  ))
}

function FactField({ node, error }: { node: Asked; error: string | undefined }) {
  const { t, of } = useWords()
  const { name, type } = node
  const common = {
    id: `fact-${name}`,
    name: `fact-${name}`,
    label: name,
    hint: of(node.ask),
    error,
  }
  if (type.kind === 'boolean' || (type.kind === 'text' && type.values)) {
    const choices =
      type.kind === 'boolean'
        ? ([
            ['true', t('是', 'yes')],
            ['false', t('否', 'no')],
          ] as const)
        : (type.values ?? []).map((value) => [value, value] as const)
    return (
      <SelectField {...common} defaultValue="">
        <option value="">{t('不知道', 'not known')}</option>
        {choices.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </SelectField>
    )
  }
  const unit = type.kind === 'number' && type.unit ? `（${type.unit}）` : ''
  return (
    <TextField
      {...common}
      narrow
      label={`${name}${unit}`}
      type={type.kind === 'date' ? 'date' : 'text'}
    />
  )
}
