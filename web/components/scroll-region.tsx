// A part of a page that scrolls by itself, and so must be reachable by keyboard.
import type { ReactNode } from 'react'

interface ScrollRegionProps {
  label?: string
  className?: string
  children: ReactNode
}

export function ScrollRegion({ label, className = 'table-scroll', children }: ScrollRegionProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll only what has the focus
    <section className={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}

/** A JSON value, readable and scrollable. */
export function JsonBlock({ label, value }: { label: string; value: unknown }) {
  return (
    <ScrollRegion label={label} className="code-block">
      <pre>{JSON.stringify(value, null, 2)}</pre>
    </ScrollRegion>
  )
}
