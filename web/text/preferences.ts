// The visitor's language and display mode: kept in this browser only, applied to the root element.
import { useSyncExternalStore } from 'react'

const LANGUAGES = ['zh-CN', 'zh-Hant', 'en'] as const
const MODES = ['standard', 'large', 'contrast'] as const
export type Language = (typeof LANGUAGES)[number]
export type Mode = (typeof MODES)[number]

export interface Preferences {
  language: Language
  mode: Mode
}

const KEY = 'kapok.preferences'
const listeners = new Set<() => void>()

function stored(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>
  } catch {
    return {}
  }
}

function chosen(): Preferences {
  const { language, mode } = stored()
  const wantsContrast = matchMedia('(prefers-contrast: more)').matches
  return {
    language: LANGUAGES.find((one) => one === language) ?? 'zh-CN',
    mode: MODES.find((one) => one === mode) ?? (wantsContrast ? 'contrast' : 'standard'),
  }
}

let current: Preferences = { language: 'zh-CN', mode: 'standard' }

function apply(): void {
  document.documentElement.lang = current.language
  document.documentElement.dataset.mode = current.mode
}

/** Changes language or mode for this browser, at once and for later visits. */
export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change }
  apply()
  try {
    localStorage.setItem(KEY, JSON.stringify(current))
  } catch {
    // Storage may be switched off; the choice then lasts for this visit.
  }
  for (const listener of listeners) listener()
}

/** Reads and applies the stored choice before the first page is drawn. */
export function openPreferences(): Preferences {
  current = chosen()
  apply()
  return current
}

export function preferences(): Preferences {
  return current
}

export function usePreferences(): Preferences {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, preferences)
}
