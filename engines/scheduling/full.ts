// Remembers within one cycle what found no room: whatever asks for more, or for longer, finds none.
import type { Gang } from './types.ts'

interface Failed {
  cpuMilli: number
  memoryMib: number
  durationMs: number
}

const atLeast = (a: Failed, b: Failed) =>
  a.cpuMilli >= b.cpuMilli && a.memoryMib >= b.memoryMib && a.durationMs >= b.durationMs

/** Room only shrinks within a cycle, unless somebody gives some back: then `clear`. */
export class Full {
  private readonly failed = new Map<string, Failed[]>()

  private key({ count, milli }: Gang, groups: string): string {
    return `${count}|${milli}|${groups}`
  }

  has(gang: Gang, groups: string, durationMs: number): boolean {
    const { cpuMilli, memoryMib } = gang
    const ask = { cpuMilli, memoryMib, durationMs }
    return this.failed.get(this.key(gang, groups))?.some((one) => atLeast(ask, one)) ?? false
  }

  add(gang: Gang, groups: string, durationMs: number): void {
    const { cpuMilli, memoryMib } = gang
    const ask = { cpuMilli, memoryMib, durationMs }
    const key = this.key(gang, groups)
    const kept = (this.failed.get(key) ?? []).filter((one) => !atLeast(one, ask))
    this.failed.set(key, [...kept, ask])
  }

  clear(): void {
    this.failed.clear()
  }
}
