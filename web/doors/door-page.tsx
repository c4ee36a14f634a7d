// One of the four doors: what can be done behind it today, and plainly what cannot yet.
import { Link } from '@tanstack/react-router'
import { Card, Item, Tag } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { useSession } from '../identity/session.ts'
import { chineseNumber } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { DOORS, type Door } from './doors.ts'

export function DoorPage({ to }: { to: Door['to'] }) {
  const { t, of } = useWords()
  const door = DOORS.find((one) => one.to === to)!
  return (
    <>
      <PageHead title={of(door.title)} lead={of(door.lead)} />
      <div className="grid">
        <Card className="span-7" title={t('现在可以办', 'Works today')}>
          <LivingServices door={door} />
        </Card>
        <Card className="span-5" title={t('尚未提供', 'Not yet')}>
          <MissingServices door={door} />
        </Card>
      </div>
    </>
  )
}

export function LivingServices({ door }: { door: Door }) {
  const { t, of } = useWords()
  const visiting = useSession()?.person === null
  return (
    <ul className="items">
      {door.living.map((service) => (
        <Item
          key={service.to}
          title={<Link to={service.to}>{of(service.title)}</Link>}
          detail={of(service.what)}
          side={
            service.signedIn && visiting ? (
              <Tag tone="none">{t('登录后', 'Sign in')}</Tag>
            ) : undefined
          }
        />
      ))}
    </ul>
  )
}

function MissingServices({ door }: { door: Door }) {
  const { t, of } = useWords()
  return (
    <>
      <p className="muted small">
        {t(
          '以下内容条例征求意见稿已写明，本系统尚无对应服务。',
          'The draft regulation names these; this system has no service for them yet.',
        )}
      </p>
      <ul className="items">
        {door.missing.map(({ article, what }) => (
          <Item
            key={what.zh}
            title={of(what)}
            side={
              <Link to="/law" search={{ article: String(article) }} className="small">
                {t(`第${chineseNumber(article)}条`, `Article ${article}`)}
              </Link>
            }
          />
        ))}
      </ul>
    </>
  )
}
