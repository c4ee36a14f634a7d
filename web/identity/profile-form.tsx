// Changing what is registered about my organisation: name, size, area.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { changeOrganisation, organisationSizes } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { errorOf, Form } from '../components/form.tsx'
import { useWords } from '../text/text.ts'
import { AreaField } from './area.tsx'
import type { SubjectView } from './subject.ts'
import { sizeNames } from './words.ts'

type Body = z.input<typeof changeOrganisation>
type Size = (typeof organisationSizes)[number]

interface ProfileFormProps {
  subject: SubjectView
  onDone: () => void
}

export function ProfileForm({ subject, onDone }: ProfileFormProps) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const change = useMutation({
    mutationFn: (body: Body) =>
      api.patch(`/api/subjects/${subject.id}`, body, { ifMatch: String(subject.version) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['subject', subject.id] })
      await client.invalidateQueries({ queryKey: ['session'] })
      onDone()
    },
  })
  const problem = change.error ? asProblem(change.error) : null
  const submit = (data: FormData) =>
    change.mutate({
      name: String(data.get('name')).trim(),
      size: (String(data.get('size')) || null) as Size | null,
      area: String(data.get('area')),
    })
  return (
    <Form label={t('登记信息', 'Registered facts')} problem={problem} onSubmit={submit}>
      <TextField
        id="name"
        name="name"
        label={t('名称', 'Name')}
        defaultValue={subject.name}
        maxLength={200}
        error={errorOf('name', [], problem, of)}
      />
      <SelectField
        id="size"
        name="size"
        label={t('规模', 'Size')}
        defaultValue={subject.size ?? ''}
      >
        <option value="">{t('不清楚，或不是企业', 'Unknown, or no enterprise')}</option>
        {Object.entries(sizeNames).map(([value, name]) => (
          <option key={value} value={value}>
            {of(name)}
          </option>
        ))}
      </SelectField>
      <AreaField
        label={t('所在地', 'Area')}
        chosen={subject.area ?? ''}
        error={errorOf('area', [], problem, of)}
      />
      <Button type="submit" kind="primary" busy={change.isPending}>
        {t('保存', 'Save')}
      </Button>
    </Form>
  )
}
