// What an import had to leave out, make up or take as it was changed: for whoever goes on with the set.
import type { Text } from './definitions.ts'

const SAID = {
  source: {
    zh: '没有注明来源，请补上依据',
    en: 'no source is named; add what it rests on',
  },
  question: {
    zh: '没有提问的文字，暂以名称代替',
    en: 'no question is written; its name stands for it',
  },
  unit: {
    zh: '数没有单位，请补上',
    en: 'numbers without a unit; add it',
  },
  constraint: {
    zh: '对取值的限制没有导入',
    en: 'what narrows its values was left out',
  },
  guessed: {
    zh: '没有注明类型，按内容推定',
    en: 'no type is named; it was told from what stands there',
  },
  empty: {
    zh: '没有一行适用时，DMN 给出空值，这里给出 0 或空列表',
    en: 'where no row applies DMN has null; here it is 0 or an empty list',
  },
  ignored: {
    zh: '没有导入',
    en: 'left out',
  },
  changed: {
    zh: '在别处改过，以文件中的为准',
    en: 'changed elsewhere; taken as it stands in the file',
  },
} as const satisfies Record<string, Text>

export type Remark = keyof typeof SAID

export class Notes {
  private readonly places = new Map<Remark, Set<string>>()

  add(remark: Remark, ...place: readonly string[]): void {
    const found = this.places.get(remark) ?? new Set()
    this.places.set(remark, found.add(place.join(' › ')))
  }

  /** One for each kind of remark, with all that it is about. */
  all(): Text[] {
    return [...this.places].map(([remark, places]) => {
      const { zh, en } = SAID[remark]
      return { zh: `${zh}：${[...places].join('、')}`, en: `${en}: ${[...places].join(', ')}` }
    })
  }
}
