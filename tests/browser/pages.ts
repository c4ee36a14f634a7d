// Every address of the portal and as whom it is looked at; the accessibility test walks them all.
import type { BrowserContext } from 'playwright-core'
import { firstCluster, firstSite, settledJob } from './jobs.ts'

/** A demo account, or null for a visitor. */
export type Account =
  | 'founder'
  | 'sme'
  | 'operator'
  | 'official'
  | 'auditor'
  | 'system-admin'
  | 'security-admin'
  | 'audit-admin'
  | null

export interface PageToSee {
  /** As the router writes it, with $names for what is filled in. */
  route: string
  as: Account
  /** The address to open; the route itself when it has nothing to fill in. */
  address?: (context: BrowserContext) => Promise<string>
}

/** What the server answers to the person of this context. */
async function ask<T>(context: BrowserContext, path: string): Promise<T> {
  const response = await context.request.get(path)
  if (!response.ok()) throw new Error(`${path}: ${response.status()} ${await response.text()}`)
  return (await response.json()) as T
}

const fixed = (address: string) => async () => address

/** The first account of the organisation acted for. */
async function firstAccount(context: BrowserContext): Promise<string> {
  const { items } = await ask<{ items: { id: string }[] }>(context, '/api/ledger/accounts')
  return items[0]!.id
}

async function firstEntry(context: BrowserContext): Promise<string> {
  const account = await firstAccount(context)
  const path = `/api/ledger/accounts/${account}/statement`
  const { items } = await ask<{ items: { entryId: string }[] }>(context, path)
  return items[0]!.entryId
}

async function newestPosition(context: BrowserContext): Promise<string> {
  const { items } = await ask<{ items: { position: string }[] }>(
    context,
    '/api/admin/journal?limit=1',
  )
  return items[0]!.position
}

/** The decision that a claim of a voucher rests on; claims one where there is none. */
async function decisionOfClaim(context: BrowserContext): Promise<string> {
  const decided = async () => {
    const { items } = await ask<{ items: { id: string }[] }>(context, '/api/rules/decisions')
    return items[0]?.id
  }
  const known = await decided()
  if (known) return known
  const claimed = await context.request.post('/api/vouchers', {
    data: { scheme: 'guangdong.compute', amount: '100' },
    headers: { origin: new URL((await context.request.get('/')).url()).origin },
  })
  if (!claimed.ok()) throw new Error(await claimed.text())
  return (await decided())!
}

const visitor = (...routes: string[]): PageToSee[] => routes.map((route) => ({ route, as: null }))
const as = (account: Account, ...routes: string[]): PageToSee[] =>
  routes.map((route) => ({ route, as: account }))

/** A new draft of the rules of the compute voucher. */
async function openDraft(context: BrowserContext): Promise<string> {
  const drafted = await context.request.post('/api/rules/compute-voucher/drafts', { data: {} })
  if (!drafted.ok()) throw new Error(`draft: ${drafted.status()} ${await drafted.text()}`)
  return ((await drafted.json()) as { id: string }).id
}

async function ownSubject(context: BrowserContext): Promise<string> {
  const { subject } = await ask<{ subject: { id: string } }>(context, '/api/session')
  return subject.id
}

export const PAGES: readonly PageToSee[] = [
  ...visitor('/', '/use', '/apply', '/provide', '/public', '/sign-in', '/register', '/law'),
  ...visitor('/law/parameters', '/verify', '/developers', '/status', '/compute'),
  ...visitor('/compute/submit', '/compute/simulator', '/rules', '/benefits'),
  { route: '/rules/$set', as: null, address: fixed('/rules/data-export?f.含个人信息=否') },
  { route: '/rules/$set/text', as: null, address: fixed('/rules/opc-entry/text') },
  { route: '/search', as: null, address: fixed('/search?q=算力') },
  { route: '/first/$token', as: null, address: fixed('/first/no-such-link-anywhere') },
  { route: 'none', as: null, address: fixed('/no/such/page') },
  ...as('founder', '/', '/organisation', '/organisation/members', '/organisation/mandates'),
  ...as('founder', '/organisation/keys', '/organisation/register', '/organisation/join'),
  ...as('founder', '/account', '/account/data', '/notices', '/statement', '/vouchers'),
  ...as('founder', '/compute/submit', '/compute/jobs', '/compute/datasets'),
  ...as('founder', '/compute/budgets', '/compute/invoices'),
  {
    route: '/compute/jobs/$id',
    as: 'founder',
    address: async (context) => `/compute/jobs/${(await settledJob(context)).id}`,
  },
  {
    route: '/compute/invoices/$id',
    as: 'founder',
    address: async (context) => `/compute/invoices/${(await settledJob(context)).invoice!.id}`,
  },
  {
    route: '/journal/facts/$id',
    as: 'founder',
    address: async (context) =>
      `/journal/facts/${(await settledJob(context)).steps.at(-1)!.journalId}`,
  },
  ...as('founder', '/benefits'),
  {
    route: '/rules/decisions/$id',
    as: 'founder',
    address: async (context) => `/rules/decisions/${await decisionOfClaim(context)}`,
  },
  ...as('operator', '/compute/queues'),
  {
    route: '/compute/clusters/$id',
    as: 'operator',
    address: async (context) => `/compute/clusters/${await firstCluster(context)}`,
  },
  {
    route: '/compute/sites/$id',
    as: 'founder',
    address: async (context) => `/compute/sites/${await firstSite(context)}?hours=1`,
  },
  {
    route: '/subjects/$id',
    as: 'founder',
    address: async (context) => `/subjects/${await ownSubject(context)}`,
  },
  {
    route: '/statement/$accountId',
    as: 'founder',
    address: async (context) => `/statement/${await firstAccount(context)}`,
  },
  {
    route: '/entries/$entryId',
    as: 'founder',
    address: async (context) => `/entries/${await firstEntry(context)}`,
  },
  ...as('official', '/workbench', '/workbench/in-hand', '/workbench/done', '/workbench/vouchers'),
  ...as('official', '/workbench/rules'),
  {
    route: '/workbench/rules/drafts/$id',
    as: 'official',
    address: async (context) => `/workbench/rules/drafts/${await openDraft(context)}`,
  },
  ...as('auditor', '/workbench/audit'),
  {
    route: '/journal/$position',
    as: 'auditor',
    address: async (context) => `/journal/${await newestPosition(context)}`,
  },
  ...as('system-admin', '/workbench/system'),
  ...as('security-admin', '/workbench/security'),
]
