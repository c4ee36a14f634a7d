// What the file service needs of the outside: a place for bytes.
import type { Readable } from 'node:stream'

export interface Blob {
  id: string
  /** On the machine's clock, not the world's. */
  modifiedAt: Date
}

/** Bytes under ids that this service made (UUIDs); nothing of a user's input reaches it. */
export interface BlobStore {
  /**
   * Stores the bytes: all of them, durably, or nothing. Repeating it replaces the same id.
   * An error of `bytes` is passed on and leaves nothing behind.
   * @throws StorageFull when there is no room
   */
  write(id: string, bytes: AsyncIterable<Uint8Array>): Promise<void>
  /** The bytes from the first to the last; null when there are none under this id. */
  read(id: string): Promise<Readable | null>
  /** Removing what is not there is no error. */
  remove(id: string): Promise<void>
  list(): AsyncIterable<Blob>
  /** Removes what interrupted writes left, untouched since `before` (machine's clock). */
  sweep(before: Date): Promise<number>
}

/** The place for bytes has no room left. */
export class StorageFull extends Error {
  constructor(cause?: unknown) {
    super('no room left for files', { cause })
    this.name = 'StorageFull'
  }
}
