// A dialog or a drawer on the browser's own <dialog>: focus stays inside, Escape closes.
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useWords } from '../text/text.ts'
import { Button } from './button.tsx'

interface DialogProps {
  title: string
  onClose: () => void
  /** A drawer stands at the right edge, for a quick look. */
  drawer?: boolean
  children: ReactNode
}

/** Open as long as it is drawn. */
export function Dialog({ title, onClose, drawer, children }: DialogProps) {
  const { t } = useWords()
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const opener = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      className={drawer ? 'dialog dialog-drawer' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <div className="dialog-head">
        <h2 id={id}>{title}</h2>
        <Button small kind="quiet" onClick={onClose}>
          {t('关闭', 'Close')}
        </Button>
      </div>
      {children}
    </dialog>
  )
}
