// The types that every operation is written against: who acts, when, in which transaction.
import type { Kysely } from 'kysely'

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}
/** A text in both languages of the house; Chinese is written first. */
export interface Text {
  zh: string
  en: string
}

/** System, security and audit administrator are never held together (三员分立). */
export const roles = [
  'system-admin',
  'security-admin',
  'audit-admin',
  'auditor',
  'official',
  'operator',
  'community-manager',
  'owner',
  'member',
] as const
export type Role = (typeof roles)[number]

/** A role held in an organisation or department, with the area it reaches (GB/T 2260). */
export interface Grant {
  role: Role
  subjectId: string | null
  area: string | null
}

export interface Actor {
  kind: 'visitor' | 'person' | 'key' | 'system'
  /** For the log: 'visitor', a job's name, an id. Never personal text. */
  name: string
  personId: string | null
  /** For whom: an organisation, or the person themself. */
  subjectId: string | null
  /** Set when acting under a mandate: A for B under M. */
  mandateId: string | null
  grants: readonly Grant[]
  /** null: everything the roles allow. API keys carry scopes such as 'ledger:read'. */
  scopes: readonly string[] | null
  sessionId: string | null
}

/** A fact of the journal: ids, amounts and salted hashes only, never personal text. */
export interface Fact {
  kind: string
  version: number
  subjectId: string | null
  payload: JsonObject
  validAt?: Date
}

/** A transaction; each service types its own tables with `tables<T>(tx)`. */
export type Tx = Kysely<unknown>

export interface Ctx {
  tx: Tx
  actor: Actor
  /** The world's time. SQL never calls now(). */
  now: Date
  /** A new UUID (version 7: sorts by time). */
  newId(): string
  /** Appends to the journal in this transaction and returns the entry's id. */
  append(fact: Fact): Promise<bigint>
  /** The same for many, in their order. */
  appendAll(facts: readonly Fact[]): Promise<bigint[]>
}

export const visitor: Actor = {
  kind: 'visitor',
  name: 'visitor',
  personId: null,
  subjectId: null,
  mandateId: null,
  grants: [],
  scopes: null,
  sessionId: null,
}

/** The platform itself, acting for a named job or reaction. */
export function system(name: string): Actor {
  return { ...visitor, kind: 'system', name }
}

/** Whether the actor holds one of the roles, in `subjectId` when one is named. */
export function holds(actor: Actor, wanted: readonly Role[], subjectId?: string): boolean {
  return actor.grants.some(
    (grant) =>
      wanted.includes(grant.role) && (subjectId === undefined || grant.subjectId === subjectId),
  )
}
