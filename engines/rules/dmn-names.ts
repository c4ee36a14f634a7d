// Names of the law as every engine of DMN reads them: no sign, no word of the language, none twice.
import { builtIns, momentOf } from '#engines/feel/builtins/index.ts'
import { FeelError } from '#engines/feel/error.ts'
import { tokensOf } from '#engines/feel/lexer.ts'
import { Names } from '#engines/feel/names.ts'

/** A name that is also one of these would be read as the other. */
const TAKEN: readonly string[] = [
  ...builtIns(() => momentOf(0)).keys(),
  ...['item', 'partial', 'string', 'number', 'boolean', 'date', 'time', 'list', 'context', 'Any'],
]

function isWord(text: string): boolean {
  try {
    const [first, end] = tokensOf(text)
    return first!.kind === 'name' && first!.text === text && end!.kind === 'end'
  } catch (error) {
    if (error instanceof FeelError) return false
    throw error
  }
}

/** `-` and other signs may stand in a name, but not every engine knows them from a difference. */
function wordOf(text: string): string {
  const signless = [...text].map((one) => (one !== '?' && isWord(`_${one}`) ? one : '_')).join('')
  if (Names.reserved.has(signless)) return `${signless}_`
  return isWord(signless) ? signless : `_${signless}`
}

export class DmnNames {
  private readonly taken = new Set(TAKEN)
  private readonly byLaw = new Map<string, string>()

  /** A name made of the text that nothing else has. */
  fresh(text: string): string {
    const clean = text.trim().split(/\s+/).map(wordOf).join(' ')
    let name = clean
    for (let nth = 2; this.taken.has(name); nth++) name = `${clean}_${nth}`
    this.taken.add(name)
    return name
  }

  /** Gives what the law calls so a name in DMN. */
  add(law: string, text = law): string {
    const name = this.fresh(text)
    this.byLaw.set(law, name)
    return name
  }

  of(law: string): string {
    return this.byLaw.get(law)!
  }
}
