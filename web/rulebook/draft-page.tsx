// A draft of a rule set: opened as it is stored, edited by whoever writes rules, read by a second person.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import { Loaded } from '../components/states.tsx'
import { useWords } from '../text/text.ts'
import { Editor } from './editor.tsx'
import { draftQuery, recipeQuery } from './rulebook.ts'
import './rulebook.css'

const route = getRouteApi('/workbench/rules/drafts/$id')

export function DraftPage() {
  const { t } = useWords()
  const { id } = route.useParams()
  const draft = useQuery(draftQuery(id))
  const recipe = useQuery(recipeQuery)
  // Whoever reads the draft anew begins with what is stored, not with what was typed.
  const [times, setTimes] = useState(0)
  const { refetch } = draft
  const reload = useCallback(async () => {
    await refetch()
    setTimes((now) => now + 1)
  }, [refetch])
  return (
    <div className="rule-editor">
      <Loaded query={draft} what={t('草案', 'the draft')}>
        {(found) => (
          <Loaded query={recipe} what={t('测算人口', 'the companies')}>
            {(people) => (
              <Editor key={`${id} ${times}`} draft={found} recipe={people} reload={reload} />
            )}
          </Loaded>
        )}
      </Loaded>
    </div>
  )
}
