// Structured logs (JSON lines); secrets and cookies are cut out before anything is written.
import { type Logger, pino } from 'pino'

export type { Logger } from 'pino'

const hidden = [
  'password',
  '*.password',
  'token',
  '*.token',
  'secret',
  '*.secret',
  'req.headers.authorization',
  'req.headers.cookie',
  'headers.authorization',
  'headers.cookie',
]

/** A logger that writes JSON lines to a file, or to standard error when none is given. */
export function createLog(level: string, file?: string): Logger {
  const destination = file
    ? pino.destination({ dest: file, mkdir: true, sync: false })
    : pino.destination({ dest: 2, sync: true })
  return pino({ level, base: null, redact: { paths: hidden, censor: '[hidden]' } }, destination)
}
