// Rule sets as the search finds them: by title, outcomes and what they ask.
import { dateInChina } from '#law/schema.ts'
import type { Ctx } from '#platform/context.ts'
import type { Item } from '#services/search/index.ts'
import { versionsOn } from './versions.ts'

const weight = 0.8

/** Sets in force today, each leading to its checker. */
export async function findableSets(ctx: Ctx): Promise<{ kind: string; items: Item[] }> {
  const versions = await versionsOn(ctx, dateInChina(ctx.now))
  const items = versions.map(({ set_id: id, definition }): Item => {
    const asked = definition.nodes.flatMap((node) =>
      node.kind === 'fact' ? [`${node.name} ${node.ask.zh} ${node.ask.en}`] : [],
    )
    return {
      kind: 'rule',
      id,
      title: definition.title,
      text: [...definition.outcomes, ...asked].join('\n'),
      link: `/rules/${id}`,
      audience: ['public'],
      weight,
    }
  })
  return { kind: 'rule', items }
}
