// Routes as declarations: path, contract, who may, operation. The HTTP server and OpenAPI read them.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Actor, Ctx, Text } from './context.ts'
import { problem } from './errors.ts'
import type { Policy } from './policy.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Schema = z.ZodType
type Out<S> = S extends Schema ? z.output<S> : undefined

export interface Input<P, Q, B> {
  params: P
  query: Q
  body: B
  /** The version named in If-Match, without quotes. */
  ifMatch: string | null
}

export interface Exchange {
  request: FastifyRequest
  reply: FastifyReply
}

/** A reply that is not JSON, such as a CSV file. */
export class Download {
  readonly type: string
  readonly name: string | null
  readonly body: string | Buffer | NodeJS.ReadableStream
  constructor(type: string, name: string | null, body: string | Buffer | NodeJS.ReadableStream) {
    this.type = type
    this.name = name
    this.body = body
  }
}

interface Declared<P, Q, B, R> {
  method: Method
  /** With parameters in braces: /api/ledger/accounts/{id} */
  path: string
  /** service.operation; the part before the dot is the API-key scope. */
  name: string
  title: Text
  policy: Policy
  params?: P
  query?: Q
  body?: B
  /** What a JSON reply looks like; leave out for a Download or an empty reply. */
  reply?: R
  status?: number
  /** Requests a minute from one address; for sign-in and other guessable things. */
  rate?: number
  /** The body is a stream of bytes of any type, read by `perform` itself. */
  upload?: boolean
}

type Reply<R> = R extends Schema ? z.input<R> : Download | undefined

export interface TransactedRoute<P, Q, B, R> extends Declared<P, Q, B, R> {
  /** GET runs in world.read, everything else in world.transact (or say `writes: true`). */
  handle(ctx: Ctx, input: Input<Out<P>, Out<Q>, Out<B>>): Promise<Reply<R>>
  writes?: boolean
  /** A GET that is one select of the query builder: no transaction around it. */
  once?: boolean
}

export interface PerformedRoute<P, Q, B, R> extends Declared<P, Q, B, R> {
  /** For cookies, streams and outside work: opens its own transactions. */
  perform(actor: Actor, input: Input<Out<P>, Out<Q>, Out<B>>, exchange: Exchange): Promise<Reply<R>>
}

/** A route of any shape, as the server and the tests see it. */
export interface Route extends Declared<Schema, Schema, Schema, Schema> {
  handle?(ctx: Ctx, input: Input<unknown, unknown, unknown>): Promise<unknown>
  writes?: boolean
  once?: boolean
  perform?(
    actor: Actor,
    input: Input<unknown, unknown, unknown>,
    exchange: Exchange,
  ): Promise<unknown>
}

function refuseLooseObjects(name: string, schema: Schema | undefined): void {
  if (!(schema instanceof z.ZodObject)) return
  const catchall = schema.def.catchall
  if (catchall?._zod.def.type !== 'never') {
    throw new Error(`route ${name}: use z.strictObject so that unknown fields are refused`)
  }
}

/** Declares a route; the types of the handler follow from its schemas. */
export function route<
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
  R extends Schema | undefined = undefined,
>(declaration: TransactedRoute<P, Q, B, R> | PerformedRoute<P, Q, B, R>): Route {
  const { name, params, query, body } = declaration
  for (const schema of [params, query, body]) refuseLooseObjects(name, schema)
  return declaration as unknown as Route
}

/** The API-key scope that a route needs. */
export function scopeOf({ name, method }: Pick<Route, 'name' | 'method'>): string {
  return `${name.split('.')[0]}:${method === 'GET' ? 'read' : 'write'}`
}

const cursorShape = z.array(z.union([z.string(), z.number(), z.null()])).max(6)

/** A page cursor from the sort key of the last item. */
export function encodeCursor(key: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** The sort key in a cursor; refuses anything that this API did not make. */
export function decodeCursor(cursor: string): (string | number | null)[] {
  try {
    return cursorShape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    throw problem('request.cursor')
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The id in the cursor of a list that is sorted by id alone; refuses as `decodeCursor` does. */
export function idInCursor(cursor: string): string {
  const [id] = decodeCursor(cursor)
  if (typeof id !== 'string' || !UUID.test(id)) throw problem('request.cursor')
  return id
}

/** Query fields of every list. */
export const paging = {
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
}

/** `limit + 1` rows fetched -> one page and the cursor of the next. */
export function page<T>(
  rows: readonly T[],
  limit: number,
  key: (last: T) => readonly (string | number | null)[],
): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit)
  const more = rows.length > limit && items.length > 0
  return { items, next: more ? encodeCursor(key(items.at(-1)!)) : null }
}

/** Refuses a change that was made against another version than the stored one. */
export function requireVersion(ifMatch: string | null, stored: number | bigint | string): void {
  if (ifMatch === null) throw problem('request.version-needed')
  if (ifMatch !== String(stored)) throw problem('request.version', { stored: String(stored) })
}
