// Form fields: label, hint, the error beside the field, and the wiring that screen readers need.
import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react'

interface Described {
  label: ReactNode
  hint?: ReactNode
  error?: string
}

interface Wiring {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
}

interface FieldProps extends Described {
  /** Also the anchor of the error summary. */
  id?: string
  children: (wiring: Wiring) => ReactNode
}

function Field({ id, label, hint, error, children }: FieldProps) {
  const own = useId()
  const fieldId = id ?? own
  const hintId = hint ? `${fieldId}-hint` : undefined
  const errorId = error ? `${fieldId}-error` : undefined
  return (
    <div>
      <label className="field-label" htmlFor={fieldId}>
        {label}
      </label>
      {hint && (
        <p className="field-hint" id={hintId}>
          {hint}
        </p>
      )}
      {error && (
        <p className="field-error" id={errorId}>
          {error}
        </p>
      )}
      {children({
        id: fieldId,
        'aria-describedby': [hintId, errorId].filter(Boolean).join(' ') || undefined,
        'aria-invalid': error ? true : undefined,
      })}
    </div>
  )
}

type InputProps = Described & InputHTMLAttributes<HTMLInputElement> & { narrow?: boolean }

export function TextField({ label, hint, error, id, narrow, ...rest }: InputProps) {
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      {(wiring) => (
        <input
          type="text"
          {...rest}
          {...wiring}
          className={`input ${narrow ? 'input-narrow' : ''}`}
        />
      )}
    </Field>
  )
}

type AreaProps = Described & TextareaHTMLAttributes<HTMLTextAreaElement>

export function TextArea({ label, hint, error, id, ...rest }: AreaProps) {
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      {(wiring) => <textarea {...rest} {...wiring} className="input" />}
    </Field>
  )
}

type SelectProps = Described & SelectHTMLAttributes<HTMLSelectElement>

export function SelectField({ label, hint, error, id, children, ...rest }: SelectProps) {
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      {(wiring) => (
        <select {...rest} {...wiring} className="input">
          {children}
        </select>
      )}
    </Field>
  )
}

interface ChoiceProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'type'> {
  type: 'checkbox' | 'radio'
  label: ReactNode
  hint?: ReactNode
}

export function Choice({ label, hint, type, ...rest }: ChoiceProps) {
  return (
    <label className="choice">
      <input {...rest} type={type} />
      <span>
        {label}
        {hint && <span className="choice-hint">{hint}</span>}
      </span>
    </label>
  )
}

interface ChoicesProps {
  legend: string
  hint?: string
  error?: string
  children: ReactNode
}

/** A group of choices under one question. */
export function Choices({ legend, hint, error, children }: ChoicesProps) {
  const id = useId()
  const told = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <fieldset className="fieldset" aria-describedby={told || undefined}>
      <legend>{legend}</legend>
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {children}
    </fieldset>
  )
}
