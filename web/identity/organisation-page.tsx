// My organisation: what is registered, who controls it, who holds its shares.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../components/button.tsx'
import { Card, Facts, Tag } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { useWords } from '../text/text.ts'
import { useAreaName } from './area.tsx'
import { OrganisationFrame } from './organisation-frame.tsx'
import { ProfileForm } from './profile-form.tsx'
import { holds } from './session.ts'
import { ShareholdersForm } from './shareholders-form.tsx'
import { type Shareholders, type SubjectView, shareholdersQuery, subjectQuery } from './subject.ts'
import { activityNames, classNames, sizeNames } from './words.ts'

export function OrganisationPage() {
  const { t } = useWords()
  return (
    <OrganisationFrame title={t('我的单位', 'My organisation')}>
      {(subject, session) => (
        <Profile
          id={subject.id}
          mayChange={holds(session, ['owner'], true) && session.mandateId === null}
        />
      )}
    </OrganisationFrame>
  )
}

interface ProfileProps {
  id: string
  mayChange: boolean
}

/** Owners in person may change what stands on a card. */
function ChangeButton({ what, onClick }: { what: string; onClick: () => void }) {
  const { t } = useWords()
  return (
    <Button small aria-label={t(`修改${what}`, `Change ${what}`)} onClick={onClick}>
      {t('修改', 'Change')}
    </Button>
  )
}

function Profile({ id, mayChange }: ProfileProps) {
  const { t } = useWords()
  const query = useQuery(subjectQuery(id))
  const holders = useQuery(shareholdersQuery(id))
  const [changing, setChanging] = useState<'facts' | 'holders' | null>(null)
  const facts = t('登记信息', 'Registered facts')
  const shares = t('股权', 'Shareholding')
  const close = () => setChanging(null)
  return (
    <div className="grid">
      <Card
        className="span-6"
        title={facts}
        aside={mayChange && <ChangeButton what={facts} onClick={() => setChanging('facts')} />}
      >
        <Loaded query={query} what={facts}>
          {(subject) => <ProfileFacts subject={subject} />}
        </Loaded>
      </Card>
      <Card
        className="span-6"
        title={shares}
        aside={mayChange && <ChangeButton what={shares} onClick={() => setChanging('holders')} />}
      >
        <Loaded query={holders} what={shares}>
          {({ items }) => <Shareholding items={items} />}
        </Loaded>
      </Card>
      {changing === 'facts' && query.data && (
        <Dialog title={facts} onClose={close}>
          <ProfileForm subject={query.data} onDone={close} />
        </Dialog>
      )}
      {changing === 'holders' && holders.data && (
        <Dialog title={shares} onClose={close}>
          <ShareholdersForm id={id} stored={holders.data} onDone={close} />
        </Dialog>
      )}
    </div>
  )
}

function ProfileFacts({ subject }: { subject: SubjectView }) {
  const { t, of } = useWords()
  const areaName = useAreaName()
  const none = t('未填', 'not given')
  return (
    <Facts
      rows={[
        [t('名称', 'Name'), subject.name],
        [
          t('统一社会信用代码', 'Credit code'),
          <code key="code">{subject.creditCode ?? none}</code>,
        ],
        [t('类型', 'Class'), subject.class ? of(classNames[subject.class]) : none],
        [t('规模', 'Size'), subject.size ? of(sizeNames[subject.size]) : none],
        [t('所在地', 'Area'), areaName(subject.area)],
        [t('成立日期', 'Founded'), subject.foundedOn ?? none],
        [
          t('法定代表人', 'Legal representative'),
          subject.own?.legalRepresentative?.name ?? t('仅本单位可见', 'own people only'),
        ],
        [
          t('实际控制人', 'Controller'),
          subject.own
            ? (subject.own.controller?.name ?? none)
            : t('仅本单位可见', 'own people only'),
        ],
        [
          t('业务', 'Activities'),
          subject.activities.length > 0 ? (
            <span className="row" key="activities">
              {subject.activities.map((activity) => (
                <Tag key={activity}>{of(activityNames[activity])}</Tag>
              ))}
            </span>
          ) : (
            none
          ),
        ],
      ]}
    />
  )
}

function Shareholding({ items }: Pick<Shareholders, 'items'>) {
  const { t } = useWords()
  return (
    <div className="stack">
      <p className="muted small">
        {t(
          '用于核对领券、用券双方是否为关联方。持股不明的，由人工判断。',
          'Used to tell related parties when vouchers are spent. Where unknown, a person decides.',
        )}
      </p>
      {items.length === 0 ? (
        <Empty title={t('没有登记股东', 'No shareholder is registered')}>
          {t('由单位管理员补充。', 'The owner can add them.')}
        </Empty>
      ) : (
        <DataTable
          caption={t('股东与持股比例', 'Shareholders and their shares')}
          quietCaption
          rows={items}
          rowKey={(row) => `${row.holder.id} ${row.from}`}
          columns={[
            { title: t('股东', 'Holder'), heads: true, cell: (row) => row.holder.name },
            {
              title: t('持股', 'Share'),
              number: true,
              cell: (row) => `${(row.basisPoints / 100).toFixed(2)}%`,
            },
            {
              title: t('起止', 'From, to'),
              cell: (row) => `${row.from} ${t('至', 'to')} ${row.to ?? t('今', 'now')}`,
            },
          ]}
        />
      )}
    </div>
  )
}
