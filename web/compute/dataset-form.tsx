// Uploading a data set or a program: the file first, then its name among one's own.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api, upload } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Note } from '../components/card.tsx'
import { Choice, Choices, TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { useWords } from '../text/text.ts'
import type { Dataset } from './compute.ts'

interface Chosen {
  name: string
  kind: Dataset['kind']
  file: File
}

export function DatasetForm() {
  const { t, of } = useWords()
  const client = useQueryClient()
  const [errors, setErrors] = useState<FieldError[]>([])
  const form = useRef<HTMLDivElement>(null)
  const add = useMutation({
    mutationFn: async ({ name, kind, file }: Chosen) => {
      const stored = await upload<{ id: string }>(file, `compute-${kind}`)
      return api.post<Dataset>('/api/compute/datasets', { name, kind, fileId: stored.id })
    },
    onSuccess: () => {
      form.current?.querySelector('form')?.reset()
      return client.invalidateQueries({ queryKey: ['compute', 'datasets'] })
    },
  })
  const submit = (data: FormData) => {
    const file = data.get('file') as File
    const wrong: FieldError[] = []
    if (!file.name) wrong.push({ field: 'file', message: t('请选择文件', 'Choose a file') })
    const name = String(data.get('name')).trim() || file.name
    if (name.length > 80) {
      wrong.push({ field: 'name', message: t('名称至多 80 字', '80 characters at most') })
    }
    setErrors(wrong)
    if (wrong.length > 0) return
    add.mutate({ file, name, kind: data.get('kind') === 'program' ? 'program' : 'data' })
  }
  const problem = add.error ? asProblem(add.error) : null
  return (
    <div ref={form}>
      <Form label={t('上传', 'Upload')} errors={errors} problem={problem} onSubmit={submit}>
        {add.isSuccess && (
          <Note tone="good" live>
            {t(`“${add.data.name}”已上传，可在任务中选用。`, `“${add.data.name}” can be used now.`)}
          </Note>
        )}
        <DatasetFields errorFor={(field) => errorOf(field, errors, problem, of)} />
        <Button type="submit" kind="primary" busy={add.isPending}>
          {t('上传', 'Upload')}
        </Button>
      </Form>
    </div>
  )
}

function DatasetFields({ errorFor }: { errorFor: (field: string) => string | undefined }) {
  const { t } = useWords()
  return (
    <>
      <TextField
        id="file"
        name="file"
        type="file"
        label={t('文件', 'File')}
        hint={t(
          'CSV、JSON、文本等单个文件，或 .tar.gz 压缩包；程序请打成 .tar.gz',
          'A CSV, JSON or text file, or a .tar.gz archive; programs as .tar.gz',
        )}
        error={errorFor('file')}
      />
      <TextField
        id="name"
        name="name"
        label={t('名称（可不填）', 'Name (optional)')}
        maxLength={80}
        error={errorFor('name')}
      />
      <Choices legend={t('是什么', 'What it is')}>
        <Choice
          type="radio"
          name="kind"
          value="data"
          defaultChecked
          label={t('数据', 'Data')}
          hint={t('在 /data/名称 处读到', 'Read at /data/name')}
        />
        <Choice
          type="radio"
          name="kind"
          value="program"
          label={t('程序', 'Program')}
          hint={t('在 /program 处读到，启动命令另填', 'Read at /program, with a command')}
        />
      </Choices>
    </>
  )
}
