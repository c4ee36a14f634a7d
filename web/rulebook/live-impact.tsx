// The impact beside the rules: of what is typed now, or of what was handed in; and why there is none.
// biome-ignore-all lint/a11y/useSemanticElements: buttons that press are no fields of a form
import type { RuleSetDefinition } from '#engines/rules/definitions.ts'
import { Card, Note } from '../components/card.tsx'
import { Empty, Loading } from '../components/states.tsx'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { ImpactPanel } from './impact-panel.tsx'
import type { Draft } from './rulebook.ts'
import type { Live } from './use-live.ts'

interface Props {
  live: Live
  definition: RuleSetDefinition
  base: RuleSetDefinition | null
  sizes: readonly number[]
  size: number
  onSize: (size: number) => void
}

export function LiveImpact({ live, definition, base, sizes, size, onSize }: Props) {
  const { t } = useWords()
  const { impact, ms, number, struckAt, readable, broken } = live
  if (!definition.benefit || !base?.benefit) return <NoImpact base={base} />
  if (broken) {
    return (
      <Card title={t('影响', 'Impact')}>
        <Note tone="wait">
          {t(
            '测算意外中断；规则仍可编辑和保存，刷新后再测算',
            'Counting broke off; rules can be edited and saved all the same. Reload to count again',
          )}
        </Note>
      </Card>
    )
  }
  if (!impact) {
    return (
      <Card title={t('影响', 'Impact')}>
        <Loading what={t(`${count(size)} 家虚构企业`, `${count(size)} made-up companies`)} />
      </Card>
    )
  }
  return (
    <ImpactPanel
      impact={impact}
      ms={ms}
      live={{ number, struckAt }}
      amount={definition.benefit.amount}
      stale={!readable}
    >
      <div
        className="impact-choice impact-size"
        role="group"
        aria-label={t('测算规模', 'How many')}
      >
        {sizes.map((one) => (
          <button key={one} type="button" aria-pressed={one === size} onClick={() => onSize(one)}>
            {t(`${count(one)} 家`, count(one))}
          </button>
        ))}
      </div>
    </ImpactPanel>
  )
}

function NoImpact({ base }: { base: RuleSetDefinition | null }) {
  const { t } = useWords()
  return (
    <Card title={t('影响', 'Impact')}>
      <Empty title={t('没有影响可算', 'No impact to count')}>
        {base
          ? t(
              '这组规则只分类或计算，不给予权益；改动看缺口、冲突和情景。',
              'This set sorts or computes and grants nothing; see gaps, overlaps and scenarios.',
            )
          : t('这是新规则，没有现行版可比。', 'This set is new: there is nothing to compare with.')}
      </Empty>
    </Card>
  )
}

/** As it was counted by the server when the draft was handed in. */
export function SubmittedImpact({ draft }: { draft: Draft }) {
  const { t } = useWords()
  const { impact, definition, base } = draft
  if (!impact) return <NoImpact base={base?.definition ?? null} />
  return (
    <ImpactPanel impact={impact} amount={definition.benefit?.amount ?? null}>
      <p className="muted small">
        {t('送审时由服务器测算', 'Counted by the server on submission')}
      </p>
    </ImpactPanel>
  )
}
