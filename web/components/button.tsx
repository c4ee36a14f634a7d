// Buttons: one look for actions and for links that act as the main way on.
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, Ref } from 'react'
import { useWords } from '../text/text.ts'

interface Look {
  kind?: 'primary' | 'secondary' | 'quiet'
  small?: boolean
}

function classesOf({ kind = 'secondary', small }: Look): string {
  return `button button-${kind}${small ? ' button-small' : ''}`
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, Look {
  /** While busy the button keeps its focus, says so, and does nothing. */
  busy?: boolean
  ref?: Ref<HTMLButtonElement>
}

export function Button({ kind, small, busy, children, onClick, ...rest }: ButtonProps) {
  const { t } = useWords()
  return (
    <button
      type="button"
      {...rest}
      className={classesOf({ kind, small })}
      aria-disabled={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {busy ? t('正在处理……', 'Working…') : children}
    </button>
  )
}

interface AnchorProps extends AnchorHTMLAttributes<HTMLAnchorElement>, Look {
  ref?: Ref<HTMLAnchorElement>
}

/** A plain link that looks like a button: for downloads and addresses outside the portal. */
export function AnchorButton({ kind, small, children, ...rest }: AnchorProps) {
  return (
    <a {...rest} className={classesOf({ kind, small })}>
      {children}
    </a>
  )
}

/** A link of the portal that looks like a button. */
export const LinkButton = createLink(AnchorButton)
