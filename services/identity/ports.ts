// What identity needs of others: an OIDC provider, and what higher services hold about people.
import type { Ctx, Json, Text } from '#platform/context.ts'

/** What must be the same when the browser comes back from the provider. */
export interface OidcChecks {
  state: string
  nonce: string
  verifier: string
}

/** Who signed in there. */
export interface OidcPerson {
  issuer: string
  subject: string
  name: string | null
}

/** Authorisation code flow with PKCE against the one configured issuer. */
export interface Oidc {
  /** A fresh request: where to send the browser, and the checks for its return. */
  begin(redirectUri: string): Promise<{ url: URL; checks: OidcChecks }>
  /** Redeems the code in `returned`; throws when anything does not match. */
  finish(returned: URL, checks: OidcChecks): Promise<OidcPerson>
}

/** A service that keeps values about people beside the ids in the journal. */
export interface PersonalData {
  name: string
  export(ctx: Ctx, personId: string): Promise<Json>
  erase(ctx: Ctx, personId: string): Promise<void>
}

export interface IdentityPorts {
  /** Null or absent: no OIDC. */
  oidc?: Oidc | null
  personalData?: readonly PersonalData[]
  /** Why a subject cannot be left without anybody now, such as open holds; empty when it can. */
  obligations?: (ctx: Ctx, subjectId: string) => Promise<Text[]>
}
