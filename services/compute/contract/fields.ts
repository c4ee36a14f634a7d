// Fields that the shapes of compute share. Money is a decimal string in yuan.
import { z } from 'zod'

export const id = z.uuid()
export const instant = z.iso.datetime()
export const amount = z.string().regex(/^-?\d+(\.\d+)?$/)
export const amountInput = z.string().max(40)
export const text = z.strictObject({ zh: z.string(), en: z.string() })
export const name = z.string().min(1).max(80)

export const byId = z.strictObject({ id })

/** Of a workload, in the order of its life. */
export const states = [
  'held',
  'queued',
  'placed',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'preempted',
  'settled',
] as const

export const stateNames = {
  held: { zh: '已占用', en: 'held' },
  queued: { zh: '排队中', en: 'queued' },
  placed: { zh: '已安排', en: 'placed' },
  running: { zh: '运行中', en: 'running' },
  succeeded: { zh: '已完成', en: 'succeeded' },
  failed: { zh: '已失败', en: 'failed' },
  cancelled: { zh: '已取消', en: 'cancelled' },
  preempted: { zh: '已让出', en: 'preempted' },
  settled: { zh: '已结算', en: 'settled' },
} as const

/** What a job is for; some vouchers pay for training only. */
export const purposes = ['training', 'evaluation', 'inference', 'other'] as const

/** A reason as data: the portal turns the code and its parameters into a sentence. */
export const reason = z.strictObject({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
})

/**
 * What happens to a workload: each is a step of its story and the fact `compute.<kind>`, version 1,
 * with ids, numbers and codes only.
 */
export const stepKinds = [
  'submitted',
  'placed',
  'started',
  'ended',
  'preempted',
  'requeued',
  'settled',
  'cancelled',
] as const
