// Tabs are links: each has an address of its own.
import { Link, type LinkProps } from '@tanstack/react-router'

interface Tab {
  to: LinkProps['to']
  title: string
}

export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.to} to={tab.to} activeOptions={{ exact: true, includeSearch: false }}>
          {tab.title}
        </Link>
      ))}
    </nav>
  )
}
