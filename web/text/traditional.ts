// Traditional forms for visitors from Hong Kong and Macao; the table is fetched only when chosen.

let convert: (text: string) => string = (text) => text

/** Fetches the table; until it is there, simplified forms are shown. */
export async function loadTraditional(): Promise<void> {
  const { toTraditional } = await import('./traditional-table.ts')
  convert = toTraditional
}

export function traditional(text: string): string {
  return convert(text)
}
