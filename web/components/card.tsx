// Cards, figures, tags and rows of things to do: the calm surfaces of the portal.
import { type ReactNode, useId } from 'react'

interface CardProps {
  title?: ReactNode
  /** To the right of the title. */
  aside?: ReactNode
  className?: string
  children: ReactNode
}

export function Card({ title, aside, className = '', children }: CardProps) {
  const id = useId()
  return (
    <section className={`card ${className}`} aria-labelledby={title ? id : undefined}>
      {title && (
        <div className="card-head">
          <h2 id={id}>{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  )
}

interface FigureProps {
  label: string
  /** null: no figure exists yet; `note` then says why. */
  value: ReactNode | null
  unit?: string
  note?: ReactNode
  none?: string
}

/** A headline figure with its label, unit and the sentence that says what it is. */
export function Figure({ label, value, unit, note, none }: FigureProps) {
  return (
    <div>
      <p className="figure-label">{label}</p>
      {value === null ? (
        <p className="figure-none">{none}</p>
      ) : (
        <p className="figure-value">
          {value}
          {unit && <span className="figure-unit">{unit}</span>}
        </p>
      )}
      {note && <p className="figure-note">{note}</p>}
    </div>
  )
}

export type Tone = 'info' | 'good' | 'wait' | 'none' | 'missed'

export function Tag({ tone = 'info', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`tag tag-${tone}`}>{children}</span>
}

interface ItemProps {
  title: ReactNode
  detail?: ReactNode
  side?: ReactNode
}

/** One row of a list of things to do; use inside <ul className="items">. */
export function Item({ title, detail, side }: ItemProps) {
  return (
    <li className="item">
      <div>
        <p className="item-title">{title}</p>
        {detail && <div className="muted small">{detail}</div>}
      </div>
      {side && <div className="item-side">{side}</div>}
    </li>
  )
}

interface NoteProps {
  tone?: 'info' | 'wait' | 'good'
  title?: string
  children: ReactNode
  /** Spoken when it appears. */
  live?: boolean
}

export function Note({ tone = 'info', title, children, live }: NoteProps) {
  return (
    <div className={`note note-${tone}`} role={live ? 'status' : undefined}>
      {title && <h3>{title}</h3>}
      {children}
    </div>
  )
}

/** Names and values side by side. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name} className="facts-row">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
