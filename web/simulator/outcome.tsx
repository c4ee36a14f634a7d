// What came of both policies: figures, curves, classes of waits, and who gained or lost most.
import type { Comparison, JobChange, UserChange } from '#engines/replay/compare.ts'
import { waitClasses } from '#engines/replay/compare.ts'
import type { Figures } from '#engines/replay/figures.ts'
import { Bar } from '../components/bar.tsx'
import { Card, Figure, Tag } from '../components/card.tsx'
import { type Column, DataTable } from '../components/table.tsx'
import { count, duration } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { CurveLegend, Curves } from './curves.tsx'
import type { Answer, Asked } from './simulate.ts'
import { assumptionsOf, clock, jobName, sideName, userName } from './words.ts'

interface Props {
  asked: Asked
  answer: Answer
}

type Names = readonly [string, string]
const share = (value: number) => `${(100 * value).toFixed(1)}%`

export function Outcome({ asked, answer }: Props) {
  const { t, of } = useWords()
  const { comparison, organisations, seconds, leftOut } = answer
  const names: Names = [of(sideName(asked, 0)), of(sideName(asked, 1))]
  const { jobs } = comparison.sides[0].figures
  const { earlier, later, alike } = comparison
  return (
    <div className="column">
      <Card title={t('从甲换成乙', 'From A to B')}>
        <div className="stack stack-loose">
          <div className="figures">
            <Figure
              label={t('更早开始', 'Start earlier')}
              value={count(earlier)}
              note={of({ zh: `共 ${count(jobs)} 个任务`, en: `of ${count(jobs)} jobs` })}
            />
            <Figure
              label={t('更晚开始', 'Start later')}
              value={count(later)}
              note={t('推后一分钟以上', 'by more than a minute')}
            />
            <Figure
              label={t('不变', 'Unchanged')}
              value={count(alike)}
              note={t('相差不到一分钟', 'within a minute')}
            />
          </div>
          <FigureTable names={names} sides={comparison.sides} />
          <p className="muted small">
            {t(
              `${count(organisations)} 个单位的 ${count(jobs)} 个任务，两边共计算 ${seconds.toFixed(1)} 秒，就在这台电脑上，用的是平台实际使用的调度引擎。`,
              `${count(jobs)} jobs of ${count(organisations)} organisations; both sides took ` +
                `${seconds.toFixed(1)} s on this computer, in the engine that the platform runs.`,
            )}
            {leftOut > 0 &&
              t(
                `日志中有 ${count(leftOut)} 条没有时长、没有处理器或大于整机，未计入。`,
                ` ${count(leftOut)} lines of the log without length or processors, or larger than ` +
                  'the machine, were left out.',
              )}
          </p>
        </div>
      </Card>
      <Card title={t('经过', 'The course of it')}>
        <Charts names={names} comparison={comparison} />
      </Card>
      <Card title={t('等了多久', 'How long they waited')}>
        <ClassTable names={names} comparison={comparison} />
      </Card>
      <Card title={t('差别最大的单位', 'Whose wait changed most')}>
        <UserTable asked={asked} names={names} users={comparison.users} />
      </Card>
      <Card title={t('差别最大的任务', 'Which jobs changed most')}>
        <JobTable asked={asked} names={names} jobs={comparison.jobs} />
      </Card>
      <Card title={t('前提', 'What is assumed')}>
        <ul className="list">
          {assumptionsOf(asked).map((one) => (
            <li key={one.zh}>{of(one)}</li>
          ))}
        </ul>
      </Card>
    </div>
  )
}

interface FigureRow {
  name: string
  note: string
  values: readonly [number, number]
  say: (value: number) => string
  /** Whether less is better, more is, or neither says anything. */
  better: 'less' | 'more'
}

function FigureTable({ names, sides }: { names: Names; sides: Comparison['sides'] }) {
  const { t, language } = useWords()
  const of = (pick: (figures: Figures) => number): readonly [number, number] => [
    pick(sides[0].figures),
    pick(sides[1].figures),
  ]
  const time = (seconds: number) => duration(seconds, language)
  const rows: FigureRow[] = [
    {
      name: t('平均等待', 'Mean wait'),
      note: '',
      values: of((one) => one.meanWaitSeconds),
      say: time,
      better: 'less',
    },
    {
      name: t('半数任务等待不超过', 'Half wait at most'),
      note: '',
      values: of((one) => one.p50WaitSeconds),
      say: time,
      better: 'less',
    },
    {
      name: t('95% 的任务等待不超过', '95% wait at most'),
      note: '',
      values: of((one) => one.p95WaitSeconds),
      say: time,
      better: 'less',
    },
    {
      name: t('平均减速比', 'Mean bounded slowdown'),
      note: t(
        '（等待＋运行）÷ 运行，运行不足 10 秒按 10 秒',
        '(wait + run) / run, of 10 s at least',
      ),
      values: of((one) => one.meanBoundedSlowdown),
      say: (value) => value.toFixed(1),
      better: 'less',
    },
    {
      name: t('机器利用率', 'Use of the machine'),
      note: t('从第一个提交到最后一个结束', 'from the first submission to the last end'),
      values: of((one) => one.utilisation),
      say: share,
      better: 'more',
    },
    {
      name: t('单位间公平', 'Fairness'),
      note: t('1 为各单位受到的减速一样', '1: all were slowed down alike'),
      values: of((one) => one.fairness),
      say: (value) => value.toFixed(3),
      better: 'more',
    },
    {
      name: t('始终无法开始', 'Could never start'),
      note: t('大于整机，或大于每家的上限', 'larger than the machine or the limit of one'),
      values: of((one) => one.neverStarted),
      say: (value) => count(value),
      better: 'less',
    },
  ]
  const columns: Column<FigureRow>[] = [
    {
      title: t('指标', 'Figure'),
      heads: true,
      cell: ({ name, note }) => (
        <>
          {name}
          {note && <span className="note-line muted small">{note}</span>}
        </>
      ),
    },
    ...([0, 1] as const).map(
      (nth): Column<FigureRow> => ({
        title: `${nth === 0 ? t('甲', 'A') : t('乙', 'B')} ${names[nth]}`,
        number: true,
        cell: ({ values, say }) => say(values[nth]),
      }),
    ),
    {
      title: t('从甲到乙', 'From A to B'),
      number: true,
      cell: (row) => <Change row={row} />,
    },
  ]
  return (
    <DataTable
      quietCaption
      caption={t('两种策略的指标', 'The figures of both policies')}
      rows={rows}
      rowKey={({ name }) => name}
      columns={columns}
    />
  )
}

function Change({ row: { values, better, say } }: { row: FigureRow }) {
  const { t } = useWords()
  const [a, b] = values
  if (say(a) === say(b)) return <span className="muted">{t('相同', 'same')}</span>
  const good = better === 'less' ? b < a : b > a
  const percent = a === 0 ? null : Math.round((100 * Math.abs(b - a)) / a)
  const words = b < a ? t('低', 'less') : t('高', 'more')
  return (
    <Tag tone={good ? 'good' : 'wait'}>
      {percent === null ? words : t(`${words} ${percent}%`, `${percent}% ${words}`)}
    </Tag>
  )
}

function Charts({ names, comparison }: { names: Names; comparison: Comparison }) {
  const { t } = useWords()
  const { sides, stepMs, from } = comparison
  const length = stepMs * sides[0].waiting.length
  const times = [0, 0.5, 1].map((part) => clock(from + part * length))
  return (
    <div className="stack stack-loose">
      <CurveLegend names={names} />
      <Curves
        title={t('等待中的任务', 'Jobs that wait')}
        names={names}
        curves={[sides[0].waiting, sides[1].waiting]}
        say={(value) => count(Math.round(value))}
        times={times}
      />
      <Curves
        title={t('机器在用的占比', 'Share of the machine in use')}
        names={names}
        curves={[sides[0].use, sides[1].use]}
        top={1}
        say={share}
        times={times}
      />
    </div>
  )
}

function ClassTable({ names, comparison }: { names: Names; comparison: Comparison }) {
  const { t, language } = useWords()
  const { sides } = comparison
  const { jobs } = sides[0].figures
  const span = (ms: number) => duration(ms / 1_000, language)
  const rows = sides[0].classes.map((_, nth) => {
    const [low, high] = [waitClasses[nth - 1], waitClasses[nth]]
    if (low === undefined) return { nth, name: t(`不到 ${span(high!)}`, `under ${span(high!)}`) }
    if (high === undefined) {
      return { nth, name: t(`${span(low)}以上，或始终未开始`, `${span(low)} or more, or never`) }
    }
    return { nth, name: t(`${span(low)}至 ${span(high)}`, `${span(low)} to ${span(high)}`) }
  })
  return (
    <DataTable
      quietCaption
      caption={t('按等待时间分的任务数', 'Jobs by how long they waited')}
      rows={rows}
      rowKey={({ name }) => name}
      columns={[
        { title: t('等待', 'Wait'), heads: true, cell: ({ name }) => name },
        ...([0, 1] as const).map((side) => ({
          title: `${side === 0 ? t('甲', 'A') : t('乙', 'B')} ${names[side]}`,
          number: true,
          cell: ({ nth, name }: (typeof rows)[number]) => {
            const some = sides[side].classes[nth]!
            const part = jobs === 0 ? 0 : some / jobs
            return (
              <div className="wait-class">
                {count(some)} <span className="muted">{share(part)}</span>
                <Bar share={part} label={`${name}: ${share(part)}`} />
              </div>
            )
          },
        })),
      ]}
    />
  )
}

type Waits = readonly [number | null, number | null]

/** The two waits of a row, and which of them is the shorter. */
function useWaitColumns<Row extends { waitsMs: Waits }>(names: Names): Column<Row>[] {
  const { t, language } = useWords()
  const say = (ms: number | null) =>
    ms === null ? t('始终未开始', 'never started') : duration(ms / 1_000, language)
  const columns = ([0, 1] as const).map(
    (nth): Column<Row> => ({
      title: `${nth === 0 ? t('甲', 'A') : t('乙', 'B')} ${names[nth]}`,
      number: true,
      cell: ({ waitsMs }) => say(waitsMs[nth]),
    }),
  )
  const verdict: Column<Row> = {
    title: t('从甲到乙', 'From A to B'),
    number: true,
    cell: ({ waitsMs: [a, b] }) => {
      const sooner = b !== null && (a === null || b < a)
      const by = a === null || b === null ? '' : ` ${duration(Math.abs(a - b) / 1_000, language)}`
      return (
        <Tag tone={sooner ? 'good' : 'wait'}>
          {sooner ? t(`早${by}`, `sooner${by}`) : t(`晚${by}`, `later${by}`)}
        </Tag>
      )
    },
  }
  return [...columns, verdict]
}

interface UsersProps {
  asked: Asked
  names: Names
  users: readonly UserChange[]
}

function UserTable({ asked, names, users }: UsersProps) {
  const { t, of } = useWords()
  const waits = useWaitColumns<UserChange>(names)
  if (users.length === 0) {
    return <p className="muted">{t('没有单位相差一分钟以上。', 'Nobody differs by a minute.')}</p>
  }
  return (
    <DataTable
      quietCaption
      caption={t('各单位的平均等待', 'The mean wait of organisations')}
      rows={users}
      rowKey={({ user }) => user}
      columns={[
        {
          title: t('单位', 'Organisation'),
          heads: true,
          cell: ({ user }) => of(userName(asked.source, user)),
        },
        { title: t('任务', 'Jobs'), number: true, cell: ({ jobs }) => count(jobs) },
        ...waits,
      ]}
    />
  )
}

interface JobsProps {
  asked: Asked
  names: Names
  jobs: readonly JobChange[]
}

function JobTable({ asked, names, jobs }: JobsProps) {
  const { t, of, language } = useWords()
  const waits = useWaitColumns<JobChange>(names)
  if (jobs.length === 0) {
    return <p className="muted">{t('没有任务相差一分钟以上。', 'No job differs by a minute.')}</p>
  }
  return (
    <DataTable
      quietCaption
      caption={t('任务的等待', 'The wait of jobs')}
      rows={jobs}
      rowKey={({ id }) => id}
      columns={[
        {
          title: t('任务', 'Job'),
          heads: true,
          cell: ({ id, user }) => of(jobName(asked.source, id, user)),
        },
        {
          title: t('提交', 'Submitted'),
          number: true,
          cell: ({ submittedAt }) => of(clock(submittedAt)),
        },
        {
          title: t('运行', 'Ran'),
          number: true,
          cell: ({ runMs }) => duration(runMs / 1_000, language),
        },
        ...waits,
      ]}
    />
  )
}
