// The office of vouchers: pools of the year, uses to judge, verify, pay out or claw back.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../components/button.tsx'
import { Card, Tag } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { SelectField } from '../components/field.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { PageHead } from '../components/page.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { type Column, DataTable } from '../components/table.tsx'
import { Amount } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { type Act, OfficeForm, PoolForm, type PoolOpening } from './office-forms.tsx'
import { useUseColumns } from './use-list.tsx'
import { schemesQuery, type Use } from './vouchers.ts'
import { useStateNames } from './words.ts'

export function OfficePage() {
  const { t } = useWords()
  return (
    <>
      <PageHead
        title={t('算力券管理', 'Vouchers of my office')}
        lead={t(
          '设立年度券池，核对发票后核销、兑付。每一步都写明依据代码，记入日志。',
          'Open pools; verify and pay uses. Every step names its basis and stands in the journal.',
        )}
      />
      <div className="column">
        <Card title={t('年度券池', 'Pools of this year')}>
          <Pools />
        </Card>
        <Card title={t('用券', 'Uses')}>
          <OfficeUses />
        </Card>
      </div>
    </>
  )
}

function Pools() {
  const { t, of } = useWords()
  const query = useQuery(schemesQuery)
  const [opening, setOpening] = useState<PoolOpening | null>(null)
  return (
    <>
      <Loaded query={query} what={t('券池', 'pools')}>
        {({ year, items }) => (
          <DataTable
            caption={t(
              `${year} 年各券池；只能设立本部门管辖区域的`,
              `Pools of ${year}; only of your area`,
            )}
            rows={items}
            rowKey={(row) => row.id}
            columns={[
              { title: t('券种', 'Scheme'), heads: true, cell: (row) => of(row.name) },
              {
                title: t('总额', 'Pool'),
                number: true,
                cell: (row) =>
                  row.pool ? <Amount amount={row.pool.amount} sign="¥" decimals={2} /> : '—',
              },
              {
                title: t('剩余', 'Left'),
                number: true,
                cell: (row) =>
                  row.pool ? <Amount amount={row.pool.left} sign="¥" decimals={2} /> : '—',
              },
              {
                title: t('操作', 'Actions'),
                actions: true,
                cell: (row) =>
                  row.pool ? (
                    <Tag tone="good">{t('已设立', 'open')}</Tag>
                  ) : (
                    <Button small onClick={() => setOpening({ scheme: row, year })}>
                      {t('设立', 'Open')}
                      <span className="visually-hidden"> {of(row.name)}</span>
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {opening && (
        <Dialog title={of(opening.scheme.name)} onClose={() => setOpening(null)}>
          <PoolForm opening={opening} onClose={() => setOpening(null)} />
        </Dialog>
      )}
    </>
  )
}

/** What can be done with a use in its state. */
function actsFor(use: Use): Act[] {
  if (use.state === 'held') {
    return use.relation === 'undecided' ? ['judgement', 'verification'] : ['verification']
  }
  if (use.state === 'verified') return ['payment', 'clawback']
  return use.state === 'paid' ? ['clawback'] : []
}

function OfficeUses() {
  const { t, of } = useWords()
  const [state, setState] = useState('')
  const [doing, setDoing] = useState<{ act: Act; use: Use } | null>(null)
  const columns = useUseColumns()
  const pages = usePages<Use>(['vouchers', 'office'], '/api/vouchers/office/uses', { state })
  const names: Record<Act, string> = {
    judgement: t('判断关联', 'Judge'),
    verification: t('核销', 'Verify'),
    payment: t('兑付', 'Pay'),
    clawback: t('追回', 'Claw back'),
  }
  const actions: Column<Use> = {
    title: t('操作', 'Actions'),
    actions: true,
    cell: (row) => (
      <span className="row">
        {actsFor(row).map((act) => (
          <Button key={act} small onClick={() => setDoing({ act, use: row })}>
            {names[act]}
          </Button>
        ))}
      </span>
    ),
  }
  return (
    <div className="stack stack-loose">
      <div className="filters">
        <SelectField
          label={t('状态', 'State')}
          value={state}
          onChange={(event) => setState(event.target.value)}
        >
          <option value="">{t('全部', 'All')}</option>
          {Object.entries(useStateNames).map(([value, name]) => (
            <option key={value} value={value}>
              {of(name)}
            </option>
          ))}
        </SelectField>
      </div>
      <PagedList
        pages={pages}
        what={t('用券', 'uses')}
        empty={
          <Empty title={t('没有用券', 'No uses')}>
            {t('单位用券后列在这里，等待核销。', 'Uses appear here and wait to be verified.')}
          </Empty>
        }
      >
        {(items) => (
          <DataTable
            dense
            caption={t('本部门负责的用券', 'Uses that my office handles')}
            rows={items}
            rowKey={(row) => row.id}
            columns={[...columns, actions]}
          />
        )}
      </PagedList>
      {doing && (
        <Dialog title={names[doing.act]} onClose={() => setDoing(null)}>
          <OfficeForm act={doing.act} use={doing.use} onClose={() => setDoing(null)} />
        </Dialog>
      )}
    </div>
  )
}
