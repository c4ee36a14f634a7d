// The numbers of a scheme with their dates, sources and certainty; and what is left of its pool.
import { Link } from '@tanstack/react-router'
import { Facts } from '../components/card.tsx'
import { DataTable } from '../components/table.tsx'
import { Amount } from '../components/value.tsx'
import { type Certainty, CertaintyTag, numberInWords } from '../regulation/certainty.tsx'
import { useWords } from '../text/text.ts'
import type { Scheme } from './vouchers.ts'
import { purposeName } from './words.ts'

const SURE: readonly Certainty[] = ['official', 'secondary', 'memory', 'example']

/** How sure the least sure of a scheme's numbers is. */
export function leastSure(scheme: Scheme): Certainty {
  const worst = Math.max(0, ...scheme.rules.map(({ certainty }) => SURE.indexOf(certainty)))
  return SURE[worst]!
}

export function SchemeRules({ scheme }: { scheme: Scheme }) {
  const words = useWords()
  const { t, of } = words
  return (
    <div className="stack">
      <Facts
        rows={[
          [
            t('可用于', 'Pays for'),
            scheme.purposes.map((purpose) => of(purposeName(purpose))).join(t('、', ', ')),
          ],
          [
            t('依据的规则', 'By the rule set'),
            scheme.set ? (
              <Link key="set" to="/rules/$set" params={{ set: scheme.set }}>
                {t('查看规则并自己算一算', 'See the rule and try it')}
              </Link>
            ) : (
              t('没有', 'none')
            ),
          ],
          [
            t('本年度券池', 'Pool of this year'),
            scheme.pool ? (
              <span key="pool">
                {t('剩余 ', 'left ')}
                <Amount amount={scheme.pool.left} sign="¥" />
                {t('，总额 ', ' of ')}
                <Amount amount={scheme.pool.amount} sign="¥" />
              </span>
            ) : (
              t('尚未设立', 'not open')
            ),
          ],
        ]}
      />
      <DataTable
        caption={t('现行数值与来源', 'Numbers in force, with their sources')}
        rows={scheme.rules}
        rowKey={(rule) => rule.title.zh}
        columns={[
          { title: t('参数', 'Number'), heads: true, cell: (rule) => of(rule.title) },
          {
            title: t('数值', 'Value'),
            number: true,
            cell: (rule) => numberInWords(rule.unit, rule.value, words),
          },
          {
            title: t('来源', 'Source'),
            cell: (rule) => (
              <>
                {rule.certainty !== 'example' && `${rule.source} `}
                <CertaintyTag certainty={rule.certainty} />
                <span className="note-line muted tiny">
                  {rule.from} {t('至', 'to')} {rule.to ?? t('今后', 'now on')}
                  {rule.note && ` · ${rule.note}`}
                </span>
              </>
            ),
          },
        ]}
      />
    </div>
  )
}
