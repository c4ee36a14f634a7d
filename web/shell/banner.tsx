// The first line of every page: what this site is not; and the choice of language and display.

import type { Language, Mode } from '../text/preferences.ts'
import { setPreferences, usePreferences } from '../text/preferences.ts'
import { useWords } from '../text/text.ts'
import { loadTraditional } from '../text/traditional.ts'

const languages: readonly (readonly [Language, string, string])[] = [
  ['zh-CN', '简', '简体中文'],
  ['zh-Hant', '繁', '繁體中文'],
  ['en', 'EN', 'English'],
]

async function choose(language: Language) {
  if (language === 'zh-Hant') await loadTraditional()
  setPreferences({ language })
}

export function Banner({ demo }: { demo: boolean }) {
  const { t } = useWords()
  const { language, mode } = usePreferences()
  const modes: readonly (readonly [Mode, string])[] = [
    ['standard', t('标准', 'Standard')],
    ['large', t('大字', 'Large')],
    ['contrast', t('高对比', 'High contrast')],
  ]
  return (
    <section className="banner" aria-label={t('网站声明', 'About this site')}>
      <div className="container">
        <p>
          {t(
            '示范系统，非政府网站；条例为征求意见稿，未施行。',
            'Demonstration, not a government website; the regulation is a draft, not in force.',
          )}
          {demo &&
            t('演示世界的企业与数据均为虚构。', ' All companies and data here are invented.')}
        </p>
        <div className="banner-tools">
          <fieldset aria-label={t('显示方式', 'Display')}>
            {modes.map(([value, name]) => (
              <button
                key={value}
                type="button"
                aria-pressed={mode === value}
                onClick={() => setPreferences({ mode: value })}
              >
                {name}
              </button>
            ))}
          </fieldset>
          <fieldset aria-label={t('语言', 'Language')}>
            {languages.map(([value, short, name]) => (
              <button
                key={value}
                type="button"
                lang={value}
                aria-label={`${short} ${name}`}
                aria-pressed={language === value}
                onClick={() => void choose(value)}
              >
                {short}
              </button>
            ))}
          </fieldset>
        </div>
      </div>
    </section>
  )
}
