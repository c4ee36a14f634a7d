// From which day on, and why: what is asked before a draft can be handed in.
import { Card } from '../components/card.tsx'
import { TextArea, TextField } from '../components/field.tsx'
import { useWords } from '../text/text.ts'
import { fromDay } from './draft-text.ts'
import type { Draft } from './rulebook.ts'
import type { Writing } from './use-draft.ts'

interface Props {
  draft: Draft
  writing: Writing
  tomorrow: string
}

export function FirstDay({ draft, writing, tomorrow }: Props) {
  const { t } = useWords()
  const { seen, change, type } = writing
  const base = draft.base?.definition ?? null
  const past = seen.from < tomorrow
  return (
    <Card title={t('生效日与理由', 'First day and reason')}>
      <div className="stack">
        <TextField
          id="from"
          type="date"
          narrow
          label={t('生效日', 'First day in force')}
          hint={t(`最早 ${tomorrow}；已生效的不改写`, `${tomorrow} at the earliest`)}
          error={past ? t('生效日已过，请另选', 'This day is past: choose another') : undefined}
          min={tomorrow}
          value={seen.from}
          onChange={({ target }) => {
            const day = target.value
            if (/^\d{4}-\d\d-\d\d$/.test(day) && day >= tomorrow)
              change((text) => fromDay(text, base, day))
          }}
        />
        <TextArea
          id="reason"
          label={t('修改理由', 'Reason')}
          hint={t('审核人和公众都会看到', 'The reader and the public will see it')}
          rows={3}
          maxLength={2_000}
          value={seen.reason}
          onChange={({ target }) => type((text) => ({ ...text, reason: target.value }))}
          onBlur={({ target }) =>
            change((text) =>
              text.reason === target.value ? text : { ...text, reason: target.value },
            )
          }
        />
      </div>
    </Card>
  )
}
