// The newest unread notices of whoever is signed in.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Card, Item } from '../components/card.tsx'
import { PathLink } from '../components/path-link.tsx'
import { Loaded } from '../components/states.tsx'
import { Time } from '../components/value.tsx'
import { unreadQuery } from '../notices/notices.ts'
import { useWords } from '../text/text.ts'

const SHOWN = 3

export function MyNotices() {
  const { t, of } = useWords()
  const query = useQuery(unreadQuery)
  return (
    <Card
      title={t('我的通知', 'My notices')}
      aside={
        <Link to="/notices" className="small">
          {t('全部', 'All')}
        </Link>
      }
    >
      <Loaded query={query} what={t('通知', 'notices')}>
        {({ items }) => {
          const unread = items.slice(0, SHOWN)
          if (unread.length === 0) {
            return <p className="muted">{t('没有未读通知。', 'No unread notices.')}</p>
          }
          return (
            <ul className="items">
              {unread.map((notice) => (
                <Item
                  key={notice.id}
                  title={<PathLink path={notice.link}>{of(notice.title)}</PathLink>}
                  detail={<Time at={notice.at} />}
                />
              ))}
            </ul>
          )
        }}
      </Loaded>
    </Card>
  )
}
