// A QR code (ISO/IEC 18004) for short texts: byte mode, error correction M, versions 1 to 10.

/** Per version: all codewords, check codewords of a block, blocks. */
const VERSIONS = [
  [26, 10, 1],
  [44, 16, 1],
  [70, 26, 1],
  [100, 18, 2],
  [134, 24, 2],
  [172, 16, 4],
  [196, 18, 4],
  [242, 22, 4],
  [292, 22, 5],
  [346, 26, 5],
] as const

/** Centres of the alignment patterns, per version from 2. */
const ALIGNMENT = [
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
] as const

/** Product in GF(256) with the polynomial 0x11d. */
function multiply(x: number, y: number): number {
  let product = 0
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d)
    product ^= ((y >>> bit) & 1) * x
  }
  return product
}

/** Reed-Solomon check codewords of a block. */
function checkCodewords(data: readonly number[], degree: number): number[] {
  const generator = new Array<number>(degree).fill(0)
  generator[degree - 1] = 1
  let root = 1
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) {
      generator[j] = multiply(generator[j]!, root) ^ (generator[j + 1] ?? 0)
    }
    root = multiply(root, 2)
  }
  const rest = new Array<number>(degree).fill(0)
  for (const value of data) {
    const factor = value ^ rest.shift()!
    rest.push(0)
    for (let i = 0; i < degree; i++) rest[i]! ^= multiply(generator[i]!, factor)
  }
  return rest
}

/** The text as data codewords of a version, padded. */
function dataCodewords(bytes: Uint8Array, version: number, capacity: number): number[] {
  const bits: number[] = []
  const put = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >>> i) & 1)
  }
  put(4, 4)
  put(bytes.length, version < 10 ? 8 : 16)
  for (const byte of bytes) put(byte, 8)
  put(0, Math.min(4, capacity * 8 - bits.length))
  put(0, (8 - (bits.length % 8)) % 8)
  for (let pad = 0xec; bits.length < capacity * 8; pad ^= 0xec ^ 0x11) put(pad, 8)
  return Array.from({ length: capacity }, (_, i) =>
    bits.slice(8 * i, 8 * i + 8).reduce((value, bit) => value * 2 + bit, 0),
  )
}

/** Data and check codewords of all blocks, interleaved as they are drawn. */
function interleaved(data: readonly number[], version: number): number[] {
  const [total, checks, count] = VERSIONS[version - 1]!
  const short = Math.floor(total / count) - checks
  const shortBlocks = count - (total % count)
  const blocks: number[][] = []
  let at = 0
  for (let i = 0; i < count; i++) {
    const length = short + (i < shortBlocks ? 0 : 1)
    blocks.push(data.slice(at, at + length))
    at += length
  }
  const rows = [blocks, blocks.map((block) => checkCodewords(block, checks))]
  return rows.flatMap((parts) =>
    Array.from({ length: Math.max(...parts.map((part) => part.length)) }, (_, i) =>
      parts.flatMap((part) => part[i] ?? []),
    ).flat(),
  )
}

class Grid {
  readonly size: number
  readonly dark: boolean[][]
  /** Modules that belong to patterns and are neither data nor masked. */
  readonly fixed: boolean[][]

  constructor(size: number) {
    this.size = size
    this.dark = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
    this.fixed = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
  }

  set(x: number, y: number, dark: boolean): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return
    this.dark[y]![x] = dark
    this.fixed[y]![x] = true
  }

  /** Rings around a centre: dark where the distance is one of these. */
  rings(cx: number, cy: number, reach: number, isDark: (distance: number) => boolean): void {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        this.set(cx + dx, cy + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))))
      }
    }
  }
}

function drawPatterns(grid: Grid, version: number): void {
  const { size } = grid
  for (let i = 0; i < size; i++) {
    grid.set(6, i, i % 2 === 0)
    grid.set(i, 6, i % 2 === 0)
  }
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const) {
    grid.rings(x, y, 4, (distance) => distance !== 2 && distance !== 4)
  }
  const centres: readonly number[] = ALIGNMENT[version - 2] ?? []
  for (const x of centres) {
    for (const y of centres) {
      const corner = (x === 6 && y === 6) || (x === 6 && y > size - 8) || (y === 6 && x > size - 8)
      if (!corner) grid.rings(x, y, 2, (distance) => distance !== 1)
    }
  }
  if (version >= 7) drawVersion(grid, version)
}

/** The remainder of value * 2^degree by a generator polynomial. */
function remainder(value: number, generator: number, degree: number): number {
  let rest = value
  for (let i = 0; i < degree; i++) {
    rest = (rest << 1) ^ (((rest >>> (degree - 1)) & 1) * generator)
  }
  return rest & ((1 << degree) - 1)
}

function drawVersion(grid: Grid, version: number): void {
  const bits = (version << 12) | remainder(version, 0x1f25, 12)
  for (let i = 0; i < 18; i++) {
    const dark = ((bits >>> i) & 1) === 1
    const far = grid.size - 11 + (i % 3)
    const near = Math.floor(i / 3)
    grid.set(far, near, dark)
    grid.set(near, far, dark)
  }
}

/** Error correction M (00) and mask 0, twice, with the one module that is always dark. */
function drawFormat(grid: Grid): void {
  const bits = (remainder(0, 0x537, 10) ^ 0x5412) & 0x7fff
  const bit = (i: number) => ((bits >>> i) & 1) === 1
  const { size } = grid
  for (let i = 0; i <= 5; i++) grid.set(8, i, bit(i))
  grid.set(8, 7, bit(6))
  grid.set(8, 8, bit(7))
  grid.set(7, 8, bit(8))
  for (let i = 9; i < 15; i++) grid.set(14 - i, 8, bit(i))
  for (let i = 0; i < 8; i++) grid.set(size - 1 - i, 8, bit(i))
  for (let i = 8; i < 15; i++) grid.set(8, size - 15 + i, bit(i))
  grid.set(8, size - 8, true)
}

/** Codewords in the zigzag from the lower right corner, under mask 0: (x + y) even is turned. */
function drawData(grid: Grid, codewords: readonly number[]): void {
  const { size } = grid
  let at = 0
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    for (let step = 0; step < size; step++) {
      for (const x of [right, right - 1]) {
        const upward = ((right + 1) & 2) === 0
        const y = upward ? size - 1 - step : step
        if (grid.fixed[y]![x]) continue
        const bit = ((codewords[at >>> 3] ?? 0) >>> (7 - (at & 7))) & 1
        grid.dark[y]![x] = (bit === 1) !== ((x + y) % 2 === 0)
        at++
      }
    }
  }
}

/**
 * The modules of the code, row by row; true is dark. No quiet zone.
 * @throws RangeError when the text takes more than 213 bytes
 */
export function qrCode(text: string): readonly (readonly boolean[])[] {
  const bytes = new TextEncoder().encode(text)
  const version =
    VERSIONS.findIndex(([total, checks, count], i) => {
      const header = i + 1 < 10 ? 2 : 3
      return bytes.length + header <= total - checks * count
    }) + 1
  if (version === 0) throw new RangeError(`${bytes.length} bytes do not fit into a version 10 code`)
  const [total, checks, count] = VERSIONS[version - 1]!
  const grid = new Grid(17 + 4 * version)
  drawPatterns(grid, version)
  drawFormat(grid)
  drawData(grid, interleaved(dataCodewords(bytes, version, total - checks * count), version))
  return grid.dark
}
