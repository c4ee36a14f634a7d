// Turns a reason {code, params} of a quote or of the scheduler into a sentence.
import { decimal, duration, nearTime } from '../text/format.ts'
import type { Text } from '../text/text.ts'
import type { Reason } from './compute.ts'
import { cardsOf } from './words.ts'

/** English names by their Chinese ones. */
export type Names = ReadonlyMap<string, string>

type Sentence = (params: Reader) => Text

/** The parameters of one reason as words; what is missing is a dash, never 'undefined'. */
class Reader {
  readonly #params: Reason['params']
  readonly #now: Date
  readonly #names: Names
  constructor(params: Reason['params'], now: Date, names: Names) {
    this.#params = params
    this.#now = now
    this.#names = names
  }
  /** A name that the server gave in Chinese, in English where it is known. */
  name(of: string): Text {
    const zh = this.text(of)
    return both(zh, this.#names.get(zh) ?? zh)
  }
  text(name: string): string {
    const value = this.#params[name]
    return value === null || value === undefined || value === '' ? '—' : String(value)
  }
  /** An instant (ISO text, or milliseconds) to the minute in Asia/Shanghai. */
  time(name: string): string {
    const at = new Date(this.#params[name] ?? Number.NaN)
    return Number.isNaN(at.getTime()) ? this.text(name) : nearTime(at, this.#now)
  }
  /** Thousandths of a card as cards. */
  cards(name: string): string {
    const value = this.#params[name]
    return typeof value === 'number' ? cardsOf(value) : this.text(name)
  }
  has(name: string): boolean {
    return this.#params[name] !== undefined && this.#params[name] !== null
  }
  /** A length of time in milliseconds, in both languages. */
  span(name: string): Text {
    const seconds = Number(this.#params[name] ?? 0) / 1000
    return both(duration(seconds, 'zh-CN'), duration(seconds, 'en'))
  }
  /** Yuan. */
  money(name: string): string {
    const value = this.text(name)
    return /^-?\d+(\.\d+)?$/.test(value) ? `¥${decimal(value, 2)}` : value
  }
}

const both = (zh: string, en: string): Text => ({ zh, en })

const grounds: Readonly<Record<string, Text>> = {
  'same-party': both('算力方就是本单位', 'it is yourself'),
  'same-person': both(
    '双方的法定代表人或实际控制人是同一人',
    'the same person represents or controls both',
  ),
  shareholding: both('一方经持股链控制另一方', 'one holds the other through a chain of shares'),
  'common-holder': both('双方有共同的控股方', 'the same holder stands above both'),
}

const choice: Readonly<Record<string, Sentence>> = {
  'chosen-earliest': (p) =>
    both(`最早开始：不晚于 ${p.time('startsBy')}`, `Starts earliest, by ${p.time('startsBy')}`),
  'chosen-cheapest': (p) =>
    both(
      `自付最少：至多 ${p.money('amount')}`,
      `Least of your own money, ${p.money('amount')} at most`,
    ),
  'later-than': (p) =>
    both(
      `要等到 ${p.time('startsBy')}，晚于${p.name('other').zh}`,
      `Starts by ${p.time('startsBy')} only, later than ${p.name('other').en}`,
    ),
  'dearer-than': (p) =>
    both(
      `自付比${p.name('other').zh}多 ${p.text('percent')}%`,
      `${p.text('percent')}% more of your own money than ${p.name('other').en}`,
    ),
  'same-as': (p) => both(`与${p.name('other').zh}相当`, `No better than ${p.name('other').en}`),
  'voucher-related': (p) => {
    const ground = grounds[p.text('ground')]
    return both(
      `与算力方构成关联方，不能用券${ground ? `：${ground.zh}` : ''}`,
      `No voucher: you are related to the provider${ground ? `: ${ground.en}` : ''}`,
    )
  },
  'voucher-ends': (p) =>
    both(
      `券于 ${p.time('until')} 到期，早于任务最迟结束时间`,
      `The voucher ends on ${p.time('until')}, before the job must be over`,
    ),
  'voucher-undecided': () =>
    both(
      '与算力方的关联关系待人工判断，暂不能用券',
      'No voucher yet: whether you are related to the provider needs judgement',
    ),
  'voucher-cash': () =>
    both(
      '普通资金不足以与券合付，改用专项资金',
      'Too little ordinary money to pay beside the voucher; earmarked money pays',
    ),
  'voucher-none': () => both('没有可用的券', 'There is no voucher to use'),
  'voucher-not-for-purpose': () =>
    both('券不能用于这一用途', 'The voucher does not pay for this purpose'),
  'voucher-covers': (p) =>
    both(`券付 ${p.text('percent')}%`, `A voucher pays ${p.text('percent')}%`),
}

const refusal: Readonly<Record<string, Sentence>> = {
  'too-large': (p) =>
    both(
      `要 ${p.text('asked')} 卡，这里一次至多 ${p.text('largest')} 卡`,
      `${p.text('asked')} cards asked, at most ${p.text('largest')} at once here`,
    ),
  'deadline-missed': (p) =>
    both(
      `最迟 ${p.time('startsBy')} 开始，赶不上 ${p.time('deadline')} 的截止时间`,
      `Starts by ${p.time('startsBy')}, too late for the deadline of ${p.time('deadline')}`,
    ),
  'chip-not-accepted': () => both('芯片类型不在所选范围', 'Not one of the chips you accept'),
  'nodes-drained': () => both('节点都在腾空或停用', 'All its nodes are being drained or are down'),
  'no-accelerator': () =>
    both(
      '这里是处理器，不是加速卡；在“可用芯片”中选定才用',
      'A processor, no accelerator; used only where you choose that chip',
    ),
  'not-shareable': () =>
    both('这种卡不能与他人共用，请按整卡申请', 'These cards are not shared; ask for whole ones'),
  'cluster-closed': () => both('集群已关闭', 'The cluster is closed'),
  'no-room': (p) =>
    p.has('largestMilli')
      ? both(
          `没有足够的空位：要 ${p.cards('needMilli')} 卡，目前最大空位 ${p.cards('largestMilli')} 卡`,
          `No room: ${p.cards('needMilli')} cards asked, the largest gap is ${p.cards('largestMilli')}`,
        )
      : both('可预订的时间内排不下', 'There is no room within the time that can be booked'),
  'cluster-not-accepted': () => both('集群不在所选范围', 'Not one of the clusters you accept'),
  'cluster-draining': () =>
    both('集群正在腾空，不接新任务', 'The cluster is being drained and takes no new jobs'),
  'insufficient-funds': (p) =>
    both(
      `可用余额 ${p.money('available')}，不足以占用 ${p.money('needed')}`,
      `${p.money('available')} available, ${p.money('needed')} to be held`,
    ),
  'budget-exceeded': (p) =>
    both(
      `预算“${p.text('budget')}”只剩 ${p.money('left')}`,
      `The budget “${p.text('budget')}” has ${p.money('left')} left`,
    ),
  'quota-too-small': (p) =>
    both(
      `要 ${p.text('asked')} 卡，本单位在此的配额为 ${p.text('quota')} 卡`,
      `${p.text('asked')} cards asked, your quota here is ${p.text('quota')}`,
    ),
}

const standing: Readonly<Record<string, Sentence>> = {
  'waiting-promised': (p) =>
    both(
      `容量已留出，不晚于 ${p.time('startsBy')} 开始`,
      `Capacity is set aside; it starts by ${p.time('startsBy')}`,
    ),
  'waiting-quota': (p) =>
    both(
      `本单位配额 ${p.text('quota')} 卡，已用 ${p.text('used')} 卡，等前面的任务结束`,
      `${p.text('used')} of your quota of ${p.text('quota')} cards are in use`,
    ),
  'waiting-no-room': (p) =>
    both(
      `没有足够的连续空闲，目前最大空位 ${p.text('largest')} 卡`,
      `No room: the largest gap now is ${p.text('largest')} cards`,
    ),
  'waiting-behind': (p) =>
    both(`前面还有 ${p.text('ahead')} 个任务`, `${p.text('ahead')} jobs are ahead`),
  'waiting-drained': () =>
    both('节点正在腾空，恢复后安排', 'The nodes are being drained; it waits for their return'),
  'placed-now': () => both('现在就有空位，立即安排', 'There was room, so it started at once'),
  'placed-earlier': (p) =>
    both(
      `有任务提前结束，比承诺的时间早 ${p.text('minutes')} 分钟`,
      `Other jobs ended early: ${p.text('minutes')} min before the promised time`,
    ),
  'placed-fits-best': () =>
    both('放在这里留下的碎片最少', 'Placed here it leaves the least fragmentation'),
  resumed: (p) =>
    both(
      `第 ${p.text('attempt')} 次运行，从检查点接着算`,
      `Run ${p.text('attempt')}, resumed from its checkpoint`,
    ),
}

/** Those of the scheduling engine, about one cycle of its work. */
const cycle: Readonly<Record<string, Sentence>> = {
  'room-now': () => both('现在就有空位，立即安排', 'There was room, so it started at once'),
  'promise-due': (p) =>
    both(
      `提交时已为它留出容量，按承诺的时间（${p.time('from')}）开始`,
      `Its room was kept at submission; it starts as promised (${p.time('from')})`,
    ),
  'promised-to-others': (p) =>
    both(
      `现在的空位已留给先来的任务，只能用 ${p.span('longestMs').zh}，而时间上限是 ${p.span('limitMs').zh}`,
      `The room is kept for earlier jobs: free for ${p.span('longestMs').en}, ` +
        `with a limit of ${p.span('limitMs').en}`,
    ),
  'others-leaving': (p) =>
    p.has('from')
      ? both(
          `已请可让出的任务让出，${p.time('from')} 开始`,
          `Preemptible jobs were asked to leave; it starts at ${p.time('from')}`,
        )
      : both('已请可让出的任务让出', 'Preemptible jobs were asked to leave'),
  'behind-in-order': (p) =>
    both(`前面还有 ${p.text('ahead')} 个任务`, `${p.text('ahead')} jobs are ahead`),
  'no-option': () => both('没有可用的方案', 'No option is left'),
  drained: (p) =>
    both(
      `${p.text('of')} 个节点中有 ${p.text('nodes')} 个在腾空或停用，恢复后安排`,
      `${p.text('nodes')} of ${p.text('of')} nodes are drained or down; it waits for them`,
    ),
  'gang-too-large': (p) =>
    both(
      `要同时运行 ${p.text('count')} 份，这里至多 ${p.text('largest')} 份`,
      `${p.text('count')} tasks asked to run together, at most ${p.text('largest')} here`,
    ),
  'task-too-large': (p) =>
    both(
      `每份要 ${p.cards('needMilli')} 卡，单个节点至多 ${p.cards('largestMilli')} 卡`,
      `${p.cards('needMilli')} cards for each task, at most ${p.cards('largestMilli')} on a node`,
    ),
  quota: (p) =>
    both(
      `本单位配额已满：要 ${p.cards('needMilli')} 卡，还可用 ${p.cards('availableMilli')} 卡`,
      `Your quota is used up: ${p.cards('needMilli')} cards asked, ${p.cards('availableMilli')} left`,
    ),
  pool: (p) =>
    both(
      `本单位在此的配额已满：要 ${p.cards('needUnits')} 卡，还可用 ${p.cards('freeUnits')} 卡`,
      `Your quota here is used up: ${p.cards('needUnits')} cards asked, ${p.cards('freeUnits')} left`,
    ),
  budget: (p) =>
    p.has('next')
      ? both(
          `预算本期只剩 ${p.text('left')}，要 ${p.text('needed')}；下一期 ${p.time('next')} 开始`,
          `The budget has ${p.text('left')} left and ${p.text('needed')} are needed; ` +
            `the next period begins at ${p.time('next')}`,
        )
      : both(
          `预算本期只剩 ${p.text('left')}，要 ${p.text('needed')}`,
          `The budget has ${p.text('left')} left and ${p.text('needed')} are needed`,
        ),
  'pool-unknown': () => both('本单位在此没有配额', 'You have no quota here'),
  'deadline-impossible': (p) =>
    both(
      `最早 ${p.time('earliestEnd')} 完成，赶不上 ${p.time('deadline')} 的截止时间`,
      `Over at ${p.time('earliestEnd')} at the earliest, after the deadline of ${p.time('deadline')}`,
    ),
  'latency-unknown': (p) =>
    both(
      `到${p.text('place')}的网络时延未知`,
      `How far it is from ${p.text('place')} is not known`,
    ),
  'latency-above': (p) =>
    both(
      `到${p.text('place')}的网络时延 ${p.text('ms')} 毫秒，超过要求的 ${p.text('mostMs')} 毫秒`,
      `${p.text('ms')} ms from ${p.text('place')}, more than the ${p.text('mostMs')} ms asked for`,
    ),
  'data-unreachable': (p) =>
    both(
      `${p.text('place')}的数据传不到这里`,
      `The data at ${p.text('place')} cannot be brought here`,
    ),
  full: () => both('没有空位', 'No room'),
  equal: () => both('条件相当', 'No better'),
  dearer: () => both('费用更高', 'Dearer'),
  funds: () => both('资金不足，暂不安排', 'Not enough money; it is not placed'),
}

const sentences = { ...choice, ...refusal, ...standing, ...cycle }

/** The codes that have a sentence. */
export const knownCodes: readonly string[] = Object.keys(sentences)

/** The sentence of a reason; a code that this portal does not know is shown as it is. */
export function reasonInWords(
  reason: Reason,
  now: Date = new Date(),
  names: Names = new Map(),
): Text {
  const sentence = (sentences as Record<string, Sentence>)[reason.code]
  if (sentence) return sentence(new Reader(reason.params, now, names))
  return both(reason.code, reason.code)
}
