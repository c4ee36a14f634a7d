// What the platform itself refuses or fails at.
import { entry } from './entry.ts'

export const platformProblems = {
  'platform.failed': entry(
    500,
    '系统出错，本次操作未生效',
    '请稍后再试；仍有问题时请提供请求编号。',
    'Something failed here; nothing was changed',
    'Try again later; if it stays, tell us the request number.',
  ),
  'platform.busy': entry(
    503,
    '系统繁忙，本次操作未生效',
    '请稍后重试。',
    'The system is busy; nothing was changed',
    'Try again shortly.',
  ),
  'platform.metrics': entry(
    403,
    '运行指标只供本机或持令牌者读取',
    '请从本机访问，或使用 KAPOK_METRICS_TOKEN 设定的令牌。',
    'Measurements are for this machine, or for who holds the token',
    'Ask from this machine, or send the token set in KAPOK_METRICS_TOKEN.',
  ),
  'journal.not-sealed': entry(
    409,
    '这条记录尚未封存',
    '通常在数秒内封存，请稍后再下载证明。',
    'This entry is not yet sealed',
    'Sealing takes a few seconds; fetch the proof again shortly.',
  ),
  'clock.backwards': entry(
    400,
    '时钟只能向前调',
    '请给出正的时长，例如 +1d。',
    'The clock only moves forward',
    'Give a positive duration such as +1d.',
  ),
  'clock.not-demo': entry(
    403,
    '只有演示世界可以调整时钟',
    '正式系统使用真实时间。',
    'Only the demo world has a clock that can be moved',
    'A real system runs on real time.',
  ),
} as const
