// The portal's own pages as things to find, under the words that people use for them.
import type { Item } from './put.ts'

const page = (link: string, zh: string, en: string, words: string): Item => ({
  kind: 'page',
  id: link,
  title: { zh, en },
  text: words,
  link,
  audience: ['public'],
  weight: 1,
})

export const pages: readonly Item[] = [
  page(
    '/vouchers',
    '算力券、模型券、语料券',
    'Vouchers',
    '申领 补贴 优惠 用券 额度 关联方 voucher subsidy',
  ),
  page('/statement', '账户与流水', 'Accounts and statement', '余额 对账单 资金 明细 balance'),
  page('/organisation', '我的单位', 'My organisation', '企业信息 股权 法定代表人 company profile'),
  page('/organisation/members', '成员与角色', 'Members and roles', '邀请 员工 权限 invite staff'),
  page('/organisation/mandates', '授权委托', 'Mandates', '代办 代理 委托 act for'),
  page('/organisation/keys', '接口密钥', 'API keys', '程序 接口 token'),
  page('/account', '我的账号', 'My account', '密码 两步验证 登录设备 password sessions'),
  page('/account/data', '我的个人信息', 'My personal data', '谁用过我的数据 导出 删除 erasure'),
  page('/law', '条例落实', 'How the regulation is carried out', '条例 三十四条 落实 进展 articles'),
  page(
    '/law/parameters',
    '条例相关数值',
    'Dated numbers of the law',
    '比例 上限 标准 来源 ratio cap',
  ),
  page('/verify', '验真', 'Verify a proof', '证明 存证 核对 凭证 proof'),
  page('/developers', '接口文档', 'API page', '开发 OpenAPI developers'),
]
