// The demo world's sites: simulated cards, this machine's own processor slots, and its real cards.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Ctx, system } from '#platform/context.ts'
import type { World } from '#platform/world.ts'
import { demoId } from '#services/identity/index.ts'
import { siteKinds } from './contract.ts'
import type { Discovery } from './ports.ts'
import { addCluster, addFlavor, addNode, addSite } from './register.ts'
import { MILLI } from './spec.ts'
import { store, yuanFrom } from './store.ts'

const path = join(import.meta.dirname, '../../law/demo/compute.yaml')
const text = z.strictObject({ zh: z.string(), en: z.string() })

const demoFlavor = z.strictObject({
  id: z.string(),
  name: text,
  chipClass: z.string(),
  accelerator: z.boolean(),
  memoryMib: z.int(),
  precision: z.string().nullable(),
  interconnect: z.string().nullable(),
  shareable: z.boolean(),
  watts: z.tuple([z.int(), z.int()]),
  cpuMilliPerCard: z.int(),
  memoryMibPerCard: z.int(),
  price: z.string(),
  nodes: z.strictObject({
    prefix: z.string(),
    count: z.int(),
    cards: z.union([z.int(), z.literal('machine')]),
  }),
})
const demoCluster = z.strictObject({
  id: z.string(),
  name: text,
  identifier: z.string(),
  simulated: z.boolean(),
  defaultQuota: z.int(),
  flavors: z.array(demoFlavor),
})
const demoCompute = z.strictObject({
  sites: z.array(
    z.strictObject({
      id: z.string(),
      operator: z.string(),
      name: text,
      kind: z.enum(Object.keys(siteKinds) as [keyof typeof siteKinds]),
      area: z.string(),
      clusters: z.array(demoCluster),
    }),
  ),
  realCards: z.strictObject({ site: z.string(), price: z.string(), defaultQuota: z.int() }),
})
type DemoCluster = z.output<typeof demoCluster>

const idOf = (kind: string, name: string): string => demoId(`compute.${kind}.${name}`)

async function loadCluster(
  ctx: Ctx,
  machine: Discovery,
  operator: string,
  siteId: string,
  cluster: DemoCluster,
): Promise<void> {
  const clusterId = idOf('cluster', cluster.id)
  await addCluster(ctx, operator, {
    id: clusterId,
    site_id: siteId,
    name_zh: cluster.name.zh,
    name_en: cluster.name.en,
    identifier: cluster.identifier,
    adapter: 'local',
    state: 'active',
    simulated: cluster.simulated,
    default_quota: cluster.defaultQuota,
  })
  for (const flavor of cluster.flavors) {
    const flavorId = idOf('flavor', flavor.id)
    const row = {
      id: flavorId,
      cluster_id: clusterId,
      name_zh: flavor.name.zh,
      name_en: flavor.name.en,
      chip_class: flavor.chipClass,
      accelerator: flavor.accelerator,
      memory_mib: flavor.memoryMib,
      precision: flavor.precision,
      interconnect: flavor.interconnect,
      shareable: flavor.shareable,
      watts_idle: flavor.watts[0],
      watts_busy: flavor.watts[1],
      cpu_milli_per_card: flavor.cpuMilliPerCard,
      memory_mib_per_card: flavor.memoryMibPerCard,
    }
    await addFlavor(ctx, operator, row, yuanFrom(flavor.price))
    const { prefix, count, cards } = flavor.nodes
    for (let nth = 1; nth <= count; nth++) {
      const name = `${prefix}-${String(nth).padStart(2, '0')}`
      await addNode(ctx, operator, {
        id: idOf('node', name),
        clusterId,
        flavorId,
        name,
        cards: cards === 'machine' ? Math.max(1, Math.floor(machine.cpuMilli / MILLI)) : cards,
        cardIndices: null,
      })
    }
  }
}

/** Loads what is missing; each thing has a fixed id, so that a later start repeats nothing. */
export async function loadDemoCompute(world: World, machine: Discovery): Promise<void> {
  const demo = demoCompute.parse(parse(readFileSync(path, 'utf8')))
  await world.transact(system('demo-world'), async (ctx) => {
    const known = await store(ctx).selectFrom('compute.site').select('id').execute()
    const has = new Set(known.map(({ id }) => id))
    for (const site of demo.sites) {
      const id = idOf('site', site.id)
      if (has.has(id)) continue
      const operator = demoId(site.operator)
      const { name, kind, area } = site
      await addSite(ctx, { id, operator, name_zh: name.zh, name_en: name.en, kind, area })
      for (const cluster of site.clusters) await loadCluster(ctx, machine, operator, id, cluster)
    }
  })
  await world.transact(system('demo-world'), (ctx) => loadRealCards(ctx, machine, demo))
}

/** Cards that this machine's drivers report become a cluster of their own, once. */
async function loadRealCards(
  ctx: Ctx,
  machine: Discovery,
  { sites, realCards }: z.output<typeof demoCompute>,
): Promise<void> {
  if (machine.cards.length === 0) return
  const site = sites.find(({ id }) => id === realCards.site)!
  const operator = demoId(site.operator)
  const clusterId = idOf('cluster', 'real')
  const known = await store(ctx)
    .selectFrom('compute.cluster')
    .select('id')
    .where('id', '=', clusterId)
    .executeTakeFirst()
  if (known) return
  await addCluster(ctx, operator, {
    id: clusterId,
    site_id: idOf('site', site.id),
    name_zh: '本机加速卡',
    name_en: 'Accelerators of this machine',
    identifier: 'GD-GZ-0002-REAL',
    adapter: 'local',
    state: 'active',
    simulated: false,
    default_quota: realCards.defaultQuota,
  })
  for (const model of new Set(machine.cards.map((card) => card.model))) {
    const cards = machine.cards.filter((card) => card.model === model)
    const flavorId = idOf('flavor', `real:${model}`)
    const row = {
      id: flavorId,
      cluster_id: clusterId,
      name_zh: model,
      name_en: model,
      chip_class: model
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .slice(0, 40),
      accelerator: true,
      memory_mib: cards[0]!.memoryMib,
      precision: null,
      interconnect: null,
      shareable: false,
      watts_idle: null,
      watts_busy: null,
      cpu_milli_per_card: Math.max(1_000, Math.floor(machine.cpuMilli / machine.cards.length)),
      memory_mib_per_card: Math.max(
        1_024,
        Math.floor(machine.memoryMib / machine.cards.length / 2),
      ),
    }
    await addFlavor(ctx, operator, row, yuanFrom(realCards.price))
    await addNode(ctx, operator, {
      id: idOf('node', `real:${model}`),
      clusterId,
      flavorId,
      name: machine.host
        .toLowerCase()
        .replaceAll(/[^a-z0-9-]/g, '-')
        .slice(0, 40),
      cards: cards.length,
      cardIndices: cards.map(({ index }) => index),
    })
  }
}
