// The scopes that a key or a mandate may carry, read from the API description itself.
import { useQuery } from '@tanstack/react-query'
import { Choice, Choices } from '../components/field.tsx'
import { Loaded } from '../components/states.tsx'
import { scopesQuery } from '../platform/openapi.ts'
import { useWords } from '../text/text.ts'

interface ScopeChoicesProps {
  legend: string
}

/** One checkbox per scope, named `scope`, valued with the scope. */
export function ScopeChoices({ legend }: ScopeChoicesProps) {
  const { t } = useWords()
  const query = useQuery(scopesQuery)
  return (
    <Loaded query={query} what={t('可选范围', 'scopes')}>
      {(scopes) => (
        <Choices legend={legend} hint={t('只勾选确实需要的。', 'Tick only what is really needed.')}>
          {scopes.map(({ scope, operations }, at) => (
            <Choice
              key={scope}
              id={at === 0 ? 'scopes' : undefined}
              type="checkbox"
              name="scope"
              value={scope}
              label={<code>{scope}</code>}
              hint={operations.map((title) => t(title.zh, title.en)).join(t('、', ', '))}
            />
          ))}
        </Choices>
      )}
    </Loaded>
  )
}
