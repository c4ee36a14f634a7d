// A refusal of the server (RFC 9457) or of the network, with what happened and what to do next.
import type { Text } from '../text/text.ts'

/** One wrong field of a request: where, and why in both languages. */
export interface FieldProblem extends Text {
  field: string
}

interface ProblemDocument {
  code: string
  status: number
  detail: Text
  next: Text
  params: Record<string, unknown>
  requestId?: string
}

export class ApiProblem extends Error {
  readonly code: string
  readonly status: number
  readonly detail: Text
  readonly next: Text
  readonly params: Readonly<Record<string, unknown>>
  readonly requestId: string | null

  constructor(document: ProblemDocument) {
    super(`${document.code}: ${document.detail.en}`)
    this.name = 'ApiProblem'
    this.code = document.code
    this.status = document.status
    this.detail = document.detail
    this.next = document.next
    this.params = document.params
    this.requestId = document.requestId ?? null
  }
}

const OFFLINE: ProblemDocument = {
  code: 'portal.offline',
  status: 0,
  detail: { zh: '连不上服务器', en: 'The server cannot be reached' },
  next: {
    zh: '请检查网络后重试；已填内容仍在本页。',
    en: 'Check the network and try again; what you typed is still on this page.',
  },
  params: {},
}

const UNREADABLE = {
  code: 'portal.unreadable',
  detail: { zh: '服务器的回答无法读取', en: 'The answer of the server cannot be read' },
  next: { zh: '请稍后重试。', en: 'Try again shortly.' },
  params: {},
}

/** Reads a refused answer; answers that are no problem document get words of their own. */
export async function problemFrom(response: Response): Promise<ApiProblem> {
  const requestId = response.headers.get('x-request-id') ?? undefined
  try {
    const document = (await response.json()) as ProblemDocument
    if (!document.detail?.zh || !document.next?.zh) throw new TypeError('no problem document')
    return new ApiProblem({ requestId, ...document, params: document.params ?? {} })
  } catch {
    return new ApiProblem({ ...UNREADABLE, status: response.status, requestId })
  }
}

/** Anything thrown while asking the server, as a problem that can be shown. */
export function asProblem(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : new ApiProblem(OFFLINE)
}

/** The fields that `request.invalid` names; empty for any other problem. */
export function fieldProblems(problem: ApiProblem): FieldProblem[] {
  const { errors } = problem.params
  return Array.isArray(errors) ? (errors as FieldProblem[]) : []
}
