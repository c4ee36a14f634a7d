// Starts the portal in the browser.
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiProblem } from './api/problem.ts'
import { sessionQuery } from './identity/session.ts'
import { makeRouter } from './router.tsx'
import './styles/tokens.css'
import './styles/base.css'
import './styles/components.css'
import './styles/shell.css'
import { openPreferences } from './text/preferences.ts'
import { loadTraditional } from './text/traditional.ts'

/** A refusal is final; only a lost connection or a busy server is worth a second try. */
function worthRetrying(failures: number, error: Error): boolean {
  const passing = !(error instanceof ApiProblem) || error.status === 0 || error.status === 503
  return passing && failures < 2
}

/** A refusal for want of a session means that the one shown in the header is over. */
function noticeLostSession(error: Error): void {
  if (!(error instanceof ApiProblem) || error.status !== 401) return
  void queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
}

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeLostSession }),
  mutationCache: new MutationCache({ onError: noticeLostSession }),
  defaultOptions: { queries: { retry: worthRetrying, staleTime: 10_000 } },
})

if (openPreferences().language === 'zh-Hant') await loadTraditional()

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={makeRouter(queries)} />
    </QueryClientProvider>
  </StrictMode>,
)
