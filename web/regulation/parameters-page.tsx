// The numbers of law that this system uses: value, dates, source and how sure each is.
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ParametersReply } from '#services/regulation/contract.ts'
import { Card } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { PageHead } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { type Column, DataTable } from '../components/table.tsx'
import { useWords } from '../text/text.ts'
import { CertaintyTag, numberInWords } from './certainty.tsx'
import { parametersQuery } from './law.ts'

type Parameter = ParametersReply['documents'][number]['parameters'][number]

const route = getRouteApi('/law/parameters')

export function ParametersPage() {
  const { t, of } = useWords()
  const { on } = route.useSearch()
  const navigate = useNavigate({ from: '/law/parameters' })
  const query = useQuery(parametersQuery(on))
  const columns = useColumns()
  return (
    <>
      <PageHead
        title={t('参数与依据', 'Numbers and their sources')}
        lead={t(
          '本系统用到的每个数字都有起止日期、来源和可信程度；自定的一律标明“示例值（非官方）”。',
          'Every number has dates, a source and a certainty; our own are marked as examples.',
        )}
        crumbs={[
          { to: '/public', title: t('公开与监督', 'Oversight') },
          { to: '/law', title: t('条例落实', 'The regulation') },
        ]}
      />
      <Loaded query={query} what={t('参数', 'numbers')}>
        {(reply) => (
          <div className="column">
            <Card>
              <TextField
                label={t('查看哪一天的数值', 'Values on which day')}
                type="date"
                narrow
                value={reply.on}
                onChange={(event) =>
                  void navigate({
                    search: { on: event.target.value || undefined },
                    replace: true,
                    resetScroll: false,
                  })
                }
              />
            </Card>
            {reply.documents.map((document) => (
              <Card key={document.title.zh} title={of(document.title)}>
                <DataTable
                  caption={t(
                    `${document.title.zh}，${reply.on} 的数值`,
                    `${of(document.title)} on ${reply.on}`,
                  )}
                  quietCaption
                  rows={document.parameters}
                  rowKey={(one) => one.id}
                  columns={columns}
                />
              </Card>
            ))}
          </div>
        )}
      </Loaded>
    </>
  )
}

function useColumns(): Column<Parameter>[] {
  const words = useWords()
  const { t, of } = words
  return [
    { title: t('参数', 'Number'), heads: true, cell: (one) => of(one.title) },
    {
      title: t('数值', 'Value'),
      number: true,
      cell: (one) =>
        one.current
          ? numberInWords(one.unit, one.current.value, words)
          : t('当日无数值', 'none on that day'),
    },
    {
      title: t('起止', 'From, to'),
      cell: ({ current }) =>
        current && (
          <span className="nowrap">
            {current.from} {t('至', 'to')} {current.to ?? t('今后', 'now on')}
          </span>
        ),
    },
    {
      title: t('来源', 'Source'),
      cell: ({ current }) =>
        current && (
          <>
            {current.certainty === 'example' ? t('本系统自定', 'our own') : current.source}
            <span className="muted tiny note-line">{current.note}</span>
          </>
        ),
    },
    {
      title: t('可信程度', 'Certainty'),
      cell: ({ current }) => current && <CertaintyTag certainty={current.certainty} />,
    },
  ]
}
