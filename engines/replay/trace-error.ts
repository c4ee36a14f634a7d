// A recorded file that cannot be read as it should: which line, and what is wrong with it.
export class TraceError extends Error {
  readonly file: string
  readonly line: number
  readonly what: string
  readonly zh: string
  constructor(file: string, line: number, what: string, zh: string) {
    super(`${file}, line ${line}: ${what}`)
    this.name = 'TraceError'
    this.file = file
    this.line = line
    this.what = what
    this.zh = `${file} 第 ${line} 行：${zh}`
  }
}
