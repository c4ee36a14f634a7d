// Texts of the portal: Chinese is written first, in place, with its English beside it.
import { type Language, usePreferences } from './preferences.ts'
import { traditional } from './traditional.ts'

/** A text that came from the server or from data, in both languages. */
export interface Text {
  zh: string
  en: string
}

export interface Words {
  language: Language
  /** Picks the language: `t('登录', 'Sign in')`. */
  t: (zh: string, en: string) => string
  /** The same for a text of the server; an empty English text falls back to the Chinese. */
  of: (text: Text) => string
}

/** The words for a language, also outside React. */
function wordsIn(language: Language): Words {
  const t = (zh: string, en: string) => {
    if (language === 'en') return en
    return language === 'zh-Hant' ? traditional(zh) : zh
  }
  return { language, t, of: (text) => t(text.zh, text.en || text.zh) }
}

export function useWords(): Words {
  return wordsIn(usePreferences().language)
}
