// The SM3 hash (GB/T 32905-2016) in plain TypeScript, so that a browser can check a proof too.

const START = [
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
] as const

const rotated = (x: number, n: number) => (x << n) | (x >>> (32 - n))
const p0 = (x: number) => x ^ rotated(x, 9) ^ rotated(x, 17)
const p1 = (x: number) => x ^ rotated(x, 15) ^ rotated(x, 23)

/** The message with its padding: 0x80, zeros, and the length in bits as 64 bits, big-endian. */
function padded(message: Uint8Array): DataView {
  const length = Math.ceil((message.length + 9) / 64) * 64
  const bytes = new Uint8Array(length)
  bytes.set(message)
  bytes[message.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setUint32(length - 8, Math.floor(message.length / 0x20000000))
  view.setUint32(length - 4, (message.length << 3) >>> 0)
  return view
}

/** Message expansion (5.3.2): 68 words from one block of 64 bytes. */
function expand(view: DataView, block: number, w: Int32Array): void {
  for (let j = 0; j < 16; j++) w[j] = view.getInt32(block + 4 * j)
  for (let j = 16; j < 68; j++) {
    const mixed = w[j - 16]! ^ w[j - 9]! ^ rotated(w[j - 3]!, 15)
    w[j] = p1(mixed) ^ rotated(w[j - 13]!, 7) ^ w[j - 6]!
  }
}

/** Compression (5.3.3): takes one expanded block into the state. */
function compress(state: Int32Array, w: Int32Array): void {
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  let e = state[4]!
  let f = state[5]!
  let g = state[6]!
  let h = state[7]!
  for (let j = 0; j < 64; j++) {
    const early = j < 16
    const a12 = rotated(a, 12)
    const ss1 = rotated((a12 + e + rotated(early ? 0x79cc4519 : 0x7a879d8a, j % 32)) | 0, 7)
    const ff = early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)
    const gg = early ? e ^ f ^ g : (e & f) | (~e & g)
    const tt1 = (ff + d + (ss1 ^ a12) + (w[j]! ^ w[j + 4]!)) | 0
    const tt2 = (gg + h + ss1 + w[j]!) | 0
    d = c
    c = rotated(b, 9)
    b = a
    a = tt1
    h = g
    g = rotated(f, 19)
    f = e
    e = p0(tt2)
  }
  const words = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) state[i]! ^= words[i]!
}

/** SM3 of the message: 32 bytes. */
export function sm3(message: Uint8Array): Uint8Array {
  const view = padded(message)
  const state = Int32Array.from(START)
  const w = new Int32Array(68)
  for (let block = 0; block < view.byteLength; block += 64) {
    expand(view, block, w)
    compress(state, w)
  }
  const digest = new DataView(new ArrayBuffer(32))
  for (let i = 0; i < 8; i++) digest.setInt32(4 * i, state[i]!)
  return new Uint8Array(digest.buffer)
}
