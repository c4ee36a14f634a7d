// A field whose content takes effect while it is typed, and is entered on leaving; Escape gives it up.
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { type Text, useWords } from '../text/text.ts'

interface Props {
  label: string
  value: string
  fault: Text | null
  /** Several lines. */
  long?: boolean
  number?: boolean
  onType: (text: string) => void
  onEnter: (text: string) => void
  onLeave: () => void
}

export function LiveInput({ label, value, fault, long, number, onType, onEnter, onLeave }: Props) {
  const { of } = useWords()
  const id = useId()
  const [text, draw] = useState<string | null>(null)
  const live = useRef<string | null>(null)
  const setText = (now: string | null) => {
    live.current = now
    draw(now)
  }
  const leave = () => {
    setText(null)
    onLeave()
  }
  const enter = () => {
    const typed = live.current
    if (typed === null) return
    setText(null)
    if (typed.trim() === '' || typed === value) onLeave()
    else onEnter(typed)
  }
  const wiring = {
    'aria-label': label,
    'aria-invalid': fault ? (true as const) : undefined,
    'aria-describedby': fault ? id : undefined,
    value: text ?? value,
    spellCheck: false,
    onChange: ({ target }: { target: { value: string } }) => {
      setText(target.value)
      onType(target.value)
    },
    onBlur: enter,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.nativeEvent.isComposing) return
      if (event.key === 'Escape') leave()
      else if (event.key === 'Enter' && !event.shiftKey) {
        event.preventDefault()
        enter()
      }
    },
  }
  return (
    <>
      {long ? (
        <textarea {...wiring} className="input mono live-long" rows={2} />
      ) : (
        <input {...wiring} className={number ? 'input live-number' : 'input'} />
      )}
      {fault && (
        <span className="grid-fault" id={id}>
          {of(fault)}
        </span>
      )}
    </>
  )
}
