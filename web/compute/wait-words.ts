// What can be asked differently, in words, and what it would change against what is asked now.
import { decimal, duration } from '../text/format.ts'
import type { Text } from '../text/text.ts'
import type { Change, Option } from './compute.ts'

const both = (zh: string, en: string): Text => ({ zh, en })

const titles: Readonly<Record<Change['code'], (change: Change) => Text>> = {
  elsewhere: ({ option }) => both(`改到${option.site.zh}`, `Run at ${option.site.en}`),
  cheaper: ({ option }) =>
    both(`改到${option.site.zh}，费用更少`, `Run at ${option.site.en} for less`),
  'any-place': ({ option }) =>
    both(
      `不限集群：可在${option.site.zh}运行`,
      `Accept any cluster: ${option.site.en} would take it`,
    ),
  'any-chip': ({ option }) =>
    both(`不限芯片：可用${option.flavor.zh}`, `Accept any chip: ${option.flavor.en} would do`),
  shorter: ({ params }) => {
    const seconds = Number(params.minutes) * 60
    return both(
      `时间上限改为 ${duration(seconds, 'zh-CN')}`,
      `Set the time limit to ${duration(seconds, 'en')}`,
    )
  },
  'fewer-tasks': ({ params }) =>
    both(`同时运行 ${params.tasks} 份`, `Run ${params.tasks} tasks together`),
  'fewer-cards': ({ params }) =>
    both(`每份用 ${params.cards} 卡`, `Use ${params.cards} cards for each task`),
  'share-of-card': ({ params }) =>
    both(`与他人共用一张卡（${params.cards} 卡）`, `Share a card (${params.cards} of it)`),
  'with-voucher': ({ option }) =>
    both(
      option.cover ? `用券：${option.cover.name.zh}` : '用券',
      option.cover ? `Use a voucher: ${option.cover.name.en}` : 'Use a voucher',
    ),
  'no-deadline': () => both('不设截止时间', 'Drop the deadline'),
}

export const changeTitle = (change: Change): Text => titles[change.code](change)

/** When the change makes it start: as forecast where it was worked out, else as promised. */
export function startOf({ option, outlook }: Change): { at: string; promised: boolean } {
  const by = option.startsBy!
  return outlook?.median ? { at: outlook.median, promised: false } : { at: by, promised: true }
}

/** A start less than this earlier is not told. */
const WORTH_TELLING_S = 60

/** What the change gains and costs, against the start and the money as they are; [] is nothing. */
export function effects(
  change: Change,
  now: { startsBy: string | null; option: Option | null },
): Text[] {
  const told: Text[] = []
  const { option } = change
  if (now.startsBy === null) told.push(both('就能运行', 'it can run'))
  else {
    const sooner = (Date.parse(now.startsBy) - Date.parse(option.startsBy!)) / 1000
    if (sooner >= WORTH_TELLING_S) {
      told.push(
        both(`承诺早 ${duration(sooner, 'zh-CN')}`, `promised ${duration(sooner, 'en')} sooner`),
      )
    } else if (-sooner >= WORTH_TELLING_S) {
      told.push(
        both(`承诺晚 ${duration(-sooner, 'zh-CN')}`, `promised ${duration(-sooner, 'en')} later`),
      )
    }
  }
  if (now.option) {
    const more = Number(option.cash) - Number(now.option.cash)
    const amount = `¥${decimal(String(Math.abs(more).toFixed(2)), 2)}`
    if (more >= 0.005) told.push(both(`自付至多多 ${amount}`, `${amount} more of your own at most`))
    if (more <= -0.005)
      told.push(both(`自付至多少 ${amount}`, `${amount} less of your own at most`))
  }
  return told
}
