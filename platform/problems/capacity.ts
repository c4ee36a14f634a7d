// Problems of resources, holds and claims. Times are milliseconds; the portal writes them as dates.
import { entry } from './entry.ts'

export const capacityProblems = {
  'capacity.taken': entry(
    409,
    '所选资源在该时段已被占用',
    '请改选其他时段或资源；本次未占用任何资源。',
    'What was asked for is taken at that time',
    'Choose another time or resource; nothing was taken.',
  ),
  'capacity.too-large': entry(
    409,
    '超出现有资源的规模：同时最多 {tasks} 个任务，每个任务最多 {units} 个单位',
    '请减少任务数量或每个任务的用量。',
    'Larger than there is: at most {tasks} tasks at once, at most {units} units for one task',
    'Ask for fewer or smaller tasks.',
  ),
  'capacity.none': entry(
    409,
    '所选时间范围内没有足够的空闲资源',
    '请放宽时间，或减少数量。',
    'Not enough is free in the time asked for',
    'Allow more time, or ask for less.',
  ),
  'capacity.quota': entry(
    409,
    '超出配额',
    '请减少数量，或申请调整配额。',
    'More than the quota',
    'Ask for less, or for a larger quota.',
  ),
  'capacity.closed': entry(
    409,
    '该资源即将停用，不接受停用之后的占用',
    '请改选其他资源。',
    'The resource is closing; nothing can be taken beyond its end',
    'Choose another resource.',
  ),
  'capacity.in-use': entry(
    409,
    '仍有占用未结束，不能缩减或停用',
    '请等占用结束，或先移走这些占用。',
    'It is still taken and can be neither reduced nor closed',
    'Wait until it is free, or move what takes it.',
  ),
  'capacity.claims': entry(
    400,
    '占用的数量或单位有误',
    '请检查资源的单位总数与最小单位。',
    'The units or the amount to take are wrong',
    'Check how many units the resource has and in which grain.',
  ),
  'capacity.period': entry(
    400,
    '时段有误',
    '结束时间须晚于开始时间。',
    'The period is wrong',
    'It must end after it begins.',
  ),
  'capacity.key': entry(
    400,
    '业务键或占用人编号格式不对',
    '请检查调用参数。',
    'The key or the holder is malformed',
    'Check the parameters of the call.',
  ),
  'capacity.hold-over': entry(
    409,
    '这项占用已经释放',
    '请刷新后查看状态。',
    'This hold has been given back',
    'Reload and look at its state.',
  ),
  'capacity.hold-not-expired': entry(
    409,
    '这项占用尚未到期',
    '到期后由系统释放。',
    'This hold has not expired',
    'It is given back by itself once expired.',
  ),
} as const
