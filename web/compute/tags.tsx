// The small words beside a name: where a job stands, and what is simulated.
import { Tag } from '../components/card.tsx'
import { useWords } from '../text/text.ts'
import type { WorkloadLine } from './compute.ts'
import { standingOf } from './words.ts'

export function StandingTag({ job }: { job: Pick<WorkloadLine, 'state' | 'outcome'> }) {
  const { of } = useWords()
  const { name, tone } = standingOf(job)
  return <Tag tone={tone}>{of(name)}</Tag>
}

/** Slots without hardware: said wherever they show. */
export function SimulatedTag({ simulated }: { simulated: boolean }) {
  const { t } = useWords()
  return simulated ? <Tag tone="wait">{t('模拟卡', 'simulated')}</Tag> : null
}
