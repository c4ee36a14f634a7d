// One line of the table of problems: status, what happened, what to do next.
import type { Text } from '../context.ts'

export interface Entry {
  status: number
  title: Text
  next: Text
}

/** A problem: HTTP status, then title and next step in Chinese, then both in English. */
export const entry = (
  status: number,
  zh: string,
  zhNext: string,
  en: string,
  enNext: string,
): Entry => ({ status, title: { zh, en }, next: { zh: zhNext, en: enNext } })
