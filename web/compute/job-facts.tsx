// What was asked for, and how the job is kept apart from others.
import { useQuery } from '@tanstack/react-query'
import { Card, Facts } from '../components/card.tsx'
import { Time } from '../components/value.tsx'
import { duration } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { programsQuery, type Workload } from './compute.ts'
import { cardsInWords, priorityNames, purposeNames } from './words.ts'

export function JobFacts({ job }: { job: Workload }) {
  const { t, of, language } = useWords()
  const { spec } = job
  const programs = useQuery(programsQuery).data?.items ?? []
  const bundled = 'bundled' in spec.program ? spec.program.bundled : null
  const program = programs.find(({ id }) => id === bundled)
  const cards = cardsInWords(spec.gang.milli)
  const rows: [string, React.ReactNode][] = [
    [
      t('程序', 'Program'),
      program ? of(program.name) : (bundled ?? t('自己的程序', 'one of your own')),
    ],
    [
      t('规模', 'Size'),
      spec.gang.count === 1
        ? of(cards)
        : t(`${spec.gang.count} 份 × ${cards.zh}`, `${spec.gang.count} × ${cards.en}`),
    ],
    [t('用途', 'Purpose'), of(purposeNames[spec.purpose])],
    [t('优先级', 'Priority'), of(priorityNames[spec.priority])],
    [t('时间上限', 'Time limit'), duration(spec.limitSeconds, language)],
  ]
  if (spec.deadline) {
    rows.push([t('截止', 'Done by'), <Time key="deadline" at={spec.deadline} />])
  }
  rows.push([
    t('让出', 'Preemption'),
    spec.preemptible ? t('可以让出', 'may be preempted') : t('不可让出', 'never preempted'),
  ])
  if (job.isolation) rows.push([t('隔离', 'Isolation'), isolationWords(job.isolation, t)])
  if (job.simulated) {
    rows.push([
      t('模拟卡', 'Simulated'),
      t(
        '程序真实运行，但没有加速卡硬件；不计入任何统计。',
        'The program really runs, without accelerator hardware; it counts in no figure.',
      ),
    ])
  }
  return (
    <Card title={t('要求', 'What was asked')}>
      <Facts rows={rows} />
    </Card>
  )
}

function isolationWords(
  level: NonNullable<Workload['isolation']>,
  t: (zh: string, en: string) => string,
): string {
  return level === 'full'
    ? t(
        '完整：只看得到自己的文件，没有网络。',
        'full: it sees its own files only and has no network.',
      )
    : t(
        '无：这台机器不具备条件，只运行现成程序。',
        'none: this machine cannot isolate, so only ready-made programs run.',
      )
}
