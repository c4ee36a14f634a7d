// A question before something that cannot be undone: what will happen, and a button that says it.
import { type ReactNode, useState } from 'react'
import { asProblem } from '../api/problem.ts'
import { useWords } from '../text/text.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { ProblemNote } from './states.tsx'

interface ConfirmButtonProps {
  /** The words on the button, and again on the one that does it. */
  action: string
  /** For screen readers where the same button stands in many rows. */
  label?: string
  title: string
  /** What will happen. */
  children: ReactNode
  onConfirm: () => Promise<unknown>
}

export function ConfirmButton({ action, label, title, children, onConfirm }: ConfirmButtonProps) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const confirm = async () => {
    setBusy(true)
    setError(null)
    try {
      await onConfirm()
      setOpen(false)
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Button small aria-label={label} onClick={() => setOpen(true)}>
        {action}
      </Button>
      {open && (
        <Dialog title={title} onClose={() => setOpen(false)}>
          <div className="stack stack-loose">
            {error !== null && <ProblemNote problem={asProblem(error)} />}
            <div>{children}</div>
            <div className="row">
              <Button kind="primary" busy={busy} onClick={() => void confirm()}>
                {action}
              </Button>
              <Button kind="quiet" onClick={() => setOpen(false)}>
                {t('取消', 'Cancel')}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  )
}
