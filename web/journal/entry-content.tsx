// What one journal entry says, with the download of its proof.
import { AnchorButton } from '../components/button.tsx'
import { Facts } from '../components/card.tsx'
import { Identifier, Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { actorInWords, type JournalEntryView } from './entries.ts'

export function EntryContent({ entry }: { entry: JournalEntryView }) {
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
            entry.subjectId ? (
              <Identifier key="subject" value={entry.subjectId} length={40} />
            ) : (
              '—'
            ),
          ],
          [t('生效时间', 'Valid at'), <Time key="valid" at={entry.validAt} show="second" />],
          [t('记录时间', 'Recorded at'), <Time key="known" at={entry.knownAt} show="second" />],
        ]}
      />
      <pre className="code-block" tabIndex={0}>
        {JSON.stringify(entry.payload, null, 2)}
      </pre>
      <AnchorButton href={`/api/journal/entries/${entry.position}/proof`} download>
        {t('下载证明', 'Download the proof')}
      </AnchorButton>
    </div>
  )
}
