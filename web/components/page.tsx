// The head of every page: title of the tab, breadcrumbs, heading that takes the focus, actions.
import { Link, type LinkProps } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { useWords } from '../text/text.ts'

interface Crumb {
  title: string
  to: LinkProps['to']
}

let firstPage = true

/** Moves the focus to the heading of a page that was reached inside the portal. */
function useHeadingFocus() {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (firstPage) firstPage = false
    else heading.current?.focus({ preventScroll: true })
  }, [])
  return heading
}

interface PageHeadProps {
  title: string
  /** Beside the title, for example a state. */
  tag?: ReactNode
  lead?: ReactNode
  crumbs?: readonly Crumb[]
  actions?: ReactNode
  /** Home draws no visible heading but keeps one for screen readers. */
  hidden?: boolean
}

export function PageHead({ title, tag, lead, crumbs, actions, hidden }: PageHeadProps) {
  const { t } = useWords()
  const heading = useHeadingFocus()
  return (
    <>
      <title>{`${title} · ${t('木棉', 'Kapok')}`}</title>
      {hidden ? (
        <h1 ref={heading} tabIndex={-1} className="visually-hidden">
          {title}
        </h1>
      ) : (
        <div className="page-head">
          <div>
            {crumbs && (
              <nav aria-label={t('所在位置', 'You are here')}>
                <ol className="breadcrumbs">
                  {crumbs.map((crumb) => (
                    <li key={crumb.title}>
                      <Link to={crumb.to}>{crumb.title}</Link>
                    </li>
                  ))}
                </ol>
              </nav>
            )}
            <div className="row">
              <h1 ref={heading} tabIndex={-1}>
                {title}
              </h1>
              {tag}
            </div>
            {lead && <p>{lead}</p>}
          </div>
          {actions && <div className="page-actions">{actions}</div>}
        </div>
      )}
    </>
  )
}
