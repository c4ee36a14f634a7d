// What the command line of train.ts may say.
import { parseArgs } from 'node:util'

export interface Arguments {
  seed: number
  hidden: number[]
  /** How often each image is seen; null when `seconds` decides. */
  epochs: number | null
  /** About how long it may take on this machine; null when `epochs` decides. */
  seconds: number | null
}

export const USAGE = 'node train.ts [--epochs 300 | --seconds 20] [--seed 1] [--hidden 128,64]'
const EPOCHS = 300

/** The command line cannot be understood. */
export class UsageError extends Error {
  readonly exitCode = 64
}

/** @throws UsageError naming the argument */
export function readArguments(args: string[]): Arguments {
  const { seed, hidden, epochs, seconds } = parsed(args)
  if (epochs !== undefined && seconds !== undefined) {
    throw new UsageError('--epochs 与 --seconds 只能给一个 · give --epochs or --seconds, not both')
  }
  const widths = hidden.split(',')
  if (widths.length > 4) throw new UsageError('--hidden: 最多 4 层 · at most 4 layers')
  return {
    seed: whole('--seed', seed, 0, 2 ** 31 - 1),
    hidden: widths.map((width) => whole('--hidden', width, 1, 2048)),
    epochs: seconds === undefined ? whole('--epochs', epochs ?? `${EPOCHS}`, 1, 100_000) : null,
    seconds: seconds === undefined ? null : whole('--seconds', seconds, 1, 86_400),
  }
}

function parsed(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        seed: { type: 'string', default: '1' },
        hidden: { type: 'string', default: '128,64' },
        epochs: { type: 'string' },
        seconds: { type: 'string' },
      },
    })
    return values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new UsageError(
    `${name} ${text}: 应为 ${least} 到 ${most} 的整数 · should be a whole number of ${least} to ${most}`,
  )
}
