// Why an outcome is what it is: the row or condition that decided, down to facts and figures with their sources.
import type { Citation } from '#engines/rules/definitions.ts'
import { type Explained, type ExplainedRow, nearMisses, type Part } from '#engines/rules/explain.ts'
import { CertaintyTag } from '../regulation/certainty.tsx'
import { useWords } from '../text/text.ts'
import { outcomeTitle, Sign } from './outcomes.tsx'
import { sourcesOf } from './rules.ts'

interface WhyProps {
  /** The outcome first, then what it was worked out from. */
  why: readonly Explained[]
}

export function Why({ why }: WhyProps) {
  const [outcome] = why
  if (!outcome) return null
  const byName = new Map(why.map((one) => [one.name, one]))
  return (
    <div className="why-tree">
      <Node one={outcome} byName={byName} path={[]} />
    </div>
  )
}

interface NodeProps {
  one: Explained
  byName: ReadonlyMap<string, Explained>
  path: readonly string[]
}

function Node({ one, byName, path }: NodeProps) {
  const { t, of } = useWords()
  const { reads } = one
  const below = reads
    .map((name) => byName.get(name))
    .filter((read): read is Explained => read !== undefined && !path.includes(read.name))
  const leaves = below.filter(({ kind }) => kind !== 'formula' && kind !== 'table')
  const steps = below.filter(({ kind }) => kind === 'formula' || kind === 'table')
  return (
    <div className="stack">
      <p>
        <strong>{t(outcomeTitle(one.name), outcomeTitle(one.name))}</strong>
        {t('：', ': ')}
        {one.truth === 'unknown' ? t('还不清楚', 'not clear yet') : of(one.value)}
      </p>
      {one.kind === 'table' && <Rows one={one} />}
      {one.kind === 'formula' && (
        <ul className="conditions">
          <Condition part={one.because} />
        </ul>
      )}
      <Sources cites={one.cite} />
      {leaves.length > 0 && <Leaves leaves={leaves} />}
      {steps.map((step) => (
        <details key={step.name} className="why-step">
          <summary>
            {t(
              `${outcomeTitle(step.name)}是怎么来的：`,
              `How ${outcomeTitle(step.name)} came about: `,
            )}
            {of(step.value)}
          </summary>
          <Node one={step} byName={byName} path={[...path, one.name]} />
        </details>
      ))}
    </div>
  )
}

/** Under these hit policies one row decides: the first that applies. */
const single = (hit: string) => ['U', 'A', 'F', 'P'].includes(hit)

/** More rows than these are folded away. */
const FEW_ROWS = 2

function Rows({ one }: { one: Extract<Explained, { kind: 'table' }> }) {
  const { t } = useWords()
  const applying = one.rows.filter(({ truth }) => truth === 'true')
  const open = one.rows.filter(({ truth }) => truth === 'unknown' || truth === 'judgement')
  const deciding = open.length > 0 ? [] : single(one.hit) ? applying.slice(0, 1) : applying
  const failing = nearMisses(one.rows)
  const short = ({ failed, conditions }: ExplainedRow) => failed === 1 && conditions > 1
  const near = failing.filter(short)
  const rest = failing.filter((row) => !short(row))
  return (
    <>
      {deciding.map((row) => (
        <Row key={row.id} row={row} title={t('由这一行决定：', 'Decided by the row: ')} />
      ))}
      {deciding.length === 0 && open.length === 0 && (
        <p>{t('没有一行适用，按“其余”办。', 'No row applies: it is what is left for the rest.')}</p>
      )}
      {open.length > 0 && (
        <details className="why-step" open={open.length <= FEW_ROWS}>
          <summary>
            {t(`可能适用的 ${open.length} 行`, `${open.length} rows that may apply`)}
          </summary>
          <div className="stack">
            {open.map((row) => (
              <Row key={row.id} row={row} title="" />
            ))}
          </div>
        </details>
      )}
      <Failing
        rows={near}
        title={t(`差一项的 ${near.length} 行`, `${near.length} rows one condition short`)}
      />
      <Failing
        rows={rest}
        title={t(`不适用的 ${rest.length} 行`, `${rest.length} rows that do not apply`)}
      />
    </>
  )
}

function Failing({ rows, title }: { rows: readonly ExplainedRow[]; title: string }) {
  if (rows.length === 0) return null
  return (
    <details className="why-step">
      <summary>{title}</summary>
      <div className="stack">
        {rows.map((row) => (
          <Row key={row.id} row={row} title="" failing />
        ))}
      </div>
    </details>
  )
}

interface RowProps {
  row: ExplainedRow
  title: string
  /** Only the condition that fails. */
  failing?: boolean
}

function Row({ row, title, failing }: RowProps) {
  const { t, of } = useWords()
  const cells = failing ? row.cells.filter(({ truth }) => truth === 'false') : row.cells
  const gives = row.gives.map(of).join(t('；', '; '))
  return (
    <div className="why-row">
      <p>
        {title}
        <strong>{t(row.id, row.id)}</strong>
        <span className="muted"> → {gives}</span>
      </p>
      <ul className="conditions">
        {cells.length === 0 && (
          <li>{t('没有条件，总是适用', 'no condition: it always applies')}</li>
        )}
        {cells.map((cell) => (
          <Condition key={cell.says.zh} part={cell} />
        ))}
      </ul>
    </div>
  )
}

function Condition({ part }: { part: Part }) {
  const { t, of } = useWords()
  return (
    <li>
      <Sign truth={part.truth} /> {of(part.says)}
      {part.found && part.truth !== 'unknown' && (
        <span className="muted">
          {t('（实为 ', ' (found: ')}
          {of(part.found)}
          {t('）', ')')}
        </span>
      )}
      {part.parts.length > 0 && (
        <ul className="conditions">
          {part.parts.map((one) => (
            <Condition key={one.says.zh} part={one} />
          ))}
        </ul>
      )}
    </li>
  )
}

const kinds = {
  fact: ['事实', 'fact'],
  judgement: ['判断', 'judgement'],
  parameter: ['数值', 'number of the rule'],
} as const

function Leaves({ leaves }: { leaves: readonly Explained[] }) {
  const { t, of } = useWords()
  return (
    <details className="why-step">
      <summary>
        {t(`用到的事实和数值（${leaves.length} 项）`, `Facts and figures used (${leaves.length})`)}
      </summary>
      <ul className="why-leaves">
        {leaves.map((one) => {
          const [zh, en] = kinds[one.kind as keyof typeof kinds]
          return (
            <li key={one.name}>
              <span className="muted small">{t(zh, en)}</span> {t(one.name, one.name)}
              {t('：', ': ')}
              <strong>{of(one.value)}</strong>
              <Sources cites={one.cite} />
            </li>
          )
        })}
      </ul>
    </details>
  )
}

/** Where a rule comes from, and how sure each source is. */
export function Sources({ cites }: { cites: readonly Citation[] }) {
  const { t } = useWords()
  const sources = sourcesOf(cites)
  if (sources.length === 0) return null
  return (
    <ul className="sources small">
      {sources.map(({ source, certainty }) => (
        <li key={source}>
          <CertaintyTag certainty={certainty} />{' '}
          {certainty === 'example' && source === '示例值（非官方）'
            ? t('本系统自定', 'our own')
            : t(source, source)}
        </li>
      ))}
    </ul>
  )
}
