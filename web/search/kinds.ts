// The kinds of things that can be found, in words.
import type { Text } from '../text/text.ts'

const names: Readonly<Record<string, Text>> = {
  clause: { zh: '条例', en: 'Regulation' },
  duty: { zh: '条例', en: 'Regulation' },
  article: { zh: '条例', en: 'Regulation' },
  rule: { zh: '规则', en: 'Rule' },
  parameter: { zh: '参数', en: 'Number' },
  organisation: { zh: '单位', en: 'Organisation' },
  department: { zh: '部门', en: 'Department' },
  authority: { zh: '部门', en: 'Authority' },
  service: { zh: '服务', en: 'Service' },
  page: { zh: '页面', en: 'Page' },
  scheme: { zh: '算力券方案', en: 'Voucher scheme' },
}

/** The name of a kind such as 'organisation' or 'regulation.article'. */
export function kindName(kind: string): Text {
  const last = kind.split('.').at(-1) ?? kind
  return names[last] ?? { zh: kind, en: kind }
}
