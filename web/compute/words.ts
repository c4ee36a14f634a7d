// The words of compute: states, purposes, kinds of sites, ends of a run, cards and bytes.
import type { Tone } from '../components/card.tsx'
import { count } from '../text/format.ts'
import type { Text } from '../text/text.ts'
import type { Attempt, ScheduleBar, Site, Spec, State, WorkloadLine } from './compute.ts'

export const stateNames: Record<State, Text> = {
  held: { zh: '已占用', en: 'Held' },
  queued: { zh: '排队中', en: 'Queued' },
  placed: { zh: '已安排', en: 'Placed' },
  running: { zh: '运行中', en: 'Running' },
  succeeded: { zh: '已完成', en: 'Succeeded' },
  failed: { zh: '已失败', en: 'Failed' },
  cancelled: { zh: '已取消', en: 'Cancelled' },
  preempted: { zh: '已让出', en: 'Preempted' },
  settled: { zh: '已结算', en: 'Settled' },
}

const stateTones: Record<State, Tone> = {
  held: 'wait',
  queued: 'wait',
  placed: 'info',
  running: 'good',
  succeeded: 'good',
  failed: 'wait',
  cancelled: 'none',
  preempted: 'wait',
  settled: 'good',
}

type Standing = Pick<WorkloadLine, 'state' | 'outcome'>

/** What stands beside the name of a job: how it ended says more than that it was settled. */
export function standingOf({ state, outcome }: Standing): { name: Text; tone: Tone } {
  const shown = state === 'settled' && outcome ? outcome : state
  const name = stateNames[shown]
  if (state !== 'settled' || !outcome) return { name, tone: stateTones[shown] }
  return {
    name: { zh: `${name.zh}，已结算`, en: `${name.en}, settled` },
    tone: stateTones[shown],
  }
}

export const purposeNames: Record<Spec['purpose'], Text> = {
  training: { zh: '训练', en: 'Training' },
  evaluation: { zh: '评测', en: 'Evaluation' },
  inference: { zh: '推理', en: 'Inference' },
  other: { zh: '其他', en: 'Other' },
}

export const priorityNames: Record<Spec['priority'], Text> = {
  low: { zh: '低', en: 'Low' },
  normal: { zh: '普通', en: 'Normal' },
  high: { zh: '高', en: 'High' },
}

export const siteKindNames: Record<Site['kind'], Text> = {
  'supercomputing-centre': { zh: '超算中心', en: 'Supercomputing centre' },
  'edge-node': { zh: '城市边缘智算节点', en: 'City edge node' },
  'industry-cluster': { zh: '行业智算集聚区', en: 'Industry compute area' },
  hyperscale: { zh: '超大规模智算集群', en: 'Hyperscale cluster' },
}

export const clusterStateNames = {
  active: { zh: '开放', en: 'open' },
  draining: { zh: '腾空中', en: 'draining' },
  closed: { zh: '已关闭', en: 'closed' },
} as const satisfies Record<string, Text>

export const nodeStateNames = {
  ready: { zh: '可用', en: 'ready' },
  draining: { zh: '腾空中', en: 'draining' },
  down: { zh: '停用', en: 'down' },
} as const satisfies Record<string, Text>

/** In the order of a bar's life. */
export const barKindNames: Record<ScheduleBar['kind'], Text> = {
  ran: { zh: '已运行', en: 'ran' },
  'gave-way': { zh: '中途让出', en: 'gave way' },
  running: { zh: '运行中', en: 'running' },
  promised: { zh: '已预留', en: 'reserved' },
  blocked: { zh: '停用', en: 'out of use' },
}

/** Thousandths of a card as cards: 470 is 0.47, 3000 is 3. */
export function cardsOf(milli: number): string {
  return count(milli / 1000)
}

/** The same with its unit. */
export function cardsInWords(milli: number): Text {
  const cards = cardsOf(milli)
  return { zh: `${cards} 卡`, en: cards === '1' ? '1 card' : `${cards} cards` }
}

/** Bytes in the unit that reads best, with binary prefixes. */
export function bytesInWords(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`
}

/** A share between 0 and 1 in per cent, one decimal. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1'
  return (share * 100).toFixed(1).replace(/\.0$/, '')
}

/** Basis points as per cent: 6000 is 60. */
export function ratioInWords(basisPoints: number): string {
  return `${basisPoints / 100}%`
}

interface End {
  what: Text
  next: Text
}

const LOG_FIRST: Text = {
  zh: '先看日志最后几行；改好程序或数据后，点“再来一次”。',
  en: 'Read the last lines of the log; correct the program or data, then run it again.',
}

const ends: Readonly<Record<string, End>> = {
  'time-limit': {
    what: {
      zh: '运行到时间上限，已通知程序保存，随后结束。',
      en: 'It reached its time limit; the program was told to save and was then ended.',
    },
    next: {
      zh: '点“再来一次”，把时间上限放宽。没有用到的时间不收费。',
      en: 'Run it again with a longer limit. Time that is not used is not paid.',
    },
  },
  'memory-limit': {
    what: { zh: '用到的内存超过上限，已被结束。', en: 'It used more memory than its limit.' },
    next: {
      zh: '减小批量或数据，或增加卡数（内存随卡数增加），再来一次。',
      en: 'Use smaller batches or less data, or more cards (memory grows with them).',
    },
  },
  'disk-limit': {
    what: { zh: '写入的文件超过磁盘上限，已被结束。', en: 'It wrote more than its disk limit.' },
    next: {
      zh: '减少检查点或输出文件，再来一次。',
      en: 'Write fewer checkpoints or outputs, then run it again.',
    },
  },
  refused: {
    what: {
      zh: '执行器没有接收这项任务，程序未运行，不收费。',
      en: 'The executor did not take it; nothing ran and nothing is charged.',
    },
    next: {
      zh: '本机没有隔离条件时，只能运行现成程序；请改用现成程序，或换一个集群。',
      en: 'Without isolation only ready-made programs may run; use one, or another cluster.',
    },
  },
  lost: {
    what: {
      zh: '机器中断（如断电），无人看到它如何结束；这一段不收费。',
      en: 'The machine broke off (as in a power cut); nobody saw the end, so it is not charged.',
    },
    next: {
      zh: '点“再来一次”。勾选“可以让出”的任务遇到中断会自动重排，从检查点接着运行。',
      en: 'Run it again. Jobs that may be preempted are queued again by themselves and resumed.',
    },
  },
}

/** What ended a run, and what to do next; null when it simply did what it should. */
export function endOf(attempt: Attempt): End | null {
  if (attempt.cause && ends[attempt.cause]) return ends[attempt.cause]!
  if (attempt.cause === 'stopped') return null
  if (attempt.signal) {
    return {
      what: {
        zh: `程序被信号 ${attempt.signal} 结束。`,
        en: `The program was ended by signal ${attempt.signal}.`,
      },
      next: LOG_FIRST,
    }
  }
  if (attempt.exitCode !== null && attempt.exitCode !== 0) {
    return {
      what: {
        zh: `程序自行退出，退出码 ${attempt.exitCode}（0 才是成功）。`,
        en: `The program ended by itself with exit code ${attempt.exitCode}; only 0 is success.`,
      },
      next: LOG_FIRST,
    }
  }
  return null
}
