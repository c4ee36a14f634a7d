// Where a fact comes from that the platform holds about an organisation.
import type { Text } from '../text/text.ts'
import { OF_SET } from './all-benefits.ts'

const REGISTERED: Text = { zh: '来自：单位登记', en: 'from: the registration' }
const SEAT: Text = { zh: '来自：单位登记地', en: 'from: the place of registration' }

const origins: Readonly<Record<string, Text>> = {
  主体类型: REGISTERED,
  企业规模: REGISTERED,
  成立日期: REGISTERED,
  省内登记: SEAT,
  在深圳登记: SEAT,
  市: SEAT,
  法律形式: { zh: '来自：登记类别和股权关系', en: 'from: the registration and its shareholders' },
}

/** The name may bear the title of its set. */
export const originOf = (name: string): Text =>
  origins[name.split(OF_SET)[0]!] ?? { zh: '来自：平台已有资料', en: 'from: the platform' }
