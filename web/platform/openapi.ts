// The OpenAPI document as the API page reads it: operations by service, with role and scope.
import { queryOptions } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import type { Text } from '../text/text.ts'

export interface Schema {
  type?: string | readonly string[]
  format?: string
  enum?: readonly unknown[]
  const?: unknown
  description?: string
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  items?: Schema
  anyOf?: readonly Schema[]
  pattern?: string
}

interface RawOperation {
  operationId: string
  summary: string
  tags: readonly string[]
  'x-policy'?: Text
  'x-roles'?: readonly string[]
  'x-scope'?: string
  parameters?: readonly { name: string; in: string; required?: boolean; schema?: Schema }[]
  requestBody?: { content?: Record<string, { schema?: Schema }> }
}

interface Document {
  paths: Record<string, Record<string, RawOperation>>
}

export interface Operation {
  id: string
  method: string
  path: string
  title: Text
  who: Text
  scope: string | null
  fields: readonly { name: string; where: string; type: string; required: boolean }[]
}

/** A schema in a few words: 'string (uuid)', 'array of object'. */
export function typeInWords(schema: Schema | undefined): string {
  if (!schema) return 'any'
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return schema.anyOf.map(typeInWords).join(' | ')
  if (schema.type === 'array') return `array of ${typeInWords(schema.items)}`
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : String(schema.type ?? 'any')
  return schema.format ? `${type} (${schema.format})` : type
}

function operationFrom(path: string, method: string, raw: RawOperation): Operation {
  const [zh = raw.operationId, en = zh] = raw.summary.split(' · ')
  const body = raw.requestBody?.content?.['application/json']?.schema
  const ofBody = Object.entries(body?.properties ?? {}).map(([name, schema]) => ({
    name,
    where: 'body',
    type: typeInWords(schema),
    required: body?.required?.includes(name) ?? false,
  }))
  const ofPath = (raw.parameters ?? []).map((one) => ({
    name: one.name,
    where: one.in,
    type: typeInWords(one.schema),
    required: one.required ?? false,
  }))
  return {
    id: raw.operationId,
    method: method.toUpperCase(),
    path,
    title: { zh, en },
    who: raw['x-policy'] ?? { zh: '—', en: '—' },
    // What a visitor may do needs no scope.
    scope: raw['x-roles']?.includes('visitor') ? null : (raw['x-scope'] ?? null),
    fields: [...ofPath, ...ofBody],
  }
}

/** Operations by service, in the order of the document. */
export function operationsByService(document: Document): Map<string, Operation[]> {
  const services = new Map<string, Operation[]>()
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, raw] of Object.entries(methods)) {
      const service = raw.tags?.[0] ?? 'platform'
      services.set(service, [...(services.get(service) ?? []), operationFrom(path, method, raw)])
    }
  }
  return services
}

export const openApiQuery = queryOptions({
  queryKey: ['openapi'],
  queryFn: ({ signal }) => api.get<Document>('/openapi.json', undefined, signal),
  select: operationsByService,
  staleTime: Number.POSITIVE_INFINITY,
})

export interface ScopeUse {
  scope: string
  /** What the scope opens, in the words of the operations. */
  operations: readonly Text[]
}

/** Every scope that some operation asks for, with what it opens. */
export function scopesIn(document: Document): ScopeUse[] {
  const uses = new Map<string, Text[]>()
  for (const operations of operationsByService(document).values()) {
    for (const { scope, title } of operations) {
      if (scope) uses.set(scope, [...(uses.get(scope) ?? []), title])
    }
  }
  return [...uses]
    .map(([scope, operations]) => ({ scope, operations }))
    .sort((a, b) => a.scope.localeCompare(b.scope))
}

export const scopesQuery = queryOptions({ ...openApiQuery, select: scopesIn })
