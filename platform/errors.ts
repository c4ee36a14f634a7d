// The one table of problems: what happened and what to do next, in Chinese and English.
import type { Json, JsonObject, Text } from './context.ts'
import { accessProblems } from './problems/access.ts'
import { capacityProblems } from './problems/capacity.ts'
import { computeProblems } from './problems/compute.ts'
import type { Entry } from './problems/entry.ts'
import { filesProblems } from './problems/files.ts'
import { identityProblems } from './problems/identity.ts'
import { ledgerProblems } from './problems/ledger.ts'
import { noticesProblems } from './problems/notices.ts'
import { platformProblems } from './problems/platform.ts'
import { requestsProblems } from './problems/requests.ts'
import { rulesProblems } from './problems/rules.ts'

/** Code -> problem. `{name}` is replaced by the parameter of that name. */
export const problems = {
  ...requestsProblems,
  ...accessProblems,
  ...platformProblems,
  ...computeProblems,
  ...filesProblems,
  ...identityProblems,
  ...noticesProblems,
  ...ledgerProblems,
  ...capacityProblems,
  ...rulesProblems,
} as const satisfies Record<string, Entry>

export type ProblemCode = keyof typeof problems

const fill = (text: string, params: JsonObject): string =>
  text.replace(/\{(\w+)\}/g, (hole, name: string) =>
    params[name] === undefined ? hole : String(params[name]),
  )

/** A refusal with its reason. Thrown anywhere; the HTTP layer writes it as RFC 9457 JSON. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly params: JsonObject
  constructor(code: ProblemCode, params: JsonObject = {}) {
    super(`${code}: ${fill(problems[code].title.en, params)}`)
    this.name = 'Problem'
    this.code = code
    this.status = problems[code].status
    this.params = params
  }
  /** The RFC 9457 document. */
  document(requestId?: string): JsonObject {
    const { status, title, next } = problems[this.code] as Entry
    const both = (text: Text): { [k: string]: Json } => ({
      zh: fill(text.zh, this.params),
      en: fill(text.en, this.params),
    })
    return {
      type: `urn:kapok:problem:${this.code}`,
      title: fill(title.zh, this.params),
      status,
      code: this.code,
      detail: both(title),
      next: both(next),
      params: this.params,
      ...(requestId ? { requestId } : {}),
    }
  }
}

/** Makes a problem: `throw problem('request.not-found')`. */
export function problem(code: ProblemCode, params: JsonObject = {}): Problem {
  return new Problem(code, params)
}
