// Times, amounts and long identifiers as values on a page.
import { useState } from 'react'
import { dateTime, decimal, isoDate, nearTime } from '../text/format.ts'
import { useWords } from '../text/text.ts'

interface TimeProps {
  at: string
  /** 'date' leaves the time of day out. */
  show?: 'date' | 'minute' | 'second'
  /** Leaves out the date where it is today's. */
  near?: boolean
}

/** A moment in Asia/Shanghai. */
export function Time({ at, show = 'minute', near }: TimeProps) {
  const moment = new Date(at)
  const seconds = show === 'second'
  const whole = show === 'date' ? isoDate(moment) : dateTime(moment, seconds)
  const words = near && show !== 'date' ? nearTime(moment, new Date(), seconds) : whole
  return (
    <time dateTime={at} className="nowrap" title={near ? whole : undefined}>
      {words}
    </time>
  )
}

interface AmountProps {
  amount: string
  unit?: string
  /** Shown before the number, such as ¥. */
  sign?: string
  decimals?: number
}

/** A decimal string with its unit; never turned into a float. */
export function Amount({ amount, unit, sign = '', decimals = 0 }: AmountProps) {
  const words = decimal(amount, decimals)
  const signed = words.startsWith('−') ? `−${sign}${words.slice(1)}` : `${sign}${words}`
  return (
    <span className="nowrap">
      {signed}
      {unit && ` ${unit}`}
    </span>
  )
}

/** A long identifier or hash, shortened for the eye and copied whole. */
export function Identifier({ value, length = 12 }: { value: string; length?: number }) {
  const { t } = useWords()
  const [copied, setCopied] = useState(false)
  const short = value.length > length ? `${value.slice(0, length)}…` : value
  const copy = async () => {
    await navigator.clipboard.writeText(value)
    setCopied(true)
  }
  return (
    <span className="row nowrap">
      <code title={value}>{short}</code>
      <button type="button" className="link-button tiny" onClick={() => void copy()}>
        {copied ? t('已复制', 'Copied') : t('复制', 'Copy')}
        <span className="visually-hidden">{t(`编号 ${short}`, ` identifier ${short}`)}</span>
      </button>
    </span>
  )
}
