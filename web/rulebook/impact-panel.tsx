// What a draft does to all the made-up companies: budget, who gains, who loses, where.
// biome-ignore-all lint/a11y/useSemanticElements: buttons that press are no fields of a form
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { GroupImpact, Impact } from '#engines/rules/impact.ts'
import { Figure } from '../components/card.tsx'
import { count } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import { amountIn, percentOf, signed } from './impact-words.ts'

interface Props {
  impact: Impact
  /** The time of counting. */
  ms?: number
  /** Told by the thread: of which edit, and when its key was struck. */
  live?: { number: number; struckAt: number }
  /** What the amount is called. */
  amount: string | null
  /** The figures are of an earlier state. */
  stale?: boolean
  children?: ReactNode
}

export function ImpactPanel({ impact, ms, live, amount, stale, children }: Props) {
  const { t } = useWords()
  const panel = useRef<HTMLElement>(null)
  usePaintedTime(panel, live)
  const { size, changed, gain, lose, budget, entitled, open } = impact
  const shown = budget && amountIn(budget.after - budget.before, budget.unit)
  return (
    <section
      ref={panel}
      className={stale ? 'card impact impact-stale' : 'card impact'}
      aria-labelledby="impact-title"
    >
      <div className="card-head">
        <h2 id="impact-title">{t('影响', 'Impact')}</h2>
        <span className="muted small">
          {t(`${count(size)} 家企业`, `${count(size)} companies`)}
          {ms !== undefined && ` · ${Math.round(ms)} ms`}
        </span>
      </div>
      {stale && (
        <p className="field-error" role="status">
          {t('规则读不懂，以下是上一次的结果', 'Rules cannot be read: this is of the state before')}
        </p>
      )}
      <div className="figures">
        {budget && shown && (
          <Figure
            label={t(`${amount ?? '金额'}合计`, `Sum of ${amount ?? 'amounts'}`)}
            value={signed(shown.value)}
            unit={t(
              `${shown.unit}（${percentOf(budget)}）`,
              `${shown.unit} (${percentOf(budget)})`,
            )}
          />
        )}
        <Figure
          label={t('受影响', 'Affected')}
          value={count(changed)}
          unit={t(`家，受损 ${count(lose)}`, `companies, ${count(lose)} lose`)}
        />
      </div>
      <dl className="impact-facts">
        <Fact name={t('受益', 'Gain')} value={count(gain)} />
        <Fact name={t('受损', 'Lose')} value={count(lose)} />
        <Fact name={t('新纳入', 'Enter')} value={count(entitled.enter)} />
        <Fact name={t('退出', 'Drop out')} value={count(entitled.leave)} />
        <Fact name={t('可享家数', 'Entitled')} value={change(entitled)} />
        <Fact name={t('尚不能确定', 'Not known')} value={change(open)} />
        {budget && (
          <Fact
            wide
            name={t(`${amount ?? '金额'}合计`, 'Sum')}
            value={`${amountIn(budget.before, budget.unit).value} → ${amountIn(budget.after, budget.unit).value} ${shown?.unit}`}
          />
        )}
      </dl>
      <Groups impact={impact} />
      <p className="muted small">
        {t('虚构人口，测算结果，不构成决定', 'Made-up companies; a computation, not a decision')}
      </p>
      {children}
    </section>
  )
}

const change = ({ before, after }: { before: number; after: number }): string =>
  before === after ? count(after) : `${count(before)} → ${count(after)}`

function Fact({ name, value, wide }: { name: string; value: string; wide?: boolean }) {
  return (
    <div className={wide ? 'impact-wide' : undefined}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

/** Marks when the figures of an edit are painted, and how long that was after its key. */
function usePaintedTime(
  panel: React.RefObject<HTMLElement | null>,
  live: { number: number; struckAt: number } | undefined,
): void {
  const number = live?.number
  const struckAt = live?.struckAt ?? 0
  useEffect(() => {
    if (number === undefined) return
    const frame = requestAnimationFrame(() => {
      // What runs after the frame runs after its painting.
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        const painted = performance.now()
        performance.measure('kapok-impact', { start: struckAt, end: painted })
        panel.current?.setAttribute('data-edit-ms', (painted - struckAt).toFixed(1))
        panel.current?.setAttribute('data-edit', String(number))
        port1.close()
      }
      port2.postMessage(null)
    })
    return () => cancelAnimationFrame(frame)
  }, [number, struckAt, panel])
}

const MOST = 6

function Groups({ impact }: { impact: Impact }) {
  const { t } = useWords()
  const names = Object.keys(impact.by).filter((name) => (impact.by[name]?.length ?? 0) > 0)
  const [chosen, setChosen] = useState(names[0] ?? '')
  const groups = impact.by[chosen] ?? impact.by[names[0] ?? ''] ?? []
  return (
    <div className="stack">
      <div className="impact-choice" role="group" aria-label={t('按什么分', 'Grouped by')}>
        {names.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === chosen}
            onClick={() => setChosen(name)}
          >
            {t(name, groupNames[name] ?? name)}
          </button>
        ))}
      </div>
      <GroupTable name={chosen} groups={groups} unit={impact.budget?.unit ?? null} />
    </div>
  )
}

const groupNames: Record<string, string> = { 市: 'City', 企业规模: 'Size', 行业: 'Sector' }

interface TableProps {
  name: string
  groups: readonly GroupImpact[]
  /** Of the amounts; null: only heads are counted. */
  unit: string | null
}

function GroupTable({ name, groups, unit }: TableProps) {
  const { t } = useWords()
  const [all, setAll] = useState(false)
  const measure = (one: GroupImpact) => (unit === null ? one.gain - one.lose : one.delta)
  const most = Math.max(...groups.map((one) => Math.abs(measure(one))), 1e-9)
  const shown = all ? groups : groups.slice(0, MOST)
  const say = (one: GroupImpact) => {
    if (unit === null) return signed(count(measure(one)))
    const { value, unit: words } = amountIn(one.delta, unit)
    return `${signed(value)} ${words}`
  }
  return (
    <>
      <table className="table impact-table">
        <caption className="visually-hidden">
          {t(`按${name}看影响`, `The impact by ${groupNames[name] ?? name}`)}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t(name, groupNames[name] ?? name)}</th>
            <th scope="col" className="number">
              {t('受益', 'Gain')}
            </th>
            <th scope="col" className="number">
              {t('受损', 'Lose')}
            </th>
            <th scope="col">{t('增减', 'Change')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <tr key={one.name}>
              <th scope="row">{one.name}</th>
              <td className="number">{count(one.gain)}</td>
              <td className="number">{count(one.lose)}</td>
              <td>
                <span className="impact-bar">
                  <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                    <rect
                      className={measure(one) < 0 ? 'impact-less' : 'impact-more'}
                      width={(100 * Math.abs(measure(one))) / most}
                      height="10"
                      rx="1"
                    />
                  </svg>
                  <span className="nowrap">{say(one)}</span>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {groups.length > MOST && (
        <button type="button" className="link-button small" onClick={() => setAll(!all)}>
          {all
            ? t(`只看前 ${MOST} 个`, `Only the first ${MOST}`)
            : t(`其余 ${groups.length - MOST} 个`, `${groups.length - MOST} more`)}
        </button>
      )}
    </>
  )
}
