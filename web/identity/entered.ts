// What happens after signing in: everything read as a visitor is forgotten, and the way goes on.
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'

/** Only a path of this portal may be gone on to. */
function safePath(next: string | undefined): string {
  return next && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/'
}

export function useEntered(next?: string): () => Promise<void> {
  const client = useQueryClient()
  const router = useRouter()
  return async () => {
    await client.resetQueries()
    router.history.push(safePath(next))
  }
}
