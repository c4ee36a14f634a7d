// Every address of the portal and the page behind it; each page is fetched only when it is opened.
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { DoorPage } from './doors/door-page.tsx'
import { HomePage } from './home/home-page.tsx'
import type { LawFilter } from './regulation/select.ts'
import { CrashPage, NotFoundPage } from './shell/failures.tsx'
import { Shell } from './shell/shell.tsx'

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Shell,
  notFoundComponent: NotFoundPage,
  errorComponent: CrashPage,
})

/** A text in the query of an address; anything else there is ignored. */
const textIn = (search: Record<string, unknown>, name: string): string | undefined => {
  const value = search[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

const home = createRoute({ getParentRoute: () => root, path: '/', component: HomePage })

const use = createRoute({
  getParentRoute: () => root,
  path: '/use',
  component: () => <DoorPage to="/use" />,
})
const apply = createRoute({
  getParentRoute: () => root,
  path: '/apply',
  component: () => <DoorPage to="/apply" />,
})
const provide = createRoute({
  getParentRoute: () => root,
  path: '/provide',
  component: () => <DoorPage to="/provide" />,
})
const oversight = createRoute({
  getParentRoute: () => root,
  path: '/public',
  component: () => <DoorPage to="/public" />,
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { next?: string; failure?: string } => ({
    next: textIn(search, 'next'),
    failure: textIn(search, 'failure'),
  }),
  component: lazyRouteComponent(() => import('./identity/sign-in-page.tsx'), 'SignInPage'),
})

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/first/$token',
  component: lazyRouteComponent(() => import('./identity/set-up-page.tsx'), 'SetUpPage'),
})

const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  component: lazyRouteComponent(() => import('./identity/register-page.tsx'), 'RegisterPage'),
})

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: lazyRouteComponent(() => import('./identity/account-page.tsx'), 'AccountPage'),
})
const accountData = createRoute({
  getParentRoute: () => root,
  path: '/account/data',
  component: lazyRouteComponent(() => import('./identity/personal-data-page.tsx'), 'DataPage'),
})

const organisation = createRoute({
  getParentRoute: () => root,
  path: '/organisation',
  component: lazyRouteComponent(
    () => import('./identity/organisation-page.tsx'),
    'OrganisationPage',
  ),
})
const members = createRoute({
  getParentRoute: () => root,
  path: '/organisation/members',
  component: lazyRouteComponent(() => import('./identity/members-page.tsx'), 'MembersPage'),
})
const mandates = createRoute({
  getParentRoute: () => root,
  path: '/organisation/mandates',
  component: lazyRouteComponent(() => import('./identity/mandates-page.tsx'), 'MandatesPage'),
})
const keys = createRoute({
  getParentRoute: () => root,
  path: '/organisation/keys',
  component: lazyRouteComponent(() => import('./identity/keys-page.tsx'), 'KeysPage'),
})

const registerOrganisation = createRoute({
  getParentRoute: () => root,
  path: '/organisation/register',
  component: lazyRouteComponent(
    () => import('./identity/register-organisation-page.tsx'),
    'RegisterOrganisationPage',
  ),
})
const join = createRoute({
  getParentRoute: () => root,
  path: '/organisation/join',
  component: lazyRouteComponent(() => import('./identity/join-page.tsx'), 'JoinPage'),
})

const subject = createRoute({
  getParentRoute: () => root,
  path: '/subjects/$id',
  component: lazyRouteComponent(() => import('./identity/subject-page.tsx'), 'SubjectPage'),
})

const statement = createRoute({
  getParentRoute: () => root,
  path: '/statement',
  component: lazyRouteComponent(() => import('./ledger/accounts-page.tsx'), 'AccountsPage'),
})
const accountStatement = createRoute({
  getParentRoute: () => root,
  path: '/statement/$accountId',
  validateSearch: (search): { from?: string; to?: string } => ({
    from: textIn(search, 'from'),
    to: textIn(search, 'to'),
  }),
  component: lazyRouteComponent(() => import('./ledger/statement-page.tsx'), 'StatementPage'),
})
const ledgerEntry = createRoute({
  getParentRoute: () => root,
  path: '/entries/$entryId',
  component: lazyRouteComponent(() => import('./ledger/entry-page.tsx'), 'EntryPage'),
})
const vouchers = createRoute({
  getParentRoute: () => root,
  path: '/vouchers',
  component: lazyRouteComponent(() => import('./ledger/vouchers-page.tsx'), 'VouchersPage'),
})

const law = createRoute({
  getParentRoute: () => root,
  path: '/law',
  validateSearch: (search): LawFilter => ({
    article: textIn(search, 'article'),
    modality: textIn(search, 'modality'),
    served: textIn(search, 'served'),
    authority: textIn(search, 'authority'),
    q: textIn(search, 'q'),
  }),
  component: lazyRouteComponent(() => import('./regulation/law-page.tsx'), 'LawPage'),
})

const parameters = createRoute({
  getParentRoute: () => root,
  path: '/law/parameters',
  validateSearch: (search): { on?: string } => ({ on: textIn(search, 'on') }),
  component: lazyRouteComponent(() => import('./regulation/parameters-page.tsx'), 'ParametersPage'),
})

const verify = createRoute({
  getParentRoute: () => root,
  path: '/verify',
  component: lazyRouteComponent(() => import('./journal/verify-page.tsx'), 'VerifyPage'),
})
const journalEntry = createRoute({
  getParentRoute: () => root,
  path: '/journal/$position',
  component: lazyRouteComponent(() => import('./journal/entry-page.tsx'), 'JournalEntryPage'),
})

const notices = createRoute({
  getParentRoute: () => root,
  path: '/notices',
  component: lazyRouteComponent(() => import('./notices/notices-page.tsx'), 'NoticesPage'),
})

const search = createRoute({
  getParentRoute: () => root,
  path: '/search',
  validateSearch: (query): { q?: string } => ({ q: textIn(query, 'q') }),
  component: lazyRouteComponent(() => import('./search/search-page.tsx'), 'SearchPage'),
})

const developers = createRoute({
  getParentRoute: () => root,
  path: '/developers',
  component: lazyRouteComponent(() => import('./platform/developers-page.tsx'), 'DevelopersPage'),
})
const status = createRoute({
  getParentRoute: () => root,
  path: '/status',
  component: lazyRouteComponent(() => import('./platform/status-page.tsx'), 'StatusPage'),
})

const workbench = createRoute({
  getParentRoute: () => root,
  path: '/workbench',
  component: lazyRouteComponent(() => import('./workbench/workbench.tsx'), 'Workbench'),
})
const toDo = createRoute({
  getParentRoute: () => workbench,
  path: '/',
  component: lazyRouteComponent(() => import('./workbench/tasks-page.tsx'), 'ToDoPage'),
})
const inHand = createRoute({
  getParentRoute: () => workbench,
  path: '/in-hand',
  component: lazyRouteComponent(() => import('./workbench/tasks-page.tsx'), 'InHandPage'),
})
const done = createRoute({
  getParentRoute: () => workbench,
  path: '/done',
  component: lazyRouteComponent(() => import('./workbench/tasks-page.tsx'), 'DonePage'),
})
const office = createRoute({
  getParentRoute: () => workbench,
  path: '/vouchers',
  component: lazyRouteComponent(() => import('./ledger/office-page.tsx'), 'OfficePage'),
})
const systemPage = createRoute({
  getParentRoute: () => workbench,
  path: '/system',
  component: lazyRouteComponent(() => import('./platform/system-page.tsx'), 'SystemPage'),
})
const security = createRoute({
  getParentRoute: () => workbench,
  path: '/security',
  component: lazyRouteComponent(() => import('./identity/security-page.tsx'), 'SecurityPage'),
})
const audit = createRoute({
  getParentRoute: () => workbench,
  path: '/audit',
  validateSearch: (query): { kind?: string; subjectId?: string; personId?: string } => ({
    kind: textIn(query, 'kind'),
    subjectId: textIn(query, 'subjectId'),
    personId: textIn(query, 'personId'),
  }),
  component: lazyRouteComponent(() => import('./journal/audit-page.tsx'), 'AuditPage'),
})

const routeTree = root.addChildren([
  home,
  use,
  apply,
  provide,
  oversight,
  signIn,
  setUp,
  register,
  account,
  accountData,
  organisation,
  members,
  mandates,
  keys,
  registerOrganisation,
  join,
  subject,
  statement,
  accountStatement,
  ledgerEntry,
  vouchers,
  law,
  parameters,
  verify,
  journalEntry,
  notices,
  search,
  developers,
  status,
  workbench.addChildren([toDo, inHand, done, office, systemPage, security, audit]),
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
