// A replay that was asked for in a way that cannot be done, in both languages.
export class Refused extends Error {
  readonly zh: string
  constructor(zh: string, en: string) {
    super(en)
    this.name = 'Refused'
    this.zh = zh
  }
}

/** @throws Refused naming what there is to choose from */
export function oneOf<T extends string>(value: string, known: readonly T[], name: string): T {
  const found = known.find((one) => one === value)
  if (found !== undefined) return found
  const all = known.join(', ')
  throw new Refused(
    `没有这个 --${name}：${value}；可选 ${all}`,
    `No such --${name}: ${value}; there are ${all}`,
  )
}
