// One journal entry on a page of its own: where every figure ends, and its proof.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { api } from '../api/client.ts'
import { Card } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { useWords } from '../text/text.ts'
import type { JournalEntry } from './entries.ts'
import { EntryContent } from './entry-content.tsx'

/** How long to wait before asking again whether an entry is sealed. */
const SEALED_SOON_MS = 2_000

const route = getRouteApi('/journal/$position')

export function JournalEntryPage() {
  const { t } = useWords()
  const { position } = route.useParams()
  const query = useQuery({
    queryKey: ['journal', 'entry', position],
    queryFn: ({ signal }) =>
      api.get<JournalEntry>(`/api/journal/entries/${position}`, undefined, signal),
    refetchInterval: ({ state }) => (state.data?.sealed === false ? SEALED_SOON_MS : false),
  })
  return (
    <>
      <PageHead
        title={t(`第 ${position} 号记录`, `Journal entry ${position}`)}
        lead={t(
          '日志中的一条事实，封存后任何改动都能查出。',
          'A fact of the journal; once sealed, any change shows.',
        )}
        crumbs={[{ to: '/public', title: t('公开与监督', 'Oversight') }]}
      />
      <Card>
        <Loaded query={query} what={t('记录', 'the entry')}>
          {(entry) => <EntryContent entry={entry} sealed={entry.sealed} />}
        </Loaded>
        <p className="small verify-limits">
          <Link to="/verify">{t('拿到证明后，到这里验真', 'Verify the proof here')}</Link>
        </p>
      </Card>
    </>
  )
}
