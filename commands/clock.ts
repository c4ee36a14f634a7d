// ./kapok clock +1d: moves the demo world's clock forward; it never goes back.
import { sql } from 'kysely'
import { system } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import type { World } from '#platform/world.ts'
import { openTool } from './tool.ts'

export const summary = { zh: '把演示世界的时钟向前调', en: 'Move the demo world’s clock forward' }
export const usage = 'clock +1d | +12h | +30m [--data .kapok]'

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const FARTHEST_DAYS = 3_660

/** The milliseconds in '+1d', '+12h' or '+30m'; refuses zero, the past and anything else. */
export function parseStep(text: string): number {
  const [, count, unit] = /^\+(\d{1,5})([mhd])$/.exec(text) ?? []
  const step = Number(count ?? 0) * (units[unit ?? ''] ?? 0)
  if (step <= 0 || step > FARTHEST_DAYS * units.d!) throw problem('clock.backwards')
  return step
}

/** Moves the clock of a demo world. @throws clock.not-demo */
export async function moveClock(world: World, milliseconds: number): Promise<void> {
  if (!world.demo) throw problem('clock.not-demo')
  await world.transact(system('clock'), async (ctx) => {
    await sql`update platform.clock set offset_ms = offset_ms + ${milliseconds}`.execute(ctx.tx)
    await ctx.append({
      kind: 'platform.clock-moved',
      version: 1,
      subjectId: null,
      payload: { milliseconds },
    })
  })
}

export async function run(args: string[]): Promise<number> {
  // '-1d' would be read as a flag.
  if (args.some((arg) => /^-\d/.test(arg))) throw problem('clock.backwards')
  return openTool(args, async ({ world }, [step = '']) => {
    const milliseconds = parseStep(step)
    await moveClock(world, milliseconds)
    const now = new Date(world.clock.now().getTime() + milliseconds)
    console.log(`演示时钟现为 ${now.toISOString()} · the demo clock now says ${now.toISOString()}`)
    return 0
  })
}
