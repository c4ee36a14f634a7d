// Sites, clusters, flavors and nodes; and what an operator brings and does.
import { z } from 'zod'
import { amount, amountInput, id, instant, name, text } from './fields.ts'

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
})
export const setPrice = z.strictObject({ flavorId: id, amount: amountInput, from: instant })
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
