// Invented Chinese records for the search benchmark: the same list for the same seed.
import type { Item } from '#services/search/index.ts'

const split = (words: string) => words.split(' ')

const places = split(
  '广州 深圳 珠海 汕头 佛山 韶关 湛江 肇庆 江门 茂名 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 ' +
    '天河区 黄埔区 南沙区 番禺区 越秀区 海珠区 白云区 南山区 福田区 罗湖区 宝安区 龙岗区 香洲区 禅城区 顺德区 南海区 ' +
    '浈江区 武江区 曲江区 端州区 蓬江区 惠城区 惠阳区 梅江区 清城区 湘桥区 榕城区 松山湖 前海 横琴 光明区 龙华区 坪山区',
)
const subjects = split(
  '算力 智算中心 大模型 训练 推理 语料 数据集 公共数据 算法 芯片 服务器 机柜 绿电 电力 液冷 网络 时延 调度 并网 算力券 模型券 ' +
    '语料券 一人公司 初创企业 中小企业 高校 科研机构 实验室 开源社区 开源模型 行业模型 智能体 具身智能 机器人 无人机 低空经济 ' +
    '自动驾驶 智能网联 医疗影像 辅助诊断 新药研发 教育 课堂 养老 家政 文旅 非遗 粤语 语音识别 机器翻译 内容生成 标识 水印 ' +
    '备案 评测 测评 安全 伦理 风险 隐私 个人信息 数据安全 跨境 港澳 湾区 标准 团体标准 知识产权 专利 版权 人才 博士后 ' +
    '产业园 孵化器 众创空间 场景 示范 应用 政务 办事 审批 热线 城市治理 应急 防汛 气象 海洋 渔业 农业 荔枝 制造 质检 ' +
    '工业软件 纺织 陶瓷 家电 家具 玩具 灯饰 五金 模具 石化 钢铁 物流 港口 口岸 金融 保险 信贷 担保 基金 补贴 奖励 贴息',
)
const actions = split(
  '申请 受理 审核 公示 发布 支持 鼓励 推动 建设 开放 共享 采购 租用 接入 部署 运行 维护 升级 培训 招募 征集 对接 合作 ' +
    '评估 验收 统计 报送 查询 变更 撤销 续期 结算 退回 提醒 监测 分析 优化 改造 试点 推广 验证',
)
const things = split(
  '办法 通知 指南 公告 清单 计划 方案 报告 名单 合同 协议 平台 系统 服务 产品 项目 课题 赛事 活动 培训班 资源 接口 工具 ' +
    '样本 模型库 目录 规范 意见 条件 材料 流程 期限 额度 比例 用量 账单 凭证 证书 记录',
)
const nameCharacters = [
  ...'云岭华智创科星海天宇腾翔博远瑞祥恒泰明德鸿达新锐嘉禾玉龙金石木棉珠江越秀南粤宏图立信诚安康健美佳丰盛源通汇聚能启航未来思维慧眼灵犀方舟北斗',
]
const trades = split(
  '智能 科技 数据 信息 软件 机器人 算力 网络 医疗 教育 能源 传感 视觉 语音 材料 光电',
)
const models = split('H200 H100 A100 910B MLU370 L40S RTX4090 BW1000 DCU GPU NPU FPGA')
const kinds = split('law company product dataset notice matter')

/** A small generator of random numbers in [0, 1) (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Flattens the top of the list: the few words that every text holds are not what people seek. */
const OFFSET = 5

/** Words as language has them (Zipf and Mandelbrot): some often, most seldom. */
function wordsFrom(random: () => number) {
  const even = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const skewed = <T>(list: readonly T[]): T =>
    list[Math.floor(OFFSET * (1 + list.length / OFFSET) ** random() - OFFSET)] ?? list[0]!
  const name = () =>
    Array.from({ length: 2 + Math.floor(random() * 2) }, () => even(nameCharacters)).join('')
  return { even, skewed, company: () => `${name()}${even(trades)}` }
}

/** The nth part of a body: one plain sentence. */
function sentence(words: ReturnType<typeof wordsFrom>, random: () => number): string {
  const { even, skewed, company } = words
  const forms = [
    () => `${even(places)}${skewed(subjects)}${even(actions)}${even(things)}自发布之日起施行`,
    () => `${even(actions)}${skewed(subjects)}的单位应当提交${skewed(subjects)}${even(things)}`,
    () => `由${company()}有限公司提供${skewed(subjects)}与${skewed(subjects)}${even(things)}`,
    () =>
      `面向${skewed(subjects)}，${even(actions)}${even(models)}共${Math.floor(random() * 900)}张`,
    () => `${even(places)}和${even(places)}共同${even(actions)}${skewed(subjects)}${even(things)}`,
    () => `有效期至${2026 + Math.floor(random() * 4)}年${1 + Math.floor(random() * 12)}月`,
  ]
  return `${even(forms)()}。`
}

export interface Record {
  item: Item
  company: string
}

/** Records 0 to count - 1; about every sixth belongs to one of 500 organisations alone. */
export function* records(count: number, seed = 20_261_123): Generator<Record> {
  const random = randomFrom(seed)
  const words = wordsFrom(random)
  const { even, skewed } = words
  for (let n = 0; n < count; n++) {
    const company = words.company()
    const title = even([
      () => `${even(places)}${company}有限公司`,
      () => `关于${even(actions)}${skewed(subjects)}${even(things)}的通知`,
      () => `${even(places)}${skewed(subjects)}${skewed(subjects)}${even(things)}`,
      () => `${company}${skewed(subjects)}${even(things)}（${even(models)}）`,
    ])()
    const text = Array.from({ length: 5 + Math.floor(random() * 8) }, () => sentence(words, random))
    const organisation = `01890000-0000-7000-8000-${String(n % 500).padStart(12, '0')}`
    yield {
      company,
      item: {
        kind: even(kinds),
        id: String(n),
        title: { zh: title, en: title },
        text: text.join(''),
        link: `/found/${n}`,
        audience: random() < 1 / 6 ? [{ subject: organisation }] : ['public'],
        weight: Math.round(random() * 100) / 100,
      },
    }
  }
}

/** What people type: names, one word, two words, a piece of a title, a model, a sentence. */
export function* queries(from: readonly Record[], seed = 7): Generator<string> {
  const random = randomFrom(seed)
  const { even, skewed } = wordsFrom(random)
  for (;;) {
    const { company, item } = even(from)
    const share = random()
    if (share < 0.3) yield company
    else if (share < 0.45) yield skewed(subjects)
    else if (share < 0.7) yield `${even(places)} ${skewed(subjects)}`
    else if (share < 0.85) yield item.title.zh.slice(0, 4 + Math.floor(random() * 8))
    else if (share < 0.92) yield `${even(models)} ${skewed(subjects)}`
    else yield `${even(places)}的${skewed(subjects)}如何${even(actions)}${even(things)}？`
  }
}
