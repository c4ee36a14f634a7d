// Search over everything the asker may see; each hit says what it is and where it leads.
import { getRouteApi } from '@tanstack/react-router'
import type { Hit, SearchResult } from '#services/search/contract.ts'
import { Card, Note, Tag } from '../components/card.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { PageHead } from '../components/page.tsx'
import { PathLink } from '../components/path-link.tsx'
import { Empty } from '../components/states.tsx'
import { SearchForm } from '../shell/search-box.tsx'
import { useWords } from '../text/text.ts'
import { Highlighted } from './highlighted.tsx'
import { kindName } from './kinds.ts'

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
  const pages = usePages<Hit>(['search'], '/api/search', { q })
  const first = pages.data?.pages[0] as SearchResult | undefined
  return (
    <div className="stack">
      {first?.complete === false && first.items.length > 0 && (
        <Note>
          {t(
            '没有内容含有全部词语；以下只含其中一部分。',
            'Nothing holds all of your words; these hold some of them.',
          )}
        </Note>
      )}
      <PagedList
        pages={pages}
        what={t('搜索结果', 'results')}
        empty={
          <Empty title={t(`没有找到“${q}”`, `Nothing found for “${q}”`)}>
            {t(
              '换一个更短的词，或改用条例中的说法，例如“算力”“数据”。',
              'Try a shorter word, or a word of the regulation such as 算力 or 数据.',
            )}
          </Empty>
        }
      >
        {(items) => (
          <ol className="items">
            {items.map((hit) => (
              <HitRow key={`${hit.kind} ${hit.id}`} hit={hit} />
            ))}
          </ol>
        )}
      </PagedList>
    </div>
  )
}

function HitRow({ hit }: { hit: Hit }) {
  const { of, language } = useWords()
  const inEnglish = language === 'en' && hit.title.en !== ''
  const title = inEnglish ? hit.title.en : hit.title.zh
  const ranges = inEnglish ? hit.titleRanges.en : hit.titleRanges.zh
  const { text, ranges: found, cut } = hit.snippet
  return (
    <li className="item">
      <div>
        <p className="item-title">
          <PathLink path={hit.link}>
            <Highlighted text={title} ranges={ranges} />
          </PathLink>
        </p>
        <p className="muted small">
          {cut[0] && '…'}
          <Highlighted text={text} ranges={found} />
          {cut[1] && '…'}
        </p>
      </div>
      <Tag tone="none">{of(kindName(hit.kind))}</Tag>
    </li>
  )
}
