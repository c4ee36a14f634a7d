// The one way to the server: JSON in, JSON or a problem out, with the headers that writes need.
import { preferences } from '../text/preferences.ts'
import { asProblem, problemFrom } from './problem.ts'

type Query = Record<string, string | number | boolean | null | undefined>

interface Options {
  query?: Query
  body?: unknown
  /** Sent as it is, instead of a body. */
  file?: File
  signal?: AbortSignal
  /** The version that a change is based on, as the server gave it. */
  ifMatch?: string
  /** Repeats of one intention carry one key; a new one is made when none is given. */
  idempotencyKey?: string
}

/** The address with its query; empty values are left out. */
export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text ? `${path}?${text}` : path
}

/** 32 hex digits; crypto.randomUUID is missing where the portal is not served over https. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function send(method: string, path: string, options: Options): Promise<Response> {
  const headers = new Headers({
    accept: 'application/json',
    'accept-language': preferences().language,
  })
  if (options.body !== undefined) headers.set('content-type', 'application/json')
  if (options.file) headers.set('content-type', options.file.type || 'application/octet-stream')
  if (options.ifMatch) headers.set('if-match', options.ifMatch)
  if (method !== 'GET') {
    headers.set('idempotency-key', options.idempotencyKey ?? newKey())
  }
  let response: Response
  try {
    response = await fetch(address(path, options.query), {
      method,
      headers,
      body: options.file ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      signal: options.signal,
    })
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw asProblem(error)
  }
  if (!response.ok) throw await problemFrom(response)
  return response
}

async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await send(method, path, options)
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}

/** Sends one file as it is; its name and what it is for go along. */
export async function upload<T>(file: File, purpose: string): Promise<T> {
  const query = { name: file.name, purpose }
  const response = await send('POST', '/api/files', { query, file })
  return (await response.json()) as T
}

/** Typed calls; every failure is an ApiProblem. */
export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    call<T>('GET', path, { query, signal }),
  post: <T>(path: string, body?: unknown, options?: Options) =>
    call<T>('POST', path, { ...options, body: body ?? {} }),
  put: <T>(path: string, body: unknown, options?: Options) =>
    call<T>('PUT', path, { ...options, body }),
  patch: <T>(path: string, body: unknown, options?: Options) =>
    call<T>('PATCH', path, { ...options, body }),
  delete: <T>(path: string, options?: Options) => call<T>('DELETE', path, options),
}
