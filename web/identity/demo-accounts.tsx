// One-click entry to the demo world; offered only while the server itself offers it.
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { z } from 'zod'
import type { demoAccounts } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Item } from '../components/card.tsx'
import { Loaded, ProblemNote } from '../components/states.tsx'
import { useWords } from '../text/text.ts'
import { useEntered } from './entered.ts'

type DemoAccountsReply = z.output<typeof demoAccounts>

interface DemoAccountsProps {
  next?: string
  /** Shows so many and links to the rest. */
  most?: number
}

export function DemoAccounts({ next, most }: DemoAccountsProps) {
  const { t, of } = useWords()
  const entered = useEntered(next)
  const query = useQuery({
    queryKey: ['demo', 'accounts'],
    queryFn: () => api.get<DemoAccountsReply>('/api/demo/accounts'),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const enter = useMutation({
    mutationFn: (account: string) => api.post('/api/demo/enter', { account }),
    onSuccess: entered,
  })
  return (
    <div>
      <p className="small muted">
        {t(
          '演示世界：选一个虚构的身份，直接进入。',
          'Demo world: enter as one of these invented people.',
        )}
      </p>
      {enter.error && <ProblemNote problem={asProblem(enter.error)} />}
      <Loaded query={query} what={t('演示账号', 'demo accounts')}>
        {({ items }) => (
          <ul className="items">
            {items.slice(0, most).map((one) => (
              <Item
                key={one.account}
                title={of(one.title)}
                detail={
                  <>
                    {one.organisation}
                    <span className="note-line">{of(one.about)}</span>
                  </>
                }
                side={
                  <Button
                    small
                    busy={enter.isPending && enter.variables === one.account}
                    aria-label={t(`以${one.title.zh}身份进入`, `Enter as ${one.title.en}`)}
                    onClick={() => enter.mutate(one.account)}
                  >
                    {t('进入', 'Enter')}
                  </Button>
                }
              />
            ))}
          </ul>
        )}
      </Loaded>
      {most !== undefined && (
        <p className="small">
          <Link to="/sign-in">{t('全部演示身份', 'All demo accounts')}</Link>
        </p>
      )}
    </div>
  )
}
