// Reads a log in the Standard Workload Format: one job a line, 18 numbers, ';' before comments.
import { TraceError } from './trace-error.ts'

export interface LoggedJob {
  id: string
  submitMs: number
  /** As recorded; null: unknown. */
  waitMs: number | null
  runMs: number
  processors: number
  /** What its owner asked for; null: the log does not say. */
  requestedMs: number | null
  user: string
}

export interface Log {
  processors: number
  jobs: LoggedJob[]
  /** Jobs without a run time, without processors, or larger than the machine. */
  leftOut: number
}

const COLUMNS = 18

/** @throws TraceError with line and what is wrong */
export function parseSwf(text: string, file = 'log'): Log {
  const jobs: LoggedJob[] = []
  const seen = new Set<number>()
  let processors = 0
  let nodes = 0
  let leftOut = 0
  let at = 0
  for (let line = 1; at < text.length; line++) {
    const end = text.indexOf('\n', at)
    const row = text.slice(at, end < 0 ? text.length : end).trim()
    at = end < 0 ? text.length : end + 1
    if (row === '') continue
    if (row.startsWith(';')) {
      const [, name, value] = /^;\s*(MaxProcs|MaxNodes):\s*(\d+)/.exec(row) ?? []
      if (name === 'MaxProcs') processors = Number(value)
      if (name === 'MaxNodes') nodes = Number(value)
      continue
    }
    const cells = row.split(/\s+/).map(Number)
    if (cells.length !== COLUMNS) {
      const [has, needs] = [cells.length, COLUMNS]
      throw new TraceError(
        file,
        line,
        `${has} columns where there should be ${needs}`,
        `有 ${has} 列，应为 ${needs} 列`,
      )
    }
    const bad = cells.findIndex((cell) => !Number.isFinite(cell))
    if (bad >= 0) {
      const nth = bad + 1
      throw new TraceError(file, line, `column ${nth} is no number`, `第 ${nth} 列不是数字`)
    }
    const [id, submit, wait, run, allocated, , , asked, requested, , , user] = cells as number[]
    const size = asked! > 0 ? asked! : allocated!
    const most = processors || nodes
    if (seen.has(id!)) {
      throw new TraceError(file, line, `job ${id} appears twice`, `作业 ${id} 出现两次`)
    }
    seen.add(id!)
    if (submit! < 0) {
      throw new TraceError(file, line, 'submitted before the log begins', '提交时间早于日志开始')
    }
    if (run! < 0 || size <= 0 || (most > 0 && size > most)) {
      leftOut++
      continue
    }
    jobs.push({
      id: String(id),
      submitMs: submit! * 1_000,
      waitMs: wait! >= 0 ? wait! * 1_000 : null,
      runMs: run! * 1_000,
      processors: size,
      requestedMs: requested! > 0 ? requested! * 1_000 : null,
      user: String(user),
    })
  }
  if (jobs.length === 0) throw new TraceError(file, 1, 'no job in it', '没有任何作业')
  const largest = jobs.reduce((most, job) => Math.max(most, job.processors), 0)
  return { processors: processors || nodes || largest, jobs, leftOut }
}
