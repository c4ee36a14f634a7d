// One question of an interview: two large buttons, choices, numbers with their unit, or a day.
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import type { FactDefinition } from '#engines/rules/definitions.ts'
import { Button } from '../components/button.tsx'
import { useWords } from '../text/text.ts'
import { type Answer, fits, numberAsTyped } from './situation.ts'

/** So many choices stand as buttons; more are a list to choose from. */
const MOST_BUTTONS = 6

export interface QuestionProps {
  group: readonly FactDefinition[]
  /** What is known of them, where they are asked again. */
  known: Readonly<Record<string, Answer>>
  /** Names without an answer are not known to whoever answers. */
  onAnswer: (given: Readonly<Record<string, Answer>>) => void
  /** Leaves an answer as it was. */
  onKeep?: (() => void) | undefined
  /** Below the question, such as what it is for. */
  note?: string | undefined
  /** The question takes the focus when it takes the place of another. */
  moveFocus: boolean
}

export function Question(props: QuestionProps) {
  const [first] = props.group
  if (!first) return null
  const { type } = first
  const many = type.kind === 'text' && (type.values?.length ?? 0) > MOST_BUTTONS
  const choices = type.kind === 'boolean' || (type.kind === 'text' && type.values !== null && !many)
  return choices ? <Choosing {...props} fact={first} /> : <Filling {...props} />
}

/** The heading of a question that came in the place of another takes the focus. */
function useFocusOn(key: string, moveFocus: boolean) {
  const place = useRef<HTMLHeadingElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question is the occasion
  useEffect(() => {
    if (moveFocus) place.current?.focus({ preventScroll: false })
  }, [key])
  return place
}

function Choosing({
  fact,
  known,
  onAnswer,
  onKeep,
  note,
  moveFocus,
}: QuestionProps & { fact: FactDefinition }) {
  const { t, of } = useWords()
  const heading = useFocusOn(fact.name, moveFocus)
  const { type } = fact
  const options: [Answer, string][] =
    type.kind === 'text'
      ? (type.values ?? []).map((one) => [one, t(one, one)])
      : [
          [true, t('是', 'Yes')],
          [false, t('否', 'No')],
        ]
  const yesNo = type.kind === 'boolean'
  return (
    <fieldset className="fieldset question">
      <legend>
        <h3 ref={heading} tabIndex={-1} data-quiet-focus className="question-text">
          {of(fact.ask)}
        </h3>
      </legend>
      {note && <p className="muted small">{note}</p>}
      <div className={yesNo ? 'question-options question-two' : 'question-options'}>
        {options.map(([value, words]) => (
          <button
            key={words}
            type="button"
            className="button question-option"
            aria-pressed={known[fact.name] === value ? true : undefined}
            onClick={() => onAnswer({ [fact.name]: value })}
          >
            {words}
          </button>
        ))}
      </div>
      <Ways skip={() => onAnswer({})} keep={onKeep} />
    </fieldset>
  )
}

function Ways({ skip, keep }: { skip: () => void; keep?: (() => void) | undefined }) {
  const { t } = useWords()
  return (
    <p className="row question-ways">
      <Button kind="quiet" onClick={skip}>
        {t('不知道，跳过', 'I do not know: skip')}
      </Button>
      {keep && (
        <Button kind="quiet" onClick={keep}>
          {t('不改了', 'Leave it as it was')}
        </Button>
      )}
    </p>
  )
}

/** What was typed, or what is wrong with it, by name. */
function readAll(group: readonly FactDefinition[], data: FormData) {
  const given: Record<string, Answer> = {}
  const wrong: string[] = []
  for (const fact of group) {
    const text = String(data.get(fact.name) ?? '').trim()
    if (text === '') continue
    const value = fact.type.kind === 'number' ? numberAsTyped(text) : text
    if (fits(fact, value)) given[fact.name] = value
    else wrong.push(fact.name)
  }
  return { given, wrong }
}

function Filling({ group, known, onAnswer, onKeep, note, moveFocus }: QuestionProps) {
  const { t, of } = useWords()
  const id = useId()
  const key = group.map(({ name }) => name).join()
  const heading = useFocusOn(key, moveFocus)
  const [wrong, setWrong] = useState<readonly string[] | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const found = readAll(group, new FormData(event.currentTarget))
    const nothing = Object.keys(found.given).length === 0
    const refused = found.wrong.length > 0 ? found.wrong : nothing ? [group[0]!.name] : []
    setWrong(refused.length > 0 ? refused : null)
    if (refused.length === 0) return onAnswer(found.given)
    const field = form.current?.elements.namedItem(refused[0]!)
    if (field instanceof HTMLElement) field.focus()
  }
  const single = group.length === 1
  return (
    <form ref={form} className="question" noValidate onSubmit={submit} key={key}>
      <h3 ref={heading} tabIndex={-1} data-quiet-focus className="question-text">
        {single
          ? of(group[0]!.ask)
          : t('下面几个数是一起比较的', 'These are compared with each other')}
      </h3>
      {note && <p className="muted small">{note}</p>}
      {group.map((fact) => (
        <Blank
          key={fact.name}
          id={`${id}-${fact.name}`}
          fact={fact}
          known={known[fact.name]}
          wrong={wrong?.includes(fact.name) ?? false}
          alone={single}
        />
      ))}
      {!single && (
        <p className="muted small">
          {t('不知道的可以空着。', 'Leave empty what you do not know.')}
        </p>
      )}
      <div className="row question-ways">
        <Button kind="primary" type="submit">
          {t('继续', 'Continue')}
        </Button>
        <Ways skip={() => onAnswer({})} keep={onKeep} />
      </div>
    </form>
  )
}

interface BlankProps {
  id: string
  fact: FactDefinition
  known: Answer | undefined
  wrong: boolean
  /** The question is its heading. */
  alone: boolean
}

function Blank({ id, fact, known, wrong, alone }: BlankProps) {
  const { t, of } = useWords()
  const { type } = fact
  const unit = type.kind === 'number' ? type.unit : ''
  const wiring = {
    id,
    name: fact.name,
    className: 'input',
    defaultValue: known === undefined ? '' : String(known),
    'aria-invalid': wrong || undefined,
    'aria-describedby': wrong ? `${id}-error` : undefined,
  }
  return (
    <div className="question-blank">
      <label htmlFor={id} className={alone ? 'visually-hidden' : 'field-label'}>
        {of(fact.ask)}
      </label>
      {wrong && (
        <p className="field-error" id={`${id}-error`}>
          {type.kind === 'number'
            ? t('请填数字；不知道请选“跳过”', 'Give a number, or choose to skip')
            : t('请填写；不知道请选“跳过”', 'Give an answer, or choose to skip')}
        </p>
      )}
      <div className="question-field">
        {type.kind === 'text' && type.values ? (
          <select {...wiring}>
            <option value="">{t('请选择', 'Choose')}</option>
            {type.values.map((one) => (
              <option key={one} value={one}>
                {t(one, one)}
              </option>
            ))}
          </select>
        ) : (
          <input
            {...wiring}
            type={type.kind === 'date' ? 'date' : 'text'}
            inputMode={type.kind === 'number' ? 'decimal' : undefined}
            autoComplete="off"
          />
        )}
        {unit && <span className="question-unit">{unit}</span>}
      </div>
    </div>
  )
}
