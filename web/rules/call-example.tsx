// The same computation by the API: a line to copy.
import type { RuleSetDefinition } from '#engines/rules/definitions.ts'
import { Card } from '../components/card.tsx'
import { ScrollRegion } from '../components/scroll-region.tsx'
import { useWords } from '../text/text.ts'
import { CopyButton } from './receipt-card.tsx'
import { factsForApi, type Situation } from './situation.ts'

interface CallExampleProps {
  definition: RuleSetDefinition
  situation: Situation
  on: string
}

/** In single quotes, as a shell takes it. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

export function CallExample({ definition, situation, on }: CallExampleProps) {
  const { t } = useWords()
  const body = JSON.stringify({ facts: factsForApi(definition, situation), on })
  const call = [
    `curl -X POST ${location.origin}/api/rules/${definition.id}/check \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d ${quoted(body)}`,
  ].join('\n')
  return (
    <Card title={t('用接口', 'By the API')}>
      <div className="stack">
        <p className="muted small">
          {t(
            '不用登录；服务器计算后不保存。数字可写成文字，以免丢失精度。',
            'No account is needed, and the server keeps nothing. Numbers may be texts, so that none is rounded.',
          )}
        </p>
        <ScrollRegion className="code-block" label={t('调用示例', 'Example call')}>
          <pre>{call}</pre>
        </ScrollRegion>
        <CopyButton text={call} />
      </div>
    </Card>
  )
}
