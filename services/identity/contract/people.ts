// A person's own account, second factor, access log and erasure.
import { z } from 'zod'
import { code, id, instant, login, name, password, text } from './fields.ts'

export const register = z.strictObject({ login, name, password })
export const me = z.strictObject({
  id,
  name: z.string(),
  login: z.string().nullable(),
  email: z.string().nullable(),
  totp: z.boolean(),
  recoveryCodesLeft: z.int(),
  hasPassword: z.boolean(),
  version: z.int(),
})
export const changeMe = z.strictObject({
  name: name.optional(),
  email: z.email().max(200).nullable().optional(),
})
export const changePassword = z.strictObject({ current: password, next: password })
export const mySessions = z.strictObject({
  items: z.array(
    z.strictObject({
      id,
      current: z.boolean(),
      method: z.string(),
      agent: z.string(),
      address: z.string(),
      createdAt: instant,
      lastSeenAt: instant,
      expiresAt: instant,
    }),
  ),
})
export const totpSecret = z.strictObject({ secret: z.string(), uri: z.string() })
export const totpCode = z.strictObject({ code })
export const recoveryCodes = z.strictObject({ codes: z.array(z.string()) })
export const accessLog = z.strictObject({
  items: z.array(
    z.strictObject({
      reader: text,
      purpose: text,
      fields: z.array(z.string()),
      reads: z.int(),
      firstAt: instant,
      lastAt: instant,
    }),
  ),
  next: z.string().nullable(),
})
export const erasureView = z.strictObject({ reasons: z.array(text) })
export const erase = z.strictObject({
  /** The person's own name, typed again. */
  confirm: name,
})
