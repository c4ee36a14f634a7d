// The two figures by which such a platform lives or dies; simulated cards never count in them.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Figure } from '../components/card.tsx'
import { Loaded } from '../components/states.tsx'
import { type Figures, figuresQuery } from '../compute/compute.ts'
import { count, duration } from '../text/format.ts'
import { useWords } from '../text/text.ts'

const LOOK_AGAIN_MS = 10_000

export function HeadlineFigures() {
  const { t } = useWords()
  const query = useQuery({ ...figuresQuery, refetchInterval: LOOK_AGAIN_MS })
  return (
    <Loaded query={query} what={t('两项指标', 'the two figures')}>
      {(figures) => (
        <div className="figures figures-even">
          <FirstAccelerator figures={figures} />
          <Dispatchable figures={figures} />
        </div>
      )}
    </Loaded>
  )
}

/** Why there is no figure: no such cards at all, or nobody has used one yet. */
function useWhyNone({ dispatchable }: Figures): string {
  const { t } = useWords()
  return dispatchable.of === 0
    ? t(
        '本系统目前没有真实加速卡，模拟卡不计入。',
        'This system has no real accelerator now; simulated cards do not count.',
      )
    : t('还没有单位用上真实加速卡。', 'No organisation has used a real accelerator yet.')
}

/** A duration as a figure; what is shorter than a second is not shown as none. */
function useSpan(): (seconds: number) => string {
  const { t, language } = useWords()
  return (seconds) => (seconds < 1 ? t('不到 1 秒', 'under 1 s') : duration(seconds, language))
}

function FirstAccelerator({ figures }: { figures: Figures }) {
  const { t } = useWords()
  const span = useSpan()
  const { firstAccelerator: first, simulated } = figures
  const why = useWhyNone(figures)
  return (
    <Figure
      label={t(
        '从首次提交到用上第一张卡（中位数）',
        'First submission to first accelerator (median)',
      )}
      value={first.seconds === null ? null : span(first.seconds)}
      none={t('尚无数据', 'No data yet')}
      note={
        <>
          {first.seconds === null
            ? why
            : t(
                `${count(first.organisations)} 个单位，真实卡。`,
                `${count(first.organisations)} organisations, real cards.`,
              )}
          {simulated.seconds !== null && (
            <span className="note-line tiny">
              {t(
                `模拟卡，不计入：${span(simulated.seconds)}（${count(simulated.organisations)} 个单位）`,
                `Simulated, not counted: ${span(simulated.seconds)} (${count(simulated.organisations)} organisations)`,
              )}
            </span>
          )}
        </>
      }
    />
  )
}

function Dispatchable({ figures }: { figures: Figures }) {
  const { t } = useWords()
  const { dispatchable, simulated } = figures
  const why = useWhyNone(figures)
  const { share } = dispatchable
  return (
    <Figure
      label={t('可即时调度的算力占比', 'Share of capacity that can be dispatched now')}
      value={share === null ? null : (share * 100).toFixed(1)}
      unit="%"
      none={t('尚无数据', 'No data yet')}
      note={
        <>
          {share === null
            ? why
            : t(
                `${count(dispatchable.cards)} / ${count(dispatchable.of)} 卡，真实卡。`,
                `${count(dispatchable.cards)} of ${count(dispatchable.of)} real cards.`,
              )}{' '}
          <Link to="/law" search={{ article: '7' }} className="why">
            {t('条例第七条', 'Article 7')}
          </Link>
          {simulated.cards > 0 && (
            <span className="note-line tiny">
              {t(
                `模拟卡，不计入：${count(simulated.cards)} 卡`,
                `Simulated, not counted: ${count(simulated.cards)} cards`,
              )}{' '}
              <Link to="/compute">{t('算力一览', 'Capacity')}</Link>
            </span>
          )}
        </>
      }
    />
  )
}
