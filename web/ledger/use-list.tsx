// The uses of vouchers in which one's organisation pays or is paid.
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../api/client.ts'
import { Tag } from '../components/card.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { PagedList, usePages } from '../components/list.tsx'
import { Empty } from '../components/states.tsx'
import { type Column, DataTable } from '../components/table.tsx'
import { Amount, Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import type { Use } from './vouchers.ts'
import { relationNames, useStateNames, useStateTones } from './words.ts'

/** The columns that everybody sees of a use. */
export function useUseColumns(): Column<Use>[] {
  const { t, of } = useWords()
  const party = ({ name }: Use['payer']) => name ?? t('个人', 'a person')
  return [
    { title: t('付款方', 'Payer'), heads: true, cell: (row) => party(row.payer) },
    { title: t('收款方', 'Payee'), cell: (row) => party(row.payee) },
    {
      title: t('用券', 'Voucher'),
      number: true,
      cell: (row) => <Amount amount={row.amount} sign="¥" decimals={2} />,
    },
    {
      title: t('合同额', 'Contract'),
      number: true,
      cell: (row) => <Amount amount={row.contractAmount} sign="¥" decimals={2} />,
    },
    { title: t('发票', 'Invoice'), cell: (row) => row.invoice ?? t('待填', 'to come') },
    {
      title: t('状态', 'State'),
      cell: (row) => (
        <>
          <Tag tone={useStateTones[row.state]}>{of(useStateNames[row.state])}</Tag>
          {row.relation !== 'unrelated' && (
            <span className="note-line small">{of(relationNames[row.relation])}</span>
          )}
        </>
      ),
    },
    { title: t('占用至', 'Held until'), cell: (row) => <Time at={row.expiresAt} /> },
  ]
}

interface UseListProps {
  subjectId: string
  mayRelease: boolean
}

export function UseList({ subjectId, mayRelease }: UseListProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const columns = useUseColumns()
  const pages = usePages<Use>(['vouchers', 'uses', subjectId], '/api/vouchers/uses')
  const release = async (row: Use) => {
    await api.post(`/api/vouchers/uses/${row.id}/release`)
    await client.invalidateQueries({ queryKey: ['vouchers'] })
    await client.invalidateQueries({ queryKey: ['ledger'] })
  }
  const actions: Column<Use> = {
    title: t('操作', 'Actions'),
    actions: true,
    cell: (row) => (
      <span className="row">
        <Link to="/entries/$entryId" params={{ entryId: row.id }}>
          {t('凭证', 'Entry')}
        </Link>
        {mayRelease && row.state === 'held' && row.payer.id === subjectId && (
          <ConfirmButton
            action={t('撤回', 'Take back')}
            title={t('撤回这次用券？', 'Take this use back?')}
            onConfirm={() => release(row)}
          >
            {t('占用的券和资金立即退回，可以再用。', 'What is held comes back at once.')}
          </ConfirmButton>
        )}
      </span>
    ),
  }
  return (
    <PagedList
      pages={pages}
      what={t('用券记录', 'uses')}
      empty={
        <Empty title={t('还没有用券', 'No use yet')}>
          {t('与收款方签订合同后，在“我的券”里用券。', 'With a contract, use a voucher above.')}
        </Empty>
      }
    >
      {(items) => (
        <DataTable
          dense
          caption={t('用券：占用、核销、兑付', 'Uses: held, verified, paid')}
          rows={items}
          rowKey={(row) => row.id}
          columns={[...columns, actions]}
        />
      )}
    </PagedList>
  )
}
