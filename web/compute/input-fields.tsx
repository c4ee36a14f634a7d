// What a job reads: for each input a data set of one's own or the output of an earlier job.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from '../components/button.tsx'
import { Choices, SelectField, TextField } from '../components/field.tsx'
import { useWords } from '../text/text.ts'
import { datasetChoicesQuery, finishedJobsQuery, type Program } from './compute.ts'
import type { Draft, DraftInput } from './draft.ts'

const MOST_INPUTS = 16

interface InputFieldsProps {
  draft: Draft
  change: (part: Partial<Draft>) => void
  error: string | undefined
  /** The ready-made program, which names its inputs itself. */
  program: Program | null
}

export function InputFields({ draft, change, error, program }: InputFieldsProps) {
  const { t, of } = useWords()
  const { inputs } = draft
  const set = (nth: number, part: Partial<DraftInput>) =>
    change({ inputs: inputs.map((input, i) => (i === nth ? { ...input, ...part } : input)) })
  const add = () => change({ inputs: [...inputs, { name: '', from: '', required: false }] })
  if (program && program.inputs.length === 0) return null
  return (
    <Choices
      legend={t('数据', 'Data')}
      error={error}
      hint={
        program
          ? undefined
          : t('程序在 /data/名称 处读到，只读。', 'The program reads it at /data/name.')
      }
    >
      <div className="stack" id="inputs" tabIndex={-1} data-quiet-focus>
        {inputs.map((input, nth) => {
          const about = program?.inputs.find(({ name }) => name === input.name)?.about
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
            <div className="field-pair" key={nth}>
              {!about && (
                <TextField
                  label={t('名称', 'Name')}
                  value={input.name}
                  spellCheck={false}
                  onChange={(event) => set(nth, { name: event.target.value })}
                />
              )}
              <SourceField
                label={about ? input.name : t('来自', 'From')}
                hint={about && of(about)}
                input={input}
                onChange={(from) => set(nth, { from })}
              />
            </div>
          )
        })}
        {!program && inputs.length < MOST_INPUTS && (
          <Button small onClick={add}>
            {t('添加一份数据', 'Add an input')}
          </Button>
        )}
      </div>
    </Choices>
  )
}

interface SourceFieldProps {
  label: string
  hint: string | undefined
  input: DraftInput
  onChange: (from: string) => void
}

function SourceField({ label, hint, input, onChange }: SourceFieldProps) {
  const { t } = useWords()
  const datasets = useQuery(datasetChoicesQuery).data?.items ?? []
  const jobs = useQuery(finishedJobsQuery).data?.items ?? []
  const data = datasets.filter(({ kind }) => kind === 'data')
  const done = jobs.filter(({ outcome }) => outcome === 'succeeded')
  return (
    <SelectField
      label={label}
      hint={
        <>
          {hint} <Link to="/compute/datasets">{t('上传数据', 'Upload data')}</Link>
        </>
      }
      value={input.from}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{input.required ? t('请选择', 'Choose') : t('不用', 'None')}</option>
      {data.length > 0 && (
        <optgroup label={t('我的数据', 'My data')}>
          {data.map(({ id, name }) => (
            <option key={id} value={`dataset:${id}`}>
              {name}
            </option>
          ))}
        </optgroup>
      )}
      {done.length > 0 && (
        <optgroup label={t('以前任务的产出', 'Outputs of earlier jobs')}>
          {done.map(({ id, number, name }) => (
            <option key={id} value={`workload:${id}`}>
              {number} {name}
            </option>
          ))}
        </optgroup>
      )}
    </SelectField>
  )
}
