// What one journal entry says, with the download of its proof.
import { AnchorButton } from '../components/button.tsx'
import { Facts } from '../components/card.tsx'
import { JsonBlock } from '../components/scroll-region.tsx'
import { Identifier, Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { actorInWords, type EntryView } from './entries.ts'

interface EntryContentProps {
  entry: EntryView
  /** A proof exists only once the entry is sealed. */
  sealed?: boolean
}

export function EntryContent({ entry, sealed = true }: EntryContentProps) {
  const { t } = useWords()
  return (
    <div className="stack">
      <Facts
        rows={[
          [t('编号', 'Position'), entry.position],
          [
            t('种类', 'Kind'),
            <code key="kind">
              {entry.kind} v{entry.version}
            </code>,
          ],
          [
            t('谁', 'Actor'),
            <Identifier key="actor" value={actorInWords(entry.actor)} length={40} />,
          ],
          [
            t('涉及', 'Subject'),
            entry.subject ? <Identifier key="subject" value={entry.subject} length={40} /> : '—',
          ],
          [t('生效时间', 'Valid at'), <Time key="valid" at={entry.validAt} show="second" />],
          [t('记录时间', 'Recorded at'), <Time key="known" at={entry.knownAt} show="second" />],
        ]}
      />
      <JsonBlock label={t('内容', 'Content')} value={entry.payload} />
      {sealed ? (
        <AnchorButton href={`/api/journal/entries/${entry.position}/proof`} download>
          {t('下载证明', 'Download the proof')}
        </AnchorButton>
      ) : (
        <p className="muted" role="status">
          {t('正在封存，数秒后可下载证明。', 'Being sealed; its proof can be had in seconds.')}
        </p>
      )}
    </div>
  )
}
