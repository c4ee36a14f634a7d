// Every address of the portal and the page behind it; each page is fetched only when it is opened.
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent as page,
  type RouteComponent,
} from '@tanstack/react-router'
import { DoorPage } from './doors/door-page.tsx'
import { HomePage } from './home/home-page.tsx'
import type { LawFilter } from './regulation/select.ts'
import { CrashPage, NotFoundPage } from './shell/failures.tsx'
import { Shell } from './shell/shell.tsx'

type Search = Record<string, unknown>

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Shell,
  notFoundComponent: NotFoundPage,
  errorComponent: CrashPage,
})

/** The texts of these names in the query of an address; anything else there is ignored. */
function texts<Name extends string>(search: Search, names: readonly Name[]) {
  const found = names.map((name) => {
    const value = search[name]
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
    return [name, text] as const
  })
  return Object.fromEntries(found) as { [N in Name]?: string }
}

/** An address with nothing in its query. */
function at<const Path extends string>(path: Path, component: RouteComponent) {
  return createRoute({ getParentRoute: () => root, path, component })
}

/** An address whose query holds some of these names. */
function withQuery<const Path extends string, const Name extends string>(
  path: Path,
  names: readonly Name[],
  component: RouteComponent,
) {
  const validateSearch = (search: Search) => texts(search, names)
  return createRoute({ getParentRoute: () => root, path, validateSearch, component })
}

const workbench = at(
  '/workbench',
  page(() => import('./workbench/workbench.tsx'), 'Workbench'),
)

function inWorkbench<const Path extends string>(path: Path, component: RouteComponent) {
  return createRoute({ getParentRoute: () => workbench, path, component })
}

const law = createRoute({
  getParentRoute: () => root,
  path: '/law',
  validateSearch: (search): LawFilter =>
    texts(search, ['article', 'modality', 'served', 'authority', 'q']),
  component: page(() => import('./regulation/law-page.tsx'), 'LawPage'),
})

const audit = createRoute({
  getParentRoute: () => workbench,
  path: '/audit',
  validateSearch: (search) => texts(search, ['kind', 'subjectId', 'personId']),
  component: page(() => import('./journal/audit-page.tsx'), 'AuditPage'),
})

/** A link may carry a case: ?f.名称=值, as many as there are facts. */
function casesOf(search: Search): Record<string, string | undefined> {
  return texts(
    search,
    Object.keys(search).filter((name) => name.startsWith('f.')),
  )
}

const checker = createRoute({
  getParentRoute: () => root,
  path: '/rules/$set',
  validateSearch: (search): { on?: string } => ({ ...casesOf(search), ...texts(search, ['on']) }),
  component: page(() => import('./rules/checker-page.tsx'), 'CheckerPage'),
})

const benefits = createRoute({
  getParentRoute: () => root,
  path: '/benefits',
  validateSearch: (search) => casesOf(search),
  component: page(() => import('./rules/benefits-page.tsx'), 'BenefitsPage'),
})

const tasks = () => import('./workbench/tasks-page.tsx')

const routeTree = root.addChildren([
  at('/', HomePage),
  at('/use', () => <DoorPage to="/use" />),
  at('/apply', () => <DoorPage to="/apply" />),
  at('/provide', () => <DoorPage to="/provide" />),
  at('/public', () => <DoorPage to="/public" />),
  withQuery(
    '/sign-in',
    ['next'],
    page(() => import('./identity/sign-in-page.tsx'), 'SignInPage'),
  ),
  at(
    '/first/$token',
    page(() => import('./identity/set-up-page.tsx'), 'SetUpPage'),
  ),
  at(
    '/register',
    page(() => import('./identity/register-page.tsx'), 'RegisterPage'),
  ),
  at(
    '/account',
    page(() => import('./identity/account-page.tsx'), 'AccountPage'),
  ),
  at(
    '/account/data',
    page(() => import('./identity/personal-data-page.tsx'), 'DataPage'),
  ),
  at(
    '/organisation',
    page(() => import('./identity/organisation-page.tsx'), 'OrganisationPage'),
  ),
  at(
    '/organisation/members',
    page(() => import('./identity/members-page.tsx'), 'MembersPage'),
  ),
  at(
    '/organisation/mandates',
    page(() => import('./identity/mandates-page.tsx'), 'MandatesPage'),
  ),
  at(
    '/organisation/keys',
    page(() => import('./identity/keys-page.tsx'), 'KeysPage'),
  ),
  at(
    '/organisation/register',
    page(() => import('./identity/register-organisation-page.tsx'), 'RegisterOrganisationPage'),
  ),
  at(
    '/organisation/join',
    page(() => import('./identity/join-page.tsx'), 'JoinPage'),
  ),
  at(
    '/subjects/$id',
    page(() => import('./identity/subject-page.tsx'), 'SubjectPage'),
  ),
  at(
    '/statement',
    page(() => import('./ledger/accounts-page.tsx'), 'AccountsPage'),
  ),
  withQuery(
    '/statement/$accountId',
    ['from', 'to'],
    page(() => import('./ledger/statement-page.tsx'), 'StatementPage'),
  ),
  at(
    '/entries/$entryId',
    page(() => import('./ledger/entry-page.tsx'), 'EntryPage'),
  ),
  at(
    '/vouchers',
    page(() => import('./ledger/vouchers-page.tsx'), 'VouchersPage'),
  ),
  at(
    '/compute',
    page(() => import('./compute/overview-page.tsx'), 'OverviewPage'),
  ),
  withQuery(
    '/compute/submit',
    ['program', 'from'],
    page(() => import('./compute/submit-page.tsx'), 'SubmitPage'),
  ),
  withQuery(
    '/compute/jobs',
    ['state', 'q'],
    page(() => import('./compute/jobs-page.tsx'), 'JobsPage'),
  ),
  withQuery(
    '/compute/queues',
    ['cluster'],
    page(() => import('./compute/queues-page.tsx'), 'QueuesPage'),
  ),
  at(
    '/compute/jobs/$id',
    page(() => import('./compute/job-page.tsx'), 'JobPage'),
  ),
  at(
    '/compute/datasets',
    page(() => import('./compute/datasets-page.tsx'), 'DatasetsPage'),
  ),
  at(
    '/compute/budgets',
    page(() => import('./compute/budgets-page.tsx'), 'BudgetsPage'),
  ),
  at(
    '/compute/invoices',
    page(() => import('./compute/invoices-page.tsx'), 'InvoicesPage'),
  ),
  at(
    '/compute/invoices/$id',
    page(() => import('./compute/invoice-page.tsx'), 'InvoicePage'),
  ),
  at(
    '/compute/clusters/$id',
    page(() => import('./compute/cluster-page.tsx'), 'ClusterPage'),
  ),
  at(
    '/compute/simulator',
    page(() => import('./simulator/simulator-page.tsx'), 'SimulatorPage'),
  ),
  withQuery(
    '/compute/sites/$id',
    ['from', 'hours'],
    page(() => import('./compute/schedule-page.tsx'), 'SchedulePage'),
  ),
  law,
  withQuery(
    '/law/parameters',
    ['on'],
    page(() => import('./regulation/parameters-page.tsx'), 'ParametersPage'),
  ),
  withQuery(
    '/rules',
    ['q'],
    page(() => import('./rules/sets-page.tsx'), 'SetsPage'),
  ),
  checker,
  withQuery(
    '/rules/$set/text',
    ['on', 'symbols'],
    page(() => import('./rules/text-page.tsx'), 'TextPage'),
  ),
  at(
    '/rules/decisions/$id',
    page(() => import('./rules/decision-page.tsx'), 'DecisionPage'),
  ),
  benefits,
  at(
    '/verify',
    page(() => import('./journal/verify-page.tsx'), 'VerifyPage'),
  ),
  at(
    '/journal/facts/$id',
    page(() => import('./journal/fact-page.tsx'), 'FactPage'),
  ),
  at(
    '/journal/$position',
    page(() => import('./journal/entry-page.tsx'), 'JournalEntryPage'),
  ),
  at(
    '/notices',
    page(() => import('./notices/notices-page.tsx'), 'NoticesPage'),
  ),
  withQuery(
    '/search',
    ['q'],
    page(() => import('./search/search-page.tsx'), 'SearchPage'),
  ),
  at(
    '/developers',
    page(() => import('./platform/developers-page.tsx'), 'DevelopersPage'),
  ),
  at(
    '/status',
    page(() => import('./platform/status-page.tsx'), 'StatusPage'),
  ),
  workbench.addChildren([
    inWorkbench('/', page(tasks, 'ToDoPage')),
    inWorkbench('/in-hand', page(tasks, 'InHandPage')),
    inWorkbench('/done', page(tasks, 'DonePage')),
    inWorkbench(
      '/vouchers',
      page(() => import('./ledger/office-page.tsx'), 'OfficePage'),
    ),
    inWorkbench(
      '/rules',
      page(() => import('./rulebook/rules-page.tsx'), 'RulesPage'),
    ),
    inWorkbench(
      '/rules/drafts/$id',
      page(() => import('./rulebook/draft-page.tsx'), 'DraftPage'),
    ),
    inWorkbench(
      '/system',
      page(() => import('./platform/system-page.tsx'), 'SystemPage'),
    ),
    inWorkbench(
      '/security',
      page(() => import('./identity/security-page.tsx'), 'SecurityPage'),
    ),
    audit,
  ]),
])

/** The router over the given cache of answers. */
export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultPreload: 'intent',
    scrollRestoration: true,
    // One plain value per name: /law?article=7 stays readable and can be typed by hand.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const kept = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
      const text = new URLSearchParams(kept as [string, string][]).toString()
      return text ? `?${text}` : ''
    },
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
