// A link to a path that the server named: opened inside the portal, without loading it anew.
import { useRouter } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'

export function PathLink({ path, children }: { path: string; children: ReactNode }) {
  const router = useRouter()
  const open = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    if (!path.startsWith('/') || path.startsWith('/api/')) return
    event.preventDefault()
    router.history.push(path)
  }
  return (
    <a href={path} onClick={open}>
      {children}
    </a>
  )
}
