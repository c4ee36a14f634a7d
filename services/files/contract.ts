// What the file service says and hears: requests, replies and facts.
import { z } from 'zod'

export const purpose = z
  .string()
  .regex(/^[a-z][a-z-]{1,40}$/)
  .describe('what the file is for, e.g. evidence')

/** How a name may look: no control characters, no reordering marks, no path. */
export const fileName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .normalize('NFC')
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\]+$/u)

export const file = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  purpose: z.string(),
  mediaType: z.string(),
  /** Bytes. */
  size: z.int(),
  /** Hexadecimal. */
  sha256: z.string(),
  createdAt: z.iso.datetime(),
  createdBy: z.uuid().nullable(),
  version: z.int(),
})
export type FileView = z.output<typeof file>

export const usage = z.strictObject({
  /** Bytes, with the room that uploads under way have reserved. */
  used: z.int(),
  limit: z.int(),
  /** The largest single file, bytes. */
  largest: z.int(),
})

export const fileList = z.strictObject({
  items: z.array(file),
  next: z.string().nullable(),
  usage,
})

/** A file was received whole and checked; version 1. */
export const storedFact = z.strictObject({
  file: z.uuid(),
  purpose: z.string(),
  mediaType: z.string(),
  size: z.int(),
  sha256: z.string(),
})
/** Its name changed (the name itself is personal text and is not in the journal); version 1. */
export const renamedFact = z.strictObject({ file: z.uuid(), version: z.int() })
/** Its owner deleted it; version 1. */
export const deletedFact = z.strictObject({ file: z.uuid(), size: z.int(), sha256: z.string() })
