// The words of the simulator: policies, sources, who and what in each source, times on its clock.
import type { QueuePolicy } from '#engines/replay/queue.ts'
import type { Text } from '../text/text.ts'
import type { Asked, Source } from './simulate.ts'

type PolicyName = QueuePolicy | 'recorded'

export const policyNames: Record<PolicyName, Text> = {
  kapok: { zh: '木棉调度', en: 'Kapok' },
  fair: { zh: '公平份额', en: 'Fair share' },
  easy: { zh: '先来先服务＋回填', en: 'First come + backfill' },
  'easy-sjf': { zh: '短任务优先＋回填', en: 'Short first + backfill' },
  fcfs: { zh: '先来先服务', en: 'First come, first served' },
  recorded: { zh: '实际发生', en: 'As it happened' },
}

export const policyNotes: Record<PolicyName, Text> = {
  kapok: {
    zh: '按近日用量的公平份额排序，单位内短任务优先，为等得最久的预留',
    en: 'fair shares of recent use, the shorter first within an organisation, room kept for whoever has waited longest',
  },
  fair: {
    zh: '按近日用量的公平份额排序，单位内先来先服务，为队首预留',
    en: 'fair shares of recent use, first come within an organisation, room kept for the head',
  },
  easy: {
    zh: '按提交时间排序，后面的在不耽误队首时可先行（EASY）',
    en: 'by time of submission; others may pass the head where that does not delay it (EASY)',
  },
  'easy-sjf': {
    zh: '按预计时长排序，为队首预留',
    en: 'by expected length, room kept for the head',
  },
  fcfs: {
    zh: '按提交时间严格排队，前面的不开始，后面的都等',
    en: 'strictly in line: nobody passes the head',
  },
  recorded: {
    zh: '记录中的实际等待时间，不再计算',
    en: 'the waits that were recorded, nothing is computed',
  },
}

/** 3d4h5m as milliseconds since the beginning of a day or a log: 08:30, or 第 3 天 08:30. */
export function clock(ms: number): Text {
  const minutes = Math.floor(ms / 60_000)
  const day = Math.floor(minutes / 1_440)
  const pad = (value: number) => String(value).padStart(2, '0')
  const time = `${pad(Math.floor((minutes % 1_440) / 60))}:${pad(minutes % 60)}`
  return day === 0
    ? { zh: time, en: time }
    : { zh: `第 ${day + 1} 天 ${time}`, en: `day ${day + 1} ${time}` }
}

/** What an organisation of a source is called. */
export function userName({ kind }: Source, user: string): Text {
  if (user === 'flooder') return { zh: '大量提交的那一家', en: 'The one that floods' }
  const number = kind === 'flood' ? String(Number(user.replace('small-', '')) + 1) : user
  if (kind === 'flood') return { zh: `小单位 ${number}`, en: `Small organisation ${number}` }
  if (kind === 'day') return { zh: `单位 ${number}`, en: `Organisation ${number}` }
  return { zh: `用户 ${number}`, en: `User ${number}` }
}

export function jobName({ kind }: Source, id: string, user: string): Text {
  if (kind !== 'flood') return { zh: `任务 ${id}`, en: `Job ${id}` }
  const name = userName({ kind } as Source, user)
  if (user !== 'flooder') return name
  const number = Number(id.replace('flood-', '')) + 1
  return { zh: `${name.zh}的任务 ${number}`, en: `${name.en}: job ${number}` }
}

/** The name of one side: its policy, and its limit where it has one. */
export function sideName({ sides }: Pick<Asked, 'sides'>, nth: 0 | 1): Text {
  const { policy, mostPercent } = sides[nth]
  const name = policyNames[policy]
  if (mostPercent >= 100 || policy === 'recorded') return name
  return {
    zh: `${name.zh}，每家至多 ${mostPercent}%`,
    en: `${name.en}, at most ${mostPercent}% each`,
  }
}

/** What a simulation takes for granted. */
export function assumptionsOf({ source }: Asked): Text[] {
  const always: Text[] = [
    {
      zh: '运行时长按记录或设定；调度器只看得到预计时长与时限，看不到实际时长。',
      en: 'Jobs run as long as recorded or set; the scheduler sees only expected lengths and limits.',
    },
    {
      zh: '已开始的任务不被抢占；开始时机器是空的；各单位权重相同。',
      en: 'What has started is not displaced; the machine begins empty; all organisations weigh the same.',
    },
  ]
  if (source.kind === 'flood') {
    always.push({
      zh: '40 台服务器，每台 8 卡；每家小单位一天一个任务（半卡至两卡，10 至 90 分钟）；一家在 8:00 一次交出全部任务（各一卡，10 至 50 分钟）。由随机种子生成，不是真实记录。',
      en: '40 servers of 8 cards; each small organisation has one job a day (half a card to two, 10 to 90 minutes); one submits all of its jobs at 8:00 (a card each, 10 to 50 minutes). Drawn from a seed, not recorded.',
    })
  }
  if (source.kind === 'day') {
    always.push({
      zh: '任务留在当天实际运行的机型上；服务器数量按今天；当天没跑完或没跑成的任务不计入。平台实际运行时每个任务另有预留的开始时间，模拟不含这一项。',
      en: 'Jobs stay on the kind of machine they ran on; servers are as of today; what has not ended or never ran is left out. In production every job also holds a promised place, which is not simulated.',
    })
  }
  if (source.kind === 'log') {
    always.push({
      zh: '只计处理器数量，不计其在机器上的位置；日志没有时限的，以实际时长为时限。',
      en: 'Processors are counted, not placed; where the log has no limit, the run is the limit.',
    })
  }
  return always
}
