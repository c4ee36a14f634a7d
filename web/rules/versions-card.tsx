// All versions of a rule set: since when, why, what changed, and those that were withdrawn.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Card, Tag } from '../components/card.tsx'
import { Loaded } from '../components/states.tsx'
import { DataTable } from '../components/table.tsx'
import { Time } from '../components/value.tsx'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { type ShownVersion, type VersionHead, versionQuery } from './rules.ts'

interface VersionsCardProps {
  set: string
  versions: readonly VersionHead[]
  /** In force on the day that is shown. */
  current: number
}

export function VersionsCard({ set, versions, current }: VersionsCardProps) {
  const { t } = useWords()
  return (
    <Card title={t('版本', 'Versions')}>
      <ul className="items">
        {versions.map((version) => (
          <Version
            key={version.id}
            set={set}
            version={version}
            current={version.number === current}
          />
        ))}
      </ul>
    </Card>
  )
}

interface VersionProps {
  set: string
  version: VersionHead
  current: boolean
}

function Version({ set, version, current }: VersionProps) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  const { number, validFrom, publishedAt, reason, origin, withdrawnAt, withdrawal } = version
  return (
    <li className="stack">
      <p className="row">
        <strong>{t(`第 ${number} 版`, `Version ${number}`)}</strong>
        <span>{t(`自 ${validFrom} 起`, `from ${validFrom}`)}</span>
        {withdrawnAt ? (
          <Tag tone="wait">{t('已撤回', 'withdrawn')}</Tag>
        ) : (
          current && <Tag tone="good">{t('当日有效', 'in force')}</Tag>
        )}
      </p>
      <p className="small muted">
        {t('发布 ', 'Published ')}
        <Time at={publishedAt} />
        {t('；理由：', '. Reason: ')}
        {origin === 'law' && reason === 'law/rules'
          ? t('随系统发布的规则文本', 'the rules as this system comes with them')
          : reason}
      </p>
      {withdrawnAt && (
        <p className="small">
          {t('撤回 ', 'Withdrawn ')}
          <Time at={withdrawnAt} />
          {t('：', ': ')}
          {withdrawal}
        </p>
      )}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t(`第 ${number} 版改了什么`, `What version ${number} changed`)}</summary>
        {open && <Difference set={set} number={number} />}
      </details>
    </li>
  )
}

function Difference({ set, number }: { set: string; number: number }) {
  const { t } = useWords()
  const query = useQuery(versionQuery(set, number))
  return (
    <Loaded query={query} what={t('差异', 'the difference')}>
      {(version) => <Changed version={version} />}
    </Loaded>
  )
}

function Changed({ version }: { version: ShownVersion }) {
  const { t } = useWords()
  const { changes, impact, decisions } = version
  return (
    <div className="stack">
      {changes.length === 0 ? (
        <p className="muted">
          {t('没有可比的前一版。', 'There is no version before it to compare with.')}
        </p>
      ) : (
        <DataTable
          caption={t('与起草时的前一版相比', 'Against the version it was drafted on')}
          rows={changes}
          rowKey={({ place }) => place.join(' ')}
          columns={[
            { title: t('位置', 'Where'), heads: true, cell: ({ place }) => place.join(' › ') },
            {
              title: t('原来', 'Before'),
              cell: ({ before }) => <code>{before ?? t('没有', 'not there')}</code>,
            },
            {
              title: t('现在', 'Now'),
              cell: ({ after }) => <code>{after ?? t('删去', 'gone')}</code>,
            },
          ]}
        />
      )}
      {impact && (
        <p>
          {t(
            `发布前测算（${count(impact.size)} 家虚构企业，不是统计数据）：${count(impact.gain)} 家变好，${count(impact.lose)} 家变差。`,
            `Computed before (${count(impact.size)} made-up companies, no statistics): better for ${count(impact.gain)}, worse for ${count(impact.lose)}.`,
          )}
        </p>
      )}
      <p className="small muted">
        {t(
          `按这一版作出的决定 ${count(decisions)} 件。`,
          `${count(decisions)} decisions were made under it.`,
        )}
      </p>
    </div>
  )
}
