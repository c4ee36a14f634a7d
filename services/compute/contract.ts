// What compute takes and gives; shared with the portal and OpenAPI. Money is a decimal string in yuan.
import { z } from 'zod'

const id = z.uuid()
const instant = z.iso.datetime()
const amount = z.string().regex(/^-?\d+(\.\d+)?$/)
const amountInput = z.string().max(40)
const text = z.strictObject({ zh: z.string(), en: z.string() })
const name = z.string().min(1).max(80)

export const byId = z.strictObject({ id })

/** Of a workload, in the order of its life. */
export const states = [
  'held',
  'queued',
  'placed',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'preempted',
  'settled',
] as const

export const stateNames = {
  held: { zh: '已占用', en: 'held' },
  queued: { zh: '排队中', en: 'queued' },
  placed: { zh: '已安排', en: 'placed' },
  running: { zh: '运行中', en: 'running' },
  succeeded: { zh: '已完成', en: 'succeeded' },
  failed: { zh: '已失败', en: 'failed' },
  cancelled: { zh: '已取消', en: 'cancelled' },
  preempted: { zh: '已让出', en: 'preempted' },
  settled: { zh: '已结算', en: 'settled' },
} as const

/** What a job is for; some vouchers pay for training only. */
export const purposes = ['training', 'evaluation', 'inference', 'other'] as const

/** A reason as data: the portal turns the code and its parameters into a sentence. */
export const reason = z.strictObject({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
})

// Sites, clusters, flavors, nodes

export const siteKinds = {
  'supercomputing-centre': { zh: '超算中心', en: 'supercomputing centre' },
  'edge-node': { zh: '城市边缘智算节点', en: 'city edge node' },
  'industry-cluster': { zh: '行业智算集聚区', en: 'industry compute area' },
  hyperscale: { zh: '超大规模智算集群', en: 'hyperscale cluster' },
} as const

const price = z.strictObject({ amount, from: instant })

export const flavor = z.strictObject({
  id,
  name: text,
  chipClass: z.string(),
  /** Whether it is an accelerator; a CPU slot is not one. */
  accelerator: z.boolean(),
  memoryMib: z.int(),
  precision: z.string().nullable(),
  interconnect: z.string().nullable(),
  shareable: z.boolean(),
  wattsIdle: z.int().nullable(),
  wattsBusy: z.int().nullable(),
  cpuMilliPerCard: z.int(),
  memoryMibPerCard: z.int(),
  /** Yuan per card-hour now, and what is announced. */
  price: amount,
  announced: z.array(price),
  cards: z.number(),
  freeCards: z.number(),
})

export const cluster = z.strictObject({
  id,
  name: text,
  /** 算力标识: owner, node and resource. */
  identifier: z.string(),
  state: z.enum(['active', 'draining', 'closed']),
  /** 模拟卡: slots without hardware; they count in no headline figure. */
  simulated: z.boolean(),
  flavors: z.array(flavor),
})

export const site = z.strictObject({
  id,
  name: text,
  kind: z.enum(Object.keys(siteKinds) as [keyof typeof siteKinds]),
  area: z.string(),
  operator: z.strictObject({ id, name: z.string() }),
  clusters: z.array(cluster),
})
export const siteList = z.strictObject({ items: z.array(site) })

export const node = z.strictObject({
  id,
  name: z.string(),
  flavorId: id,
  state: z.enum(['ready', 'draining', 'down']),
  cards: z.int(),
  /** Of each card, how much is in use now, in thousandths. */
  usedMilli: z.array(z.int()),
  /** Whether this reader may know whose they are is decided by the server: null hides it. */
  workloads: z.array(
    z.strictObject({ id, number: z.string(), name: z.string(), milli: z.int() }).nullable(),
  ),
  version: z.int(),
})
const hour = z.strictObject({ from: instant, share: z.number() })
export const clusterView = z.strictObject({
  site,
  cluster,
  nodes: z.array(node),
  /** Share of card time in use in each of the last 24 hours. */
  utilisation: z.array(hour),
  isolation: z.strictObject({ level: z.enum(['full', 'none']), missing: z.array(z.string()) }),
  /** What this reader may do here. */
  mayOperate: z.boolean(),
  quotas: z.array(
    z.strictObject({ subjectId: id, name: z.string(), cards: z.number(), usedCards: z.number() }),
  ),
})
export const setPrice = z.strictObject({ flavorId: id, amount: amountInput, from: instant })
export const setQuota = z.strictObject({ cards: z.number().min(0).max(100_000) })
export const quotaOf = z.strictObject({ id, subjectId: id })
export const nodeAct = z.strictObject({
  /** A code that names the ground, such as 'maintenance'. */
  basis: z.string().regex(/^[a-z][a-z0-9.-]{0,63}$/),
})

// What an operator brings

const names = z.strictObject({ zh: name, en: name })
export const addSite = z.strictObject({
  name: names,
  kind: z.enum(Object.keys(siteKinds) as [keyof typeof siteKinds]),
  area: z.string().regex(/^44\d{4}$/),
})
export const addCluster = z.strictObject({
  name: names,
  identifier: z.string().regex(/^[A-Z0-9][A-Z0-9-]{2,39}$/),
  simulated: z.boolean(),
  /** What an organisation may use of it unless its quota says otherwise: 0 to 1. */
  defaultQuota: z.number().min(0).max(1),
})
export const addFlavor = z.strictObject({
  name: names,
  chipClass: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  accelerator: z.boolean(),
  memoryMib: z.int().min(1).max(16_777_216),
  precision: z.string().max(40).nullable(),
  interconnect: z.string().max(40).nullable(),
  shareable: z.boolean(),
  wattsIdle: z.int().min(0).max(100_000).nullable(),
  wattsBusy: z.int().min(0).max(100_000).nullable(),
  cpuMilliPerCard: z.int().min(100).max(1_000_000),
  memoryMibPerCard: z.int().min(64).max(16_777_216),
  price: amountInput,
})
export const addNode = z.strictObject({
  flavorId: id,
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  cards: z.int().min(1).max(64),
  /** Real cards by the index that the driver gives; null: simulated, or processor slots. */
  cardIndices: z.array(z.int().min(0).max(63)).min(1).max(64).nullable(),
})
export const drained = z.strictObject({ asked: z.int(), moved: z.int() })

// Programs and data sets

export const program = z.strictObject({
  id: z.string(),
  name: text,
  summary: text,
  command: z.array(z.string()),
  resources: z.strictObject({
    milli: z.int(),
    cpuMilli: z.int(),
    memoryMib: z.int(),
    expectedSeconds: z.int(),
    limitSeconds: z.int(),
  }),
  inputs: z.array(z.strictObject({ name: z.string(), about: text, required: z.boolean() })),
  purpose: z.enum(purposes),
  source: z.strictObject({ title: z.string(), licence: z.string() }).nullable(),
})
export const programList = z.strictObject({ items: z.array(program) })

export const dataset = z.strictObject({
  id,
  name,
  kind: z.enum(['program', 'data']),
  fileId: id,
  bytes: z.int(),
  entries: z.int(),
  sha256: z.string(),
  createdAt: instant,
  /** How many jobs read it. */
  uses: z.int(),
})
export const datasetList = z.strictObject({ items: z.array(dataset), next: z.string().nullable() })
export const addDataset = z.strictObject({ name, kind: z.enum(['program', 'data']), fileId: id })

// What is asked for

const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
export const spec = z.strictObject({
  name,
  purpose: z.enum(purposes),
  /** A bundled program, or one's own (a data set of kind program). */
  program: z.union([z.strictObject({ bundled: slug }), z.strictObject({ dataset: id })]),
  command: z.array(z.string().max(4_000)).max(64),
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/), z.string().max(4_000)),
  inputs: z
    .array(
      z.strictObject({
        name: slug,
        from: z.union([z.strictObject({ dataset: id }), z.strictObject({ workload: id })]),
      }),
    )
    .max(16),
  gang: z.strictObject({
    count: z.int().min(1).max(4_096),
    /** Thousandths of a card for each task: 470 shares a card, 3000 are three whole ones. */
    milli: z.int().min(10).max(64_000),
  }),
  /** Chip classes that will do; empty: any accelerator. 'cpu' asks for slots of a processor. */
  chipClasses: z.array(slug).max(16),
  /** Clusters that will do; empty: any. */
  clusters: z.array(id).max(64),
  limitSeconds: z.int().min(1).max(2_592_000),
  expectedSeconds: z.int().min(1).max(2_592_000).nullable(),
  deadline: instant.nullable(),
  preemptible: z.boolean(),
  priority: z.enum(['low', 'normal', 'high']),
  budgetId: id.nullable(),
  /** Whether vouchers pay first where they may. */
  vouchers: z.boolean(),
})

const cover = z.strictObject({
  voucherId: id,
  name: text,
  /** Of the whole, in basis points. */
  ratio: z.int(),
  amount,
})

/** One way to run it. What could not be chosen says why. */
export const option = z.strictObject({
  /** Cluster and flavor; what is passed back to choose it. */
  key: z.string(),
  siteId: id,
  clusterId: id,
  flavorId: id,
  site: text,
  cluster: text,
  flavor: text,
  area: z.string(),
  simulated: z.boolean(),
  /** Yuan per card-hour. */
  price: amount,
  /** Up to the time limit; what is not used is not paid. */
  most: amount,
  /** At the expected run time. */
  expected: amount.nullable(),
  cover: cover.nullable(),
  /** Why no voucher pays here. */
  coverRefused: reason.nullable(),
  cash: amount,
  /** Held until then at the latest; null: it does not fit. */
  startsBy: instant.nullable(),
  endsBy: instant.nullable(),
  nodes: z.array(z.string()),
  chosen: z.boolean(),
  /** Why it was chosen, or why another one was. */
  reasons: z.array(reason),
})

export const quoteRequest = spec
export const quote = z.strictObject({
  id,
  spec,
  options: z.array(option),
  /** Nothing fits: why, and the largest that would. */
  refused: z.array(reason),
  available: amount,
  validUntil: instant,
  createdAt: instant,
})

export const submit = z.strictObject({ quoteId: id, option: z.string().max(120) })
export const accepted = z.strictObject({ id, number: z.string(), state: z.enum(states) })

// Workloads

export const step = z.strictObject({
  nth: z.int(),
  kind: z.string(),
  at: instant,
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  journalId: z.string().nullable(),
})

export const workloadLine = z.strictObject({
  id,
  number: z.string(),
  name: z.string(),
  state: z.enum(states),
  /** How it ended, also after settlement. */
  outcome: z.enum(['succeeded', 'failed', 'cancelled']).nullable(),
  site: text,
  flavor: text,
  simulated: z.boolean(),
  cards: z.number(),
  submittedAt: instant,
  startsBy: instant.nullable(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  /** Held at most, or paid once settled. */
  amount,
})
export const workloadList = z.strictObject({
  items: z.array(workloadLine),
  next: z.string().nullable(),
})
export const workloadQuery = {
  state: z.enum([...states, 'live', 'over']).optional(),
  q: z.string().max(80).optional(),
}

export const attempt = z.strictObject({
  nth: z.int(),
  nodes: z.array(z.strictObject({ name: z.string(), cards: z.array(z.int()), milli: z.int() })),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  ranSeconds: z.number(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  cause: z.string().nullable(),
})

export const workload = z.strictObject({
  id,
  number: z.string(),
  spec,
  state: z.enum(states),
  outcome: z.enum(['succeeded', 'failed', 'cancelled']).nullable(),
  subjectId: id,
  version: z.int(),
  /** The options of the quote it was made from, with the one that is in force marked chosen. */
  options: z.array(option),
  steps: z.array(step),
  attempts: z.array(attempt),
  submittedAt: instant,
  startsBy: instant.nullable(),
  /** Place in the order of its cluster while it waits. */
  position: z.int().nullable(),
  /** Why it waits, or why it runs here and now. */
  reasons: z.array(reason),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  /** Card-hours measured so far. */
  cardHours: z.string(),
  cost: z.strictObject({
    price: amount,
    most: amount,
    soFar: amount,
    voucher: z.strictObject({ name: text, ratio: z.int(), amount }).nullable(),
    cash: amount,
    settled: z.boolean(),
    /** Entries of the ledger, oldest first. */
    entries: z.array(z.strictObject({ id, kind: z.string(), at: instant })),
  }),
  isolation: z.enum(['full', 'none']).nullable(),
  simulated: z.boolean(),
  invoice: z.strictObject({ id, number: z.string() }).nullable(),
  mayCancel: z.boolean(),
  mayPreempt: z.boolean(),
})

export const logQuery = { from: z.coerce.number().int().min(0).default(0) }
export const log = z.strictObject({
  from: z.int(),
  /** Where to read on; less than `size` when there is more. */
  next: z.int(),
  size: z.int(),
  /** Bytes that are no text are shown as \xNN. */
  text: z.string(),
  truncated: z.boolean(),
  ended: z.boolean(),
})
export const metricSeries = z.strictObject({
  items: z.array(z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()]))),
})
export const output = z.strictObject({ path: z.string(), bytes: z.int() })
export const outputList = z.strictObject({ items: z.array(output) })
export const outputQuery = { path: z.string().min(1).max(1_000) }
export const act = z.strictObject({ basis: nodeAct.shape.basis })

// Queue, budgets, invoices, figures

export const queue = z.strictObject({
  weight: z.int(),
  quotas: z.array(
    z.strictObject({
      clusterId: id,
      cluster: text,
      site: text,
      simulated: z.boolean(),
      cards: z.number(),
      usedCards: z.number(),
      totalCards: z.number(),
    }),
  ),
  waiting: z.int(),
  running: z.int(),
  /** Decayed use of the last days against that of all, 0 to 1. */
  share: z.number(),
})

export const budget = z.strictObject({
  id,
  name,
  limit: amount,
  held: amount,
  spent: amount,
  from: instant,
  to: instant,
  closed: z.boolean(),
  version: z.int(),
})
export const budgetList = z.strictObject({ items: z.array(budget) })
export const addBudget = z.strictObject({ name, limit: amountInput, from: instant, to: instant })
export const changeBudget = z.strictObject({
  name: name.optional(),
  limit: amountInput.optional(),
  to: instant.optional(),
  closed: z.boolean().optional(),
})

const party = z.strictObject({ id, name: z.string(), creditCode: z.string().nullable() })
export const invoice = z.strictObject({
  id,
  number: z.string(),
  issuedAt: instant,
  seller: party,
  buyer: party,
  workload: z.strictObject({ id, number: z.string() }),
  line: z.strictObject({ item: text, quantity: z.string(), unit: text, price: amount, amount }),
  taxRate: z.strictObject({ basisPoints: z.int(), source: z.string(), certainty: z.string() }),
  net: amount,
  tax: amount,
  total: amount,
})
export const invoiceList = z.strictObject({
  items: z.array(
    z.strictObject({
      id,
      number: z.string(),
      issuedAt: instant,
      total: amount,
      workload: z.string(),
    }),
  ),
  next: z.string().nullable(),
})

/** The two figures that decide whether such a platform lives; simulated cards never count. */
export const figures = z.strictObject({
  firstAccelerator: z.strictObject({
    /** Median from the first submission of an organisation to its first running job. */
    seconds: z.number().nullable(),
    organisations: z.int(),
  }),
  dispatchable: z.strictObject({ cards: z.int(), of: z.int(), share: z.number().nullable() }),
  /** What is left out of both. */
  simulated: z.strictObject({
    seconds: z.number().nullable(),
    organisations: z.int(),
    cards: z.int(),
  }),
  jobs: z.strictObject({ running: z.int(), waiting: z.int(), settled: z.int() }),
  position: z.string(),
})

/** Facts, version 1: `compute.<kind>`; ids, numbers and codes only. */
export const factKinds = [
  'submitted',
  'placed',
  'started',
  'ended',
  'preempted',
  'requeued',
  'settled',
  'cancelled',
  'invoiced',
  'price-set',
  'node-added',
  'node-changed',
] as const
