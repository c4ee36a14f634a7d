// The receipt of a computation: hashes to keep, to download, and to have run again by the server.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Receipt } from '#engines/rules/receipt.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card, Facts, Note } from '../components/card.tsx'
import { ProblemNote } from '../components/states.tsx'
import { Identifier } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { Sign } from './outcomes.tsx'
import type { Replayed } from './rules.ts'
import type { Answer } from './situation.ts'

interface ReceiptCardProps {
  receipt: Receipt
  facts: Readonly<Record<string, Answer | number>>
  /** Says where the receipt was made. */
  lead: string
  className?: string
}

export function ReceiptCard({ receipt, facts, lead, className }: ReceiptCardProps) {
  const { t } = useWords()
  const kept = { receipt, facts }
  return (
    <Card title={t('回执', 'Receipt')} className={className}>
      <div className="stack">
        <p className="muted small">{lead}</p>
        <Facts
          rows={[
            [t('引擎', 'Engine'), <code key="engine">{receipt.engine}</code>],
            [t('哪一天', 'Day'), receipt.on],
            [t('规则文本', 'Rules'), <Identifier key="rules" value={receipt.rules} />],
            [t('事实', 'Facts'), <Identifier key="facts" value={receipt.facts} />],
            [t('结果', 'Outcomes'), <Identifier key="outcomes" value={receipt.outcomes} />],
          ]}
        />
        <div className="row">
          <CopyButton text={JSON.stringify(kept, null, 2)} />
          <Button
            small
            onClick={() => saveAsFile(kept, `receipt-${receipt.ruleSet}-${receipt.on}.json`)}
          >
            {t('下载 JSON', 'Download JSON')}
          </Button>
        </div>
        {/* Other facts are another receipt: what was said of the last one is no longer shown. */}
        <Replay key={receipt.facts + receipt.rules + receipt.on} receipt={receipt} facts={facts} />
      </div>
    </Card>
  )
}

function saveAsFile(value: unknown, name: string): void {
  const blob = new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' })
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { t } = useWords()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <Button small onClick={() => void copy()}>
      {copied ? t('已复制', 'Copied') : (label ?? t('复制', 'Copy'))}
    </Button>
  )
}

function Replay({ receipt, facts }: Pick<ReceiptCardProps, 'receipt' | 'facts'>) {
  const { t } = useWords()
  const replay = useMutation({
    mutationFn: () => api.post<Replayed>('/api/rules/receipts/replay', { receipt, facts }),
  })
  return (
    <div className="stack">
      <p className="row">
        <Button small busy={replay.isPending} onClick={() => replay.mutate()}>
          {t('在服务器上重算', 'Run it again on the server')}
        </Button>
        <span className="muted small">
          {t(
            '会把上述事实发给服务器计算一次，服务器不保存。',
            'This sends the facts to the server, which keeps nothing of them.',
          )}
        </span>
      </p>
      {replay.error && <ProblemNote problem={asProblem(replay.error)} />}
      {replay.data && <Checks replayed={replay.data} />}
    </div>
  )
}

function Checks({ replayed }: { replayed: Replayed }) {
  const { t } = useWords()
  const { same, version } = replayed
  const checks = [
    ['engine', t('引擎版本', 'Engine')],
    ['rules', t('规则文本', 'Text of the rules')],
    ['facts', t('事实', 'Facts')],
    ['outcomes', t('结果', 'Outcomes')],
  ] as const
  const all = checks.every(([name]) => same[name])
  return (
    <Note
      live
      tone={all ? 'good' : 'wait'}
      title={
        all
          ? t('四项全部一致', 'All four are the same')
          : t('有不一致的地方', 'Something is not the same')
      }
    >
      <ul>
        {checks.map(([name, title]) => (
          <li key={name}>
            <Sign truth={same[name] ? 'true' : 'false'} /> {title}
            {t('：', ': ')}
            {same[name] ? t('一致', 'the same') : t('不一致', 'not the same')}
          </li>
        ))}
      </ul>
      <p className="small">
        {t(
          `服务器按第 ${version.number} 版重算。`,
          `The server ran version ${version.number} again.`,
        )}
      </p>
    </Note>
  )
}
