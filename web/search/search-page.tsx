// Search over everything the asker may see; each hit says what it is and where it leads.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { api } from '../api/client.ts'
import { Card, Tag } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { PathLink } from '../components/path-link.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { SearchForm } from '../shell/search-box.tsx'
import { type Text, useWords } from '../text/text.ts'

interface Hit {
  kind: string
  title: Text
  excerpt: Text
  path: string
}

const route = getRouteApi('/search')

export function SearchPage() {
  const { t } = useWords()
  const { q = '' } = route.useSearch()
  return (
    <>
      <PageHead
        title={q ? t(`“${q}”的搜索结果`, `Results for “${q}”`) : t('搜索', 'Search')}
        lead={t(
          '范围：条例各条、登记的单位、可办的服务。只列您有权看到的内容。',
          'Over the regulation, registered organisations and services; only what you may see.',
        )}
      />
      <Card className="stack stack-loose">
        <SearchForm id="search-page" initial={q} />
        <div aria-live="polite">
          {q ? (
            <Results q={q} />
          ) : (
            <p className="muted">{t('请输入要找的内容。', 'Type what you are looking for.')}</p>
          )}
        </div>
      </Card>
    </>
  )
}

function Results({ q }: { q: string }) {
  const { t } = useWords()
  const query = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => api.get<{ items: Hit[] }>('/api/search', { q }, signal),
  })
  return (
    <Loaded query={query} what={t('搜索结果', 'results')}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t(`没有找到“${q}”`, `Nothing found for “${q}”`)}>
            {t(
              '换一个更短的词，或改用条例中的说法，例如“算力”“数据”。',
              'Try a shorter word, or a word of the regulation such as 算力 or 数据.',
            )}
          </Empty>
        ) : (
          <ol className="items">
            {items.map((hit) => (
              <HitRow key={hit.path} hit={hit} />
            ))}
          </ol>
        )
      }
    </Loaded>
  )
}

function HitRow({ hit }: { hit: Hit }) {
  const { t, of } = useWords()
  const kinds: Record<string, string> = {
    clause: t('条例', 'Regulation'),
    organisation: t('单位', 'Organisation'),
    service: t('服务', 'Service'),
    department: t('部门', 'Department'),
  }
  return (
    <li className="item">
      <div>
        <p className="item-title">
          <PathLink path={hit.path}>{of(hit.title)}</PathLink>
        </p>
        <p className="muted small">{of(hit.excerpt)}</p>
      </div>
      <Tag tone="none">{kinds[hit.kind] ?? hit.kind}</Tag>
    </li>
  )
}
