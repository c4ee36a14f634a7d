// What of a log has been read so far, and whether there is reason to ask for more.
import type { JobLog } from './compute.ts'

/** Characters kept on the page; what came before is cut off, and the page says so. */
const MOST_SHOWN = 400_000

export interface Reading {
  text: string
  /** The byte that is read next. */
  next: number
  /** Bytes that there are, as far as the last answer told. */
  size: number
  truncated: boolean
  cut: boolean
  /** The server said that nothing will follow, or had nothing when the job was over. */
  ended: boolean
  /** The size for which an answer brought nothing new: asking again for it would bring nothing. */
  stuckAt: number | null
}

export const nothingRead: Reading = {
  text: '',
  next: 0,
  size: 0,
  truncated: false,
  cut: false,
  ended: false,
  stuckAt: null,
}

/** What the page knows of the job besides its log. */
export interface Known {
  /** Size of the log as the last event told it; 0 without events. */
  size: number
  /** Nothing runs now: it ended, or waits for its next attempt. */
  over: boolean
}

/** Whether the next part should be asked for now. */
export function wantsMore(reading: Reading, { size, over }: Known): boolean {
  const most = Math.max(size, reading.size)
  if (most > reading.next && most !== reading.stuckAt) return true
  return over && !reading.ended
}

/** The reading with the part that the server gave. */
export function withPart(reading: Reading, part: JobLog, { size, over }: Known): Reading {
  const all = reading.text + part.text
  const cut = all.length > MOST_SHOWN
  const stuck = part.next <= reading.next
  return {
    text: cut ? all.slice(-MOST_SHOWN) : all,
    next: Math.max(part.next, reading.next),
    size: part.size,
    truncated: part.truncated,
    cut: reading.cut || cut,
    ended: part.ended || (stuck && over),
    stuckAt: stuck ? Math.max(size, part.size) : null,
  }
}
