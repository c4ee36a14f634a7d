// On which day's law it is computed, and the version that is in force then.
import { useState } from 'react'
import { TextField } from '../components/field.tsx'
import { useWords } from '../text/text.ts'
import type { VersionHead } from './rules.ts'

const EARLIEST = '1949-10-01'

interface DayFieldProps {
  on: string
  /** undefined: today's. */
  change: (day: string | undefined) => void
}

export function DayField({ on, change }: DayFieldProps) {
  const { t } = useWords()
  const [typed, setTyped] = useState(on)
  const [shown, setShown] = useState(on)
  // The day of the page changed: by this field, or by going back.
  if (shown !== on) {
    setShown(on)
    setTyped(on)
  }
  return (
    <TextField
      label={t('按哪一天的规则', 'By the rules of which day')}
      type="date"
      narrow
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value)
        // While a year is typed there are days that nobody means.
        if (target.value > EARLIEST) change(target.value)
      }}
    />
  )
}

export function VersionLine({ version }: { version: VersionHead }) {
  const { t } = useWords()
  return (
    <p className="muted small">
      {t(
        `第 ${version.number} 版，自 ${version.validFrom} 起`,
        `Version ${version.number}, in force from ${version.validFrom}`,
      )}
      {version.withdrawnAt && t('，已撤回', ', withdrawn')}
    </p>
  )
}
