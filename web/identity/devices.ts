// A browser and a way of signing in, in words.
import type { Text } from '../text/text.ts'

const browsers: readonly (readonly [RegExp, string])[] = [
  [/MicroMessenger\/(\d+)/, 'WeChat'],
  [/Edg(?:A|iOS)?\/(\d+)/, 'Edge'],
  [/(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/Version\/(\d+).*Safari/, 'Safari'],
]

const systems: readonly (readonly [RegExp, string])[] = [
  [/HarmonyOS|OpenHarmony/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

/** 'Chrome 156, Linux' from a User-Agent; anything else is shown as it came, cut short. */
export function deviceName(agent: string): string {
  const [pattern, browser] = browsers.find(([one]) => one.test(agent)) ?? []
  const system = systems.find(([one]) => one.test(agent))?.[1]
  if (!pattern) return agent.slice(0, 60)
  return [`${browser} ${pattern.exec(agent)?.[1]}`, system].filter(Boolean).join(', ')
}

const methods: Readonly<Record<string, Text>> = {
  password: { zh: '口令', en: 'password' },
  totp: { zh: '口令和动态验证码', en: 'password and code' },
  oidc: { zh: '统一身份认证', en: 'provincial identity' },
  demo: { zh: '演示进入', en: 'demo entry' },
  link: { zh: '一次性链接', en: 'one-time link' },
}

export function methodName(method: string): Text {
  return methods[method] ?? { zh: method, en: method }
}
