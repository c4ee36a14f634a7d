// The four doors: which services live behind each today, and which sentences nothing serves yet.
import type { LinkProps } from '@tanstack/react-router'
import type { Text } from '../text/text.ts'

interface LivingService {
  title: Text
  what: Text
  to: LinkProps['to']
  /** Only people who are signed in can use it. */
  signedIn?: boolean
}

export interface Door {
  to: '/use' | '/apply' | '/provide' | '/public'
  title: Text
  lead: Text
  living: readonly LivingService[]
  /** What the regulation names and this system does not do yet, with its article. */
  missing: readonly { article: number; what: Text }[]
}

const capacity: LivingService = {
  to: '/compute',
  title: { zh: '算力一览', en: 'Capacity' },
  what: {
    zh: '各站点空闲多少卡、每卡时多少钱；模拟卡单独注明。',
    en: 'Free cards and prices of every site; simulated ones say so.',
  },
}

const submitting: LivingService = {
  to: '/compute/submit',
  signedIn: true,
  title: { zh: '提交算力任务', en: 'Submit a job' },
  what: {
    zh: '先报价，说明价格、券付、最迟开始时间和理由；按秒计量，按实际结算。',
    en: 'A quote first: price, voucher, latest start and why; metered by the second.',
  },
}

const jobs: LivingService = {
  to: '/compute/jobs',
  signedIn: true,
  title: { zh: '我的任务', en: 'My jobs' },
  what: {
    zh: '实时日志、指标与花费；每一笔都能查到原始记录。',
    en: 'Live log, metrics and cost; each figure leads to its journal entry.',
  },
}

const statement: LivingService = {
  to: '/statement',
  signedIn: true,
  title: { zh: '账户与流水', en: 'Accounts and statement' },
  what: {
    zh: '资金、算力券等各项余额，每一笔都能查到原始记录。',
    en: 'Balances of money and vouchers; each line leads to its journal entry.',
  },
}

const vouchers: LivingService = {
  to: '/vouchers',
  signedIn: true,
  title: { zh: '算力券', en: 'Compute vouchers' },
  what: {
    zh: '测算可领额度并说明理由；测算结果，不构成决定。',
    en: 'Works out what you can claim, with the reasons; an estimate, not a decision.',
  },
}

const checkers: LivingService = {
  to: '/rules',
  title: { zh: '政策计算器', en: 'Policy checkers' },
  what: {
    zh: '回答几个问题，看适用什么结果、为什么、差在哪里；不用登录，回答不离开本机。',
    en: 'A few questions, and what applies and why; no account, your answers stay with you.',
  },
}

const benefits: LivingService = {
  to: '/benefits',
  title: { zh: '我的权益', en: 'What I am entitled to' },
  what: {
    zh: '各项权益一次算清：符合什么、只差什么；测算结果，不构成决定。',
    en: 'All benefits at once: what you have, what you lack; no decision.',
  },
}

const organisation: LivingService = {
  to: '/organisation',
  signedIn: true,
  title: { zh: '我的单位', en: 'My organisation' },
  what: {
    zh: '成员与角色、授权委托、股权关系。',
    en: 'Members and roles, mandates, shareholding.',
  },
}

const keys: LivingService = {
  to: '/organisation/keys',
  signedIn: true,
  title: { zh: '接口密钥', en: 'API keys' },
  what: {
    zh: '让本单位的程序按限定范围调用接口，可随时撤销。',
    en: 'Let your programs call the API within set scopes; revoke at any time.',
  },
}

const registration: LivingService = {
  to: '/organisation/register',
  signedIn: true,
  title: { zh: '登记单位', en: 'Register an organisation' },
  what: {
    zh: '凭统一社会信用代码登记，一次回答一个问题。',
    en: 'By its credit code, one question at a time.',
  },
}

const account: LivingService = {
  to: '/account',
  signedIn: true,
  title: { zh: '我的账号与个人信息', en: 'My account and personal data' },
  what: {
    zh: '登录设备、两步验证；查看谁用过我的数据，导出或申请删除。',
    en: 'Sessions, two-step sign-in; who used my data, export and erasure.',
  },
}

const developers: LivingService = {
  to: '/developers',
  title: { zh: '接口文档', en: 'API' },
  what: {
    zh: '本系统全部接口、所需角色与密钥范围。',
    en: 'Every operation of this system, with the role and scope it needs.',
  },
}

export const DOORS: readonly Door[] = [
  {
    to: '/use',
    title: { zh: '我要用', en: 'Use' },
    lead: { zh: '用算力、用数据、用模型。', en: 'Compute, data and models to use.' },
    living: [submitting, jobs, capacity, vouchers, statement],
    missing: [
      { article: 9, what: { zh: '数据产品与可信数据空间', en: 'Data products and data space' } },
      { article: 17, what: { zh: '模型与智能体服务', en: 'Models and agents as a service' } },
    ],
  },
  {
    to: '/apply',
    title: { zh: '我要办', en: 'Apply' },
    lead: { zh: '办理授权、领取支持、管理账号。', en: 'Mandates, support and your account.' },
    living: [benefits, checkers, registration, organisation, vouchers, keys, account],
    missing: [
      { article: 10, what: { zh: '备案辅导', en: 'Filing guidance' } },
      { article: 13, what: { zh: '一人公司一件事', en: 'One-person company bundle' } },
      { article: 25, what: { zh: '人才服务', en: 'Talent services' } },
    ],
  },
  {
    to: '/provide',
    title: { zh: '我能提供', en: 'Provide' },
    lead: {
      zh: '提供算力、数据、产品、场景与服务。',
      en: 'Capacity, data, products, scenarios and services to offer.',
    },
    living: [registration, keys, developers],
    missing: [
      {
        article: 7,
        what: { zh: '算力接入与公共调度', en: 'Joining capacity to public scheduling' },
      },
      { article: 14, what: { zh: '智能产品目录', en: 'Product catalogue' } },
      { article: 16, what: { zh: '应用场景开放', en: 'Opening of scenarios' } },
    ],
  },
  {
    to: '/public',
    title: { zh: '公开与监督', en: 'Oversight' },
    lead: {
      zh: '看条例每一句由什么落实，验每一条记录是否被改过。',
      en: 'See what serves each sentence of the regulation; check that no record was changed.',
    },
    living: [
      {
        to: '/law',
        title: { zh: '条例落实', en: 'The regulation, sentence by sentence' },
        what: {
          zh: '三十四条逐句列明：谁、做什么、由什么落实、最近一次实际使用。',
          en: 'All 34 articles: who, what, what serves it, and when it was last used.',
        },
      },
      {
        to: '/law/parameters',
        title: { zh: '参数与依据', en: 'Numbers and their sources' },
        what: {
          zh: '比例、上限、期限等数值，逐项写明起止日期、来源和可信程度。',
          en: 'Ratios, caps and terms, each with its dates, source and certainty.',
        },
      },
      {
        to: '/rules',
        title: { zh: '规则', en: 'The rules' },
        what: {
          zh: '现行规则全文、各个版本和理由；可以试算，可以下载。',
          en: 'The rules in force, their versions and reasons; to try and to download.',
        },
      },
      {
        to: '/verify',
        title: { zh: '验真', en: 'Verify a proof' },
        what: {
          zh: '在本机浏览器中核对下载的证明，文件不上传。',
          en: 'Check a downloaded proof in your own browser; nothing is uploaded.',
        },
      },
      capacity,
      developers,
    ],
    missing: [
      { article: 4, what: { zh: '产业统计与监测', en: 'Industry statistics' } },
      { article: 16, what: { zh: '场景清单与成效', en: 'Scenario lists and their effect' } },
      { article: 33, what: { zh: '线索受理', en: 'Reports of prohibited use' } },
    ],
  },
]
