// Organisations become findable when they are registered, and follow their names.
import type { Reaction } from '#platform/service.ts'
import { findSubjects } from '#services/identity/index.ts'
import { putAll } from './put.ts'

export const organisations: Reaction = {
  name: 'search.organisations',
  kinds: ['identity.subject-registered', 'identity.subject-changed'],
  async handle(ctx, { subjectId }) {
    if (subjectId === null) return
    const subject = (await findSubjects(ctx, [subjectId])).get(subjectId)
    // Departments are found as authorities of the law; people are found by nobody.
    if (subject?.kind !== 'organisation') return
    await putAll(ctx, [
      {
        kind: 'organisation',
        id: subject.id,
        title: { zh: subject.name, en: subject.name },
        text: subject.creditCode,
        link: `/subjects/${subject.id}`,
        audience: ['public'],
        facets: subject.area ? { area: subject.area } : {},
        weight: 0.4,
      },
    ])
  },
}
