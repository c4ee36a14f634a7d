// The quote beside the form: what it costs at most, who pays, when and where it starts, and why.

import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Card, Facts, Figure, Note } from '../components/card.tsx'
import { Loading, ProblemNote } from '../components/states.tsx'
import { Amount, Time } from '../components/value.tsx'
import { decimal } from '../text/format.ts'
import { useWords } from '../text/text.ts'
import type { Change, Option, Quote } from './compute.ts'
import { OptionTable, Reasons } from './option-table.tsx'
import { SimulatedTag } from './tags.tsx'
import { WhatIf } from './what-if.tsx'
import { ratioInWords } from './words.ts'

interface QuoteCardProps {
  /** Nothing yet while what is asked for is incomplete. */
  quote: Quote | undefined
  error: Error | null
  /** The form changed and a new quote is on its way. */
  asking: boolean
  /** What has to be filled in first; null when nothing is missing. */
  lacks: string | null
  taken: Option | null
  onTake: (option: Option) => void
  /** A suggestion is taken: the form changes, and the quote with it. */
  onChange: (change: Change) => void
  again: () => void
}

export function QuoteCard(props: QuoteCardProps) {
  const { quote, error, asking, lacks, taken, onTake, onChange, again } = props
  const { t } = useWords()
  return (
    <Card title={t('报价', 'Quote')} aside={<Following asking={asking} quote={quote} />}>
      {error && lacks === null && <ProblemNote problem={asProblem(error)} retry={again} />}
      {!error && !quote && lacks === null && <Loading what={t('报价', 'the quote')} />}
      {lacks !== null && (
        <p className="muted">
          {t(`还差：${lacks}。`, `Still missing: ${lacks}. `)}
          {t(
            '填好后，这里随即给出价格、券付多少、最迟何时开始、放在哪里和理由。',
            'Then price, what a voucher pays, start, place and reasons follow here.',
          )}
        </p>
      )}
      {!error && lacks === null && quote && (
        <div className={asking ? 'stack stack-loose quote-asking' : 'stack stack-loose'}>
          {taken ? <TakenOption option={taken} quote={quote} /> : <NothingFits quote={quote} />}
          {!asking && <WhatIf spec={quote.spec} taken={taken} onChange={onChange} />}
          {quote.options.length > 0 && (
            <OptionTable
              caption={t('各方案对比与理由', 'The options compared, with reasons')}
              options={quote.options}
              taken={taken?.key ?? null}
              choose={(option) => <TakeButton option={option} taken={taken} onTake={onTake} />}
            />
          )}
        </div>
      )}
    </Card>
  )
}

function Following({ asking, quote }: { asking: boolean; quote: Quote | undefined }) {
  const { t } = useWords()
  return (
    <span className="muted small" role="status">
      {asking && t('正在重新报价……', 'Working out…')}
      {!asking && quote && (
        <>
          {t('有效至 ', 'good until ')}
          <Time at={quote.validUntil} near />
        </>
      )}
    </span>
  )
}

function TakenOption({ option, quote }: { option: Option; quote: Quote }) {
  const { t } = useWords()
  return (
    <>
      <div className="figures">
        <Figure
          label={t('至多', 'At most')}
          value={`¥${decimal(option.most, 2)}`}
          note={
            option.expected
              ? t(
                  `按预计用时约 ¥${decimal(option.expected, 2)}；没有用到的不收费。`,
                  `About ¥${decimal(option.expected, 2)} as expected; unused time is not paid.`,
                )
              : t('没有用到的不收费。', 'Unused time is not paid.')
          }
        />
        <Figure
          label={t('最迟开始', 'Starts by')}
          value={option.startsBy && <StartTime at={option.startsBy} />}
          note={t('容量留出后只会提前，不会推迟。', 'Once held, it can only become earlier.')}
        />
      </div>
      <OptionFacts option={option} quote={quote} />
    </>
  )
}

function OptionFacts({ option, quote }: { option: Option; quote: Quote }) {
  const { t, of } = useWords()
  const { cover } = option
  return (
    <Facts
      rows={[
        [
          t('放在哪里', 'Where'),
          <span key="where" className="row">
            {of(option.site)} {of(option.cluster)}，{of(option.flavor)}
            <SimulatedTag simulated={option.simulated} />
          </span>,
        ],
        [t('理由', 'Why'), <Reasons key="why" reasons={option.reasons} />],
        [
          t('单价', 'Price'),
          <Amount
            key="price"
            amount={option.price}
            sign="¥"
            decimals={2}
            unit={t('/ 卡时', 'per card-hour')}
          />,
        ],
        [
          t('券付', 'Voucher'),
          cover ? (
            <span key="cover">
              <Amount amount={cover.amount} sign="¥" decimals={2} />
              {t('（', ' (')}
              {of(cover.name)} {ratioInWords(cover.ratio)}
              {t('）', ')')}
            </span>
          ) : option.coverRefused ? (
            <Reasons key="cover" reasons={[option.coverRefused]} />
          ) : (
            t('未用券', 'none')
          ),
        ],
        [t('自付', 'Own money'), <Amount key="cash" amount={option.cash} sign="¥" decimals={2} />],
        [
          t('可用余额', 'Available'),
          <Amount key="available" amount={quote.available} sign="¥" decimals={2} />,
        ],
      ]}
    />
  )
}

function StartTime({ at }: { at: string }) {
  return (
    <span className="figure-time">
      <Time at={at} near />
    </span>
  )
}

function NothingFits({ quote }: { quote: Quote }) {
  const { t } = useWords()
  return (
    <Note tone="wait" live title={t('没有可行的方案', 'Nothing fits')}>
      {quote.refused.length > 0 && (
        <p>
          <Reasons reasons={quote.refused} />
          {t('。', '.')}
        </p>
      )}
      <p>
        {t(
          '可减少卡数或时间上限，放宽截止时间、芯片或集群，报价随即更新。',
          'Ask for fewer cards or less time, or accept a later end, other chips or clusters.',
        )}
      </p>
    </Note>
  )
}

interface TakeButtonProps {
  option: Option
  taken: Option | null
  onTake: (option: Option) => void
}

/** What cannot run, and what is taken already, is not offered. */
function TakeButton({ option, taken, onTake }: TakeButtonProps) {
  const { t } = useWords()
  if (option.key === taken?.key || option.startsBy === null) return null
  return (
    <Button
      small
      aria-label={t(
        `改选${option.site.zh} ${option.cluster.zh} ${option.flavor.zh}`,
        `Choose ${option.site.en} ${option.cluster.en} ${option.flavor.en}`,
      )}
      onClick={() => onTake(option)}
    >
      {t('改选', 'Choose')}
    </Button>
  )
}
