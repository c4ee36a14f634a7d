// What was, what is, and what was undone: every change can be taken back and made again.

export interface History<T> {
  past: readonly T[]
  now: T
  future: readonly T[]
}

/** So many steps are kept. */
const MOST = 200

export const begun = <T>(now: T): History<T> => ({ past: [], now, future: [] })

export function changed<T>({ past, now }: History<T>, next: T): History<T> {
  return { past: [...past, now].slice(-MOST), now: next, future: [] }
}

export function undone<T>(history: History<T>): History<T> {
  const { past, now, future } = history
  const last = past.at(-1)
  return last === undefined
    ? history
    : { past: past.slice(0, -1), now: last, future: [now, ...future] }
}

export function redone<T>(history: History<T>): History<T> {
  const { past, now, future } = history
  const [next, ...rest] = future
  return next === undefined ? history : { past: [...past, now], now: next, future: rest }
}
