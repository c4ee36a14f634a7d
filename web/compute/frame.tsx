// The head of the pages of compute: title, tabs, and for one's own pages the sign-in.
import type { ReactNode } from 'react'
import { PageHead } from '../components/page.tsx'
import { Tabs } from '../components/tabs.tsx'
import { useWords } from '../text/text.ts'

interface FrameProps {
  title: string
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

export function ComputeFrame({ title, lead, actions, children }: FrameProps) {
  const { t } = useWords()
  return (
    <>
      <PageHead
        title={title}
        lead={lead}
        actions={actions}
        crumbs={[{ to: '/use', title: t('我要用', 'Use') }]}
      />
      <Tabs
        label={t('算力', 'Compute')}
        tabs={[
          { to: '/compute', title: t('算力一览', 'Capacity') },
          { to: '/compute/submit', title: t('提交任务', 'Submit') },
          { to: '/compute/jobs', title: t('我的任务', 'My jobs') },
          { to: '/compute/queues', title: t('队列与配额', 'Queues') },
          { to: '/compute/datasets', title: t('数据与程序', 'Data and programs') },
          { to: '/compute/budgets', title: t('预算', 'Budgets') },
          { to: '/compute/invoices', title: t('票据', 'Invoices') },
          { to: '/compute/simulator', title: t('模拟', 'Simulator') },
        ]}
      />
      {children}
    </>
  )
}
