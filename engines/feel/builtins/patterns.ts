// Patterns as XPath has them, made into those of JavaScript.

/** Flag x: white space does not count, except in a class. */
function withoutSpace(source: string): string {
  let inClass = 0
  let plain = ''
  for (let i = 0; i < source.length; i++) {
    const char = source[i]!
    if (char === '\\') {
      plain += char + (source[++i] ?? '')
      continue
    }
    if (char === '[') inClass++
    if (char === ']') inClass--
    if (inClass > 0 || !/\s/.test(char)) plain += char
  }
  return plain
}

const literal = (source: string): string => source.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

const BLOCKS: Readonly<Record<string, string>> = {
  BasicLatin: '\\u{0}-\\u{7F}',
  'Latin-1Supplement': '\\u{80}-\\u{FF}',
  CJKUnifiedIdeographs: '\\u{4E00}-\\u{9FFF}',
}

/** Classes that only XPath knows, and subtraction of one class from another. */
function translated(source: string): string {
  return source
    .replaceAll(/\\p\{Is([\w-]+)\}/g, (whole, name: string) => {
      return BLOCKS[name] ? `[${BLOCKS[name]}]` : whole
    })
    .replaceAll(/\\P\{Is([\w-]+)\}/g, (whole, name: string) => {
      return BLOCKS[name] ? `[^${BLOCKS[name]}]` : whole
    })
    .replaceAll(/\[([^[\]]+)-\[([^[\]]+)\]\]/g, '[[$1]--[$2]]')
    .replaceAll('\\i', '[\\p{L}_:]')
    .replaceAll('\\c', '[\\p{L}\\p{N}._:\\-]')
}

/** A pattern, or null where it is none. */
export function pattern(source: string, flags: string, more = ''): RegExp | null {
  if (!/^[smixq]*$/.test(flags)) return null
  let text = flags.includes('x') && !flags.includes('q') ? withoutSpace(source) : source
  text = flags.includes('q') ? literal(text) : translated(text)
  const kept = [...new Set(flags)].filter((flag) => 'smi'.includes(flag)).join('')
  const subtracts = text.includes('--[')
  // A reference to a group that there is not would be read as a character.
  const groups = (text.replaceAll(/\\./g, '').match(/\((?!\?)/g) ?? []).length
  for (const [, nth] of text.matchAll(/\\([1-9]\d*)/g)) if (Number(nth) > groups) return null
  try {
    return new RegExp(text, `${kept}${more}${subtracts ? 'v' : 'u'}`)
  } catch {
    return null
  }
}

/** `$1` and `$0` as XPath has them. */
export function replacementOf(text: string, flags: string): string {
  if (flags.includes('q')) return text.replaceAll('$', '$$$$')
  return text.replaceAll(/\\(.)|\$(\d+)|\$/g, (whole, escaped: string, group: string) => {
    if (escaped !== undefined) return escaped === '$' ? '$$' : escaped
    if (group === '0') return '$&'
    return group === undefined ? '$$' : whole
  })
}
