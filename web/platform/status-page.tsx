// Whether the system works right now, its clock, and how far the journal is sealed.
import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { Card, Facts, Tag } from '../components/card.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded, Loading } from '../components/states.tsx'
import { Identifier, Time } from '../components/value.tsx'
import { useSession, worldTime } from '../identity/session.ts'
import { keysQuery, sealsQuery } from '../journal/seals.ts'
import { count, duration } from '../text/format.ts'
import { useWords } from '../text/text.ts'

interface Health {
  status: string
}

const healthQuery = {
  queryKey: ['health'],
  queryFn: () => api.get<Health>('/health'),
  refetchInterval: 15_000,
}

export function StatusPage() {
  const { t } = useWords()
  return (
    <>
      <PageHead
        title={t('系统状态', 'Status')}
        crumbs={[{ to: '/public', title: t('公开与监督', 'Oversight') }]}
      />
      <div className="grid">
        <Card className="span-6" title={t('现在', 'Now')}>
          <Now />
        </Card>
        <Card className="span-6" title={t('日志封存', 'Seals of the journal')}>
          <LatestSeal />
        </Card>
      </div>
    </>
  )
}

function Now() {
  const { t, language } = useWords()
  const session = useSession()
  const health = useQuery(healthQuery)
  if (!session) return <Loading />
  const moved = session.clockOffsetMs !== 0
  return (
    <Facts
      rows={[
        [
          t('服务', 'Service'),
          health.error ? (
            <Tag key="state" tone="missed">
              {t('异常', 'not well')}
            </Tag>
          ) : health.data ? (
            <Tag key="state" tone="good">
              {t('正常', 'works')}
            </Tag>
          ) : (
            t('正在检查……', 'checking…')
          ),
        ],
        [
          t('世界', 'World'),
          session.demo ? t('演示世界，数据虚构', 'demo, invented data') : t('正式', 'real'),
        ],
        [t('系统时间', 'System time'), <Time key="time" at={worldTime(session)} show="second" />],
        [
          t('时钟', 'Clock'),
          moved
            ? t('已拨快 ', 'ahead by ') + duration(session.clockOffsetMs / 1000, language)
            : t('未调整', 'not moved'),
        ],
        [t('版本', 'Version'), session.version],
      ]}
    />
  )
}

function LatestSeal() {
  const { t } = useWords()
  const seals = useQuery(sealsQuery)
  const keys = useQuery(keysQuery)
  return (
    <div className="stack">
      <Loaded query={seals} what={t('封存记录', 'seals')}>
        {({ items: [latest] }) =>
          latest ? (
            <Facts
              rows={[
                [t('已封存记录', 'Entries sealed'), count(latest.size)],
                [t('最近封存', 'Last seal'), <Time key="at" at={latest.at} show="second" />],
                [t('根', 'Root'), <Identifier key="root" value={latest.root} length={24} />],
              ]}
            />
          ) : (
            <p className="muted">{t('尚未封存任何记录。', 'Nothing is sealed yet.')}</p>
          )
        }
      </Loaded>
      <Loaded query={keys} what={t('公钥', 'keys')}>
        {({ items }) => (
          <Facts
            rows={items.map((key) => [
              t(`公钥 ${key.keyId}`, `Key ${key.keyId}`),
              <Identifier key={key.keyId} value={key.publicKey} length={24} />,
            ])}
          />
        )}
      </Loaded>
    </div>
  )
}
