// Facts of identity after which an organisation may be entitled to something else.
import type { Reaction } from '#platform/service.ts'
import type { Parts } from './parts.ts'
import { keepOne } from './standing.ts'

export function reactionsOf(parts: Parts): Reaction[] {
  return [
    {
      name: 'rulebook.standings',
      kinds: ['identity.subject-registered', 'identity.subject-changed', 'identity.shares-changed'],
      handle: async (ctx, { subjectId }) => {
        if (subjectId) await keepOne(ctx, parts, subjectId)
      },
    },
  ]
}
