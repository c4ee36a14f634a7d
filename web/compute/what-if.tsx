// Under the quote: when the job would really start, and what asking differently would change.
import { useQuery } from '@tanstack/react-query'
import { Button } from '../components/button.tsx'
import { Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { ChangeList } from './change-list.tsx'
import { type Change, type Option, type Outlook, type Spec, whatIfQuery } from './compute.ts'
import { OutlookRange } from './outlook-bar.tsx'
import { changeTitle } from './wait-words.ts'

interface WhatIfProps {
  spec: Spec
  taken: Option | null
  onChange: (change: Change) => void
}

/** Says nothing until it knows, and nothing where there is nothing to say. */
export function WhatIf({ spec, taken, onChange }: WhatIfProps) {
  const { t } = useWords()
  const { data } = useQuery(whatIfQuery(spec))
  if (!data) return null
  const { at, outlook, changes } = data
  const asChosen = taken === null || taken.chosen
  return (
    <>
      {asChosen && outlook && <ExpectedStart outlook={outlook} />}
      {changes.length > 0 && (
        <ChangeList
          changes={changes}
          at={at}
          startsBy={taken?.startsBy ?? null}
          option={taken}
          take={(change) => (
            <Button
              small
              aria-label={t(
                `改用：${changeTitle(change).zh}`,
                `Take it: ${changeTitle(change).en}`,
              )}
              onClick={() => onChange(change)}
            >
              {t('改用', 'Take it')}
            </Button>
          )}
        />
      )}
    </>
  )
}

function ExpectedStart({ outlook }: { outlook: Outlook }) {
  const { t } = useWords()
  if (outlook.startsNow || !outlook.median) return null
  return (
    <p>
      {t('预计约 ', 'Expected about ')}
      <Time at={outlook.median} near />
      {t(' 开始。', '. ')}
      <span className="muted small">
        <OutlookRange outlook={outlook} />
      </span>
    </p>
  )
}
