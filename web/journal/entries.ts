// Entries of the journal as auditors and those whom they concern see them.

/** What both ways to an entry have in common. */
export interface EntryView {
  position: number
  kind: string
  version: number
  actor: Readonly<Record<string, unknown>>
  subject: string | null
  validAt: string
  knownAt: string
  payload: Readonly<Record<string, unknown>>
}

/** An entry by its position; `sealed` tells whether its proof can be had. */
export type JournalEntry = EntryView & { sealed: boolean }

/** A row of the auditors' list. */
export type AuditRow = Omit<EntryView, 'position' | 'subject'> & {
  position: string
  subjectId: string | null
}

export function viewOf({ position, subjectId, ...rest }: AuditRow): EntryView {
  return { ...rest, position: Number(position), subject: subjectId }
}

/** Who acted, in ids: the person, for whom, or the name of a job. */
export function actorInWords(actor: EntryView['actor']): string {
  return String(actor.person ?? actor.name ?? actor.kind ?? '—')
}
