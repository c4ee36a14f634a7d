// Entries of the journal as auditors and public proofs show them.
export interface JournalEntryView {
  position: string
  kind: string
  version: number
  actor: Readonly<Record<string, unknown>>
  subjectId: string | null
  validAt: string
  knownAt: string
  payload: Readonly<Record<string, unknown>>
}

/** Who acted, in ids: the person, for whom, or the name of a job. */
export function actorInWords(actor: JournalEntryView['actor']): string {
  const shown = actor.person ?? actor.name ?? actor.kind
  return String(shown ?? '—')
}
