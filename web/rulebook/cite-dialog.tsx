// Where a rule comes from, and how sure that is: looked at and changed, one source a line.
import { useState } from 'react'
import type { Citation } from '#engines/rules/definitions.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { type FieldError, Form } from '../components/form.tsx'
import { type Text, useWords } from '../text/text.ts'

/** What an example of ours is called, and nothing else is. */
const EXAMPLE = '示例值（非官方）'

export const certaintyNames: Record<Citation['certainty'], Text> = {
  official: { zh: '官方原文', en: 'official text' },
  secondary: { zh: '间接来源', en: 'secondary' },
  memory: { zh: '凭记忆，待核', en: 'from memory' },
  example: { zh: '示例值', en: 'example' },
}

interface Props {
  what: string
  cite: readonly Citation[]
  onChange: (cite: readonly Citation[]) => void
  onClose: () => void
}

export function CiteDialog({ what, cite, onChange, onClose }: Props) {
  const { t, of } = useWords()
  const [lines, setLines] = useState(cite)
  const [errors, setErrors] = useState<FieldError[]>([])
  const put = (nth: number, change: Partial<Citation>) =>
    setLines(lines.map((one, at) => (at === nth ? { ...one, ...change } : one)))
  const submit = () => {
    const made = lines.map((one) =>
      one.certainty === 'example'
        ? { ...one, source: EXAMPLE }
        : { ...one, source: one.source.trim() },
    )
    const wrong = made.flatMap(({ source, certainty }, nth): FieldError[] =>
      source === '' || (source === EXAMPLE && certainty !== 'example')
        ? [{ field: `source-${nth}`, message: t('请写明依据', 'Name the source') }]
        : [],
    )
    setErrors(wrong)
    if (wrong.length > 0) return
    onChange(made)
    onClose()
  }
  return (
    <Dialog title={t(`“${what}”的依据`, `The source of ${what}`)} onClose={onClose}>
      <Form wide label={t('依据', 'Source')} errors={errors} onSubmit={submit}>
        {lines.map((one, nth) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name
          <div key={nth} className="stack">
            <SelectField
              label={t('可靠程度', 'How sure')}
              value={one.certainty}
              onChange={({ target }) =>
                put(nth, { certainty: target.value as Citation['certainty'] })
              }
            >
              {Object.entries(certaintyNames).map(([value, name]) => (
                <option key={value} value={value}>
                  {of(name)}
                </option>
              ))}
            </SelectField>
            {one.certainty !== 'example' && (
              <TextField
                id={`source-${nth}`}
                label={t('依据', 'Source')}
                hint={t('文件名、条款', 'document and clause')}
                value={one.source === EXAMPLE ? '' : one.source}
                onChange={({ target }) => put(nth, { source: target.value })}
              />
            )}
            {lines.length > 1 && (
              <Button small onClick={() => setLines(lines.filter((_, at) => at !== nth))}>
                {t('去掉这一条', 'Take this one out')}
              </Button>
            )}
          </div>
        ))}
        <div className="row">
          <Button kind="primary" type="submit">
            {t('改好', 'Done')}
          </Button>
          <Button onClick={() => setLines([...lines, { source: '', certainty: 'official' }])}>
            {t('再加一条', 'One more')}
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}
