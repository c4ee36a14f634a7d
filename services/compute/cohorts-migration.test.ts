// A database from before there were cohorts: its quotas go on as limits, and what waits stays valid.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { listMigrations, migrate } from '#platform/migrate.ts'
import { testDatabase } from '#platform/test-database.ts'
import { APP_PASSWORD, testNow } from '#platform/test-template.ts'

const id = (nth: number) => `01890000-0000-7000-8000-00000000000${nth}`
const [site, cluster, flavor, queue, resource, waits, over] = [1, 2, 3, 4, 5, 6, 7].map(id)

const before = `
  insert into compute.site values ('${site}', '${id(9)}', '站', 'site', 'edge-node', '440100');
  insert into compute.cluster
    values ('${cluster}', '${site}', '群', 'cluster', 'X-1', 'local', 'active', true, 2500);
  insert into compute.flavor
    values ('${flavor}', '${cluster}', '卡', 'card', 'x', true, 1, null, null, true, null, null, 1, 1);
  insert into compute.queue values ('${queue}', '${id(8)}', 3);
  insert into compute.quota values ('${queue}', '${cluster}', '${resource}', 8000);
  insert into compute.workload (id, number, subject, queue_id, name, spec, options, cluster_id,
      flavor_id, simulated, accelerator, operator, state, priority, preemptible, tasks, milli,
      limit_ms, expected_ms, price, most, voucher, capacity_hold, promise, starts_by, submitted_at)
    select w.id::uuid, w.id, '${id(8)}', '${queue}', 'n', '{}', '[]', '${cluster}', '${flavor}', true,
      true, '${id(9)}', w.state, 0, true, 2, 500, 1, 1, 1, 1, false, w.id::uuid,
      '{"from": 1, "to": 2, "places": []}', '2026-11-23', '2026-11-23'
    from (values ('${waits}', 'queued'), ('${over}', 'settled')) w (id, state)`

test('quotas become borrowing limits of the same size, and promises say what they draw on', async (t) => {
  const admin = await testDatabase(t, { template: 'empty', prepare: async () => {} })
  const all = listMigrations()
  const isNew = ({ service, name }: { service: string; name: string }) =>
    service === 'compute' && name >= '0003'
  const old = all.filter((one) => !isNew(one))
  await migrate(admin, APP_PASSWORD, { now: testNow, migrations: old })
  const client = new pg.Client(admin as pg.ClientConfig)
  // Dropping the database ends a connection that a failed assertion left open.
  client.on('error', () => {})
  await client.connect()
  await client.query(before)
  await migrate(admin, APP_PASSWORD, { now: testNow })
  const rows = async (query: string) => (await client.query(query)).rows
  assert.deepEqual(
    await rows(`select nominal_milli, borrowing_milli, lending_milli, version from compute.quota`),
    [{ nominal_milli: '0', borrowing_milli: '8000', lending_milli: null, version: 1 }],
  )
  assert.deepEqual(
    await rows(`select resource_id, queue_id, cohort, part, wanted, units from compute.pool`),
    [
      {
        resource_id: resource,
        queue_id: queue,
        cohort: null,
        part: 'limit',
        wanted: '8000',
        units: '8000',
      },
    ],
  )
  assert.deepEqual(await rows(`select cohort, weight from compute.queue`), [
    { cohort: null, weight: 3 },
  ])
  const promises = await rows(`select state, promise -> 'pools' as pools from compute.workload
    order by state`)
  assert.deepEqual(promises, [
    { state: 'queued', pools: [{ resourceId: resource, amount: 1000 }] },
    { state: 'settled', pools: null },
  ])
  await client.end()
})
