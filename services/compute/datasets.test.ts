// Data sets and own programs: staged once, read by many jobs, kept from strangers, removed when free.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { visitor } from '#platform/context.ts'
import { buildServer } from '#platform/http.ts'
import { addDataset, listDatasets, removeDataset } from './datasets.ts'
import { ExecutorRefused, type RefusalCode } from './ports.ts'
import { forgetOld, unstageRemoved } from './retention.ts'
import { cancel } from './stop.ts'
import { computeBed, DAY, founder, HOUR, MINUTE, refusal, sme } from './test-bed.ts'

async function bed(t: TestContext) {
  const it = await computeBed(t)
  const app = await buildServer(it.world, {
    routes: it.parts.files.service.routes,
    authenticate: async ({ headers }) =>
      headers['x-who'] === 'founder' ? founder : headers['x-who'] === 'sme' ? sme : visitor,
  })
  t.after(() => app.close())
  const upload = async (name: string, payload: Buffer | string, who = 'founder') => {
    const answer = await app.inject({
      method: 'POST',
      url: `/api/files?${new URLSearchParams({ name, purpose: 'dataset' })}`,
      headers: { 'content-type': 'application/octet-stream', 'x-who': who },
      payload,
    })
    assert.equal(answer.statusCode, 201, answer.body)
    return answer.json().id as string
  }
  const add = (name: string, fileId: string, kind: 'program' | 'data' = 'data', actor = founder) =>
    addDataset(it.parts, actor, { name, kind, fileId })
  const list = async () =>
    (await it.at(founder, (ctx) => listDatasets(ctx, it.parts, { limit: 50 }))).items
  return { ...it, app, upload, add, list }
}

const archive = gzipSync('a tar that nobody opens here')

test('uploaded once, read by many jobs; in use it cannot be removed', async (t) => {
  const it = await bed(t)
  const data = await it.add('样本', await it.upload('samples.csv', 'a,b\n1,2\n'))
  const inputs = [{ name: 'samples', from: { dataset: data.id } }]
  const ids = [await it.submit(founder, { inputs }), await it.submit(founder, { inputs })]
  await it.step()
  const materials = it.machine.starts.map(({ inputs: all }) => all.map(({ from }) => from))
  assert.deepEqual(materials[0], materials[1])
  assert.equal(it.machine.staged.size, 1)
  assert.equal((await it.list())[0]!.uses, 2)
  const remove = () => it.at(founder, (ctx) => removeDataset(ctx, it.parts, data.id))
  assert.equal(await refusal(remove()), 'compute.in-use')
  for (const workloadId of ids) {
    await it.at(founder, (ctx) => cancel(ctx, it.parts, { workloadId, basis: 'owner' }))
  }
  await it.step()
  await remove()
  assert.deepEqual(await it.list(), [])
  assert.equal(await refusal(remove()), 'request.not-found')
  assert.equal(await refusal(it.submit(founder, { inputs })), 'compute.input')
  await it.check()
})

test('the same bytes under another name are found under that name', async (t) => {
  const it = await bed(t)
  const one = await it.add('甲', await it.upload('train.csv', 'a,b\n'))
  const other = await it.add('乙', await it.upload('test.csv', 'a,b\n'))
  assert.equal(one.sha256, other.sha256)
  assert.equal(it.machine.staged.size, 2)
})

test('a data set of somebody else is neither read, nor used, nor removed', async (t) => {
  const it = await bed(t)
  const data = await it.add('样本', await it.upload('samples.csv', 'a,b\n'))
  const inputs = [{ name: 'samples', from: { dataset: data.id } }]
  assert.equal(await refusal(it.quote(sme, { inputs })), 'compute.input')
  const remove = it.at(sme, (ctx) => removeDataset(ctx, it.parts, data.id))
  assert.equal(await refusal(remove), 'request.not-found')
  const fileId = await it.upload('other.csv', 'c\n', 'sme')
  assert.equal(await refusal(it.add('别人的', fileId)), 'request.not-found')
})

test('the output of an ended job is the input of the next; a running one’s is not', async (t) => {
  const it = await bed(t)
  const first = await it.submit(founder)
  await it.step()
  const inputs = [{ name: 'model', from: { workload: first } }]
  assert.equal(await refusal(it.quote(founder, { inputs })), 'compute.input')
  it.machine.end((await it.tasks(first))[0]!)
  await it.step()
  await it.submit(founder, { inputs })
  await it.step()
  const [attempt] = await it.attempts(first)
  assert.deepEqual(it.machine.starts.at(-1)!.inputs, [
    { name: 'model', from: { output: `${attempt!.id}.0` } },
  ])
  assert.equal(await refusal(it.quote(sme, { inputs })), 'compute.input')
})

test('an archive that the executor refuses is refused with its reason, and nothing is kept', async (t) => {
  const it = await bed(t)
  const fileId = await it.upload('program.tar.gz', archive)
  const codes: [RefusalCode, string][] = [
    ['archive-path', 'compute.archive'],
    ['archive-link', 'compute.archive'],
    ['archive-entries', 'compute.archive'],
    ['archive-bytes', 'compute.archive'],
    ['archive-format', 'compute.archive'],
    ['no-room', 'platform.busy'],
  ]
  for (const [code, expected] of codes) {
    it.machine.refusesMaterial = () => new ExecutorRefused(code)
    assert.equal(await refusal(it.add('程序', fileId, 'program')), expected, code)
  }
  assert.deepEqual(await it.list(), [])
  it.machine.refusesMaterial = ({ limits }) => {
    assert.ok(limits.entries > 0 && limits.bytes > 0)
    return null
  }
  const program = await it.add('程序', fileId, 'program')
  await it.submit(founder, { program: { dataset: program.id }, command: ['./run'] })
  await it.step()
  assert.deepEqual([...it.machine.staged.keys()], [it.machine.starts[0]!.program])
  // Nothing relies on the file any more once the data set is gone.
  const text = await it.upload('program.txt', 'echo')
  assert.equal(await refusal(it.add('不是包', text, 'program')), 'compute.archive')
  const gone = await it.app.inject({
    method: 'DELETE',
    url: `/api/files/${text}`,
    headers: { 'x-who': 'founder', 'if-match': '"1"' },
  })
  assert.equal(gone.statusCode, 204, gone.body)
})

test('what a job left is kept for its time and then forgotten; a job that goes on keeps all', async (t) => {
  const it = await bed(t)
  const old = await it.submit(founder)
  await it.step()
  it.pass(MINUTE)
  it.machine.end((await it.tasks(old))[0]!)
  await it.step()
  it.pass(29 * DAY)
  const going = await it.submit(founder)
  await it.step()
  assert.equal(await forgetOld(it.parts), 0)
  it.pass(DAY + HOUR)
  assert.equal(await forgetOld(it.parts), 1)
  const [attempt] = await it.attempts(old)
  assert.deepEqual(it.machine.forgotten, [`${attempt!.id}.0`])
  assert.equal((await it.job(going)).state, 'running')
  assert.equal(await forgetOld(it.parts), 0)
})

test('the bytes of a removed data set go, unless another one has the same', async (t) => {
  const it = await bed(t)
  const fileId = await it.upload('samples.csv', 'a,b\n1,2\n')
  const [one, other] = [await it.add('甲', fileId), await it.add('乙', fileId)]
  const remove = (id: string) => it.at(founder, (ctx) => removeDataset(ctx, it.parts, id))
  await remove(one.id)
  assert.equal(await unstageRemoved(it.parts), 0)
  assert.equal(it.machine.staged.size, 1)
  await remove(other.id)
  assert.equal(await unstageRemoved(it.parts), 1)
  assert.equal(it.machine.staged.size, 0)
  assert.equal(await unstageRemoved(it.parts), 0)
  // Taken in again, it is staged again.
  await it.add('丙', fileId)
  assert.equal(it.machine.staged.size, 1)
})
