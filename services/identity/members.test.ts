// Members over HTTP: invited by code, given roles, removed; one owner always stays.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { completeCreditCode } from '#engines/credit-code/credit-code.ts'
import { act, type Bed, type Browser, bed, found } from './test-bed.ts'

const code = completeCreditCode('914401060000B001')
const DAY = 86_400_000

async function join(owner: Browser, id: string, guest: Browser, roles = ['member']) {
  const invited = await owner.post(`/api/subjects/${id}/invitations`, { roles })
  assert.equal(invited.status, 201, JSON.stringify(invited.body))
  return guest.post('/api/invitations', { code: invited.body.code })
}

async function company(it: Bed) {
  const [owner, guest] = [await it.person('owner'), await it.person('guest')]
  return { owner, guest, id: await found(owner, code) }
}

test('an invitation is accepted once, by whoever has its code', async (t) => {
  const it = await bed(t)
  const { owner, guest, id } = await company(it)
  const invited = (await owner.post(`/api/subjects/${id}/invitations`, { roles: ['member'] })).body
  const open = (await owner.get(`/api/subjects/${id}/invitations`)).body.items
  assert.deepEqual(
    open.map((one: { id: string }) => one.id),
    [invited.id],
  )
  assert.equal(JSON.stringify(open).includes(invited.code), false, 'the code is shown once only')
  const accepted = await guest.post('/api/invitations', { code: invited.code })
  assert.deepEqual([accepted.status, accepted.body.subjectId], [200, id])
  const again = await (await it.person('third')).post('/api/invitations', { code: invited.code })
  assert.deepEqual([again.status, again.body.code], [404, 'identity.invitation-invalid'])
  await act(guest, id)
  assert.deepEqual((await guest.get('/api/session')).body.grants, [
    { role: 'member', subjectId: id, area: null },
  ])
  assert.equal((await join(owner, id, guest)).body.code, 'identity.member-there')
  await it.journal()
})

test('two who use one code at the same moment: one joins', async (t) => {
  const it = await bed(t)
  const { owner, id } = await company(it)
  const { code: shared } = (
    await owner.post(`/api/subjects/${id}/invitations`, { roles: ['member'] })
  ).body
  const guests = await Promise.all(['g1x', 'g2x', 'g3x'].map((login) => it.person(login)))
  const tries = await Promise.all(
    guests.map((guest) => guest.post('/api/invitations', { code: shared })),
  )
  assert.deepEqual(tries.map(({ status }) => status).sort(), [200, 404, 404])
})

test('a revoked or expired invitation is not valid', async (t) => {
  const it = await bed(t)
  const { owner, guest, id } = await company(it)
  const path = `/api/subjects/${id}/invitations`
  const [revoked, old] = [
    (await owner.post(path, { roles: ['member'] })).body,
    (await owner.post(path, { roles: ['member'] })).body,
  ]
  assert.equal((await owner.delete(`${path}/${revoked.id}`)).status, 204)
  assert.equal((await owner.delete(`${path}/${revoked.id}`)).status, 404)
  assert.equal((await guest.post('/api/invitations', { code: revoked.code })).status, 404)
  it.world.clock.advance(7 * DAY)
  const late = await it.person('late')
  assert.equal((await late.post('/api/invitations', { code: old.code })).status, 404)
})

test('a member sees who belongs, and changes nothing', async (t) => {
  const it = await bed(t)
  const { owner, guest, id } = await company(it)
  await join(owner, id, guest)
  await act(guest, id)
  const { items } = (await guest.get(`/api/subjects/${id}/members`)).body
  assert.deepEqual(
    items.map(({ person }: { person: string }) => person).sort(),
    [owner.id, guest.id].sort(),
  )
  const refused = await Promise.all([
    guest.patch(`/api/subjects/${id}/members/${guest.id}`, { roles: ['owner'] }, 1),
    guest.post(`/api/subjects/${id}/invitations`, { roles: ['owner'] }),
    guest.delete(`/api/subjects/${id}/members/${owner.id}`),
    guest.get(`/api/subjects/${id}/api-keys`),
    guest.patch(`/api/subjects/${id}`, { name: '改名' }, 1),
  ])
  for (const { status, body } of refused) assert.equal(status, 403, JSON.stringify(body))
})

test('roles change against a version; the last owner stays an owner', async (t) => {
  const it = await bed(t)
  const { owner, guest, id } = await company(it)
  await join(owner, id, guest)
  const member = (person: string) => `/api/subjects/${id}/members/${person}`
  const alone = await owner.patch(member(owner.id), { roles: ['member'] }, 1)
  assert.equal(alone.body.code, 'identity.last-owner')
  assert.equal((await owner.delete(member(owner.id))).body.code, 'identity.last-owner')
  assert.equal((await owner.patch(member(guest.id), { roles: ['owner'] }, 9)).status, 412)
  assert.equal((await owner.patch(member(guest.id), { roles: ['owner'] }, 1)).status, 204)
  assert.equal((await owner.patch(member(owner.id), { roles: ['member'] }, 1)).status, 204)
  assert.equal((await owner.get(`/api/subjects/${id}/invitations`)).status, 403)
  assert.equal((await owner.patch(member(guest.id), { roles: ['sultan'] }, 2)).status, 403)
})

test('two owners who leave at the same moment: one stays', async (t) => {
  const it = await bed(t)
  const { owner, guest, id } = await company(it)
  await join(owner, id, guest, ['owner'])
  await act(guest, id)
  const left = await Promise.all([
    owner.delete(`/api/subjects/${id}/members/${owner.id}`),
    guest.delete(`/api/subjects/${id}/members/${guest.id}`),
  ])
  assert.deepEqual(left.map(({ status }) => status).sort(), [204, 409])
})

test('operators and community managers exist only where that is carried on', async (t) => {
  const it = await bed(t)
  const { owner, guest, id } = await company(it)
  const invite = () => owner.post(`/api/subjects/${id}/invitations`, { roles: ['operator'] })
  assert.equal((await invite()).body.code, 'identity.activity')
  const secure = await it.person('secure')
  await it.office(secure.id, 'security-admin')
  const activities = { activities: ['cluster-operator'] }
  const path = `/api/admin/organisations/${id}/activities`
  assert.equal((await owner.put(path, activities, 1)).status, 403)
  assert.equal((await secure.put(path, activities, 1)).status, 204)
  assert.equal((await join(owner, id, guest, ['operator'])).status, 200)
  const manager = await owner.patch(
    `/api/subjects/${id}/members/${guest.id}`,
    { roles: ['community-manager'] },
    1,
  )
  assert.equal(manager.body.code, 'identity.activity')
})

test('who leaves, or is removed, cannot act for the organisation any more', async (t) => {
  const it = await bed(t)
  const { owner, guest, id } = await company(it)
  await join(owner, id, guest)
  await act(guest, id)
  assert.equal((await owner.delete(`/api/subjects/${id}/members/${guest.id}`)).status, 204)
  assert.equal((await guest.get(`/api/subjects/${id}/members`)).status, 401, 'that session ended')
  const again = await it.person('again')
  await join(owner, id, again)
  await act(again, id)
  assert.equal((await again.delete(`/api/subjects/${id}/members/${again.id}`)).status, 204)
  const { subject, subjects } = (await again.get('/api/session')).body
  assert.deepEqual([subject.id, subjects.length], [again.id, 1], 'stands for themself again')
  assert.equal((await again.get(`/api/subjects/${id}/members`)).status, 404)
})

test('whom one does not belong to cannot be acted for', async (t) => {
  const it = await bed(t)
  const { guest, owner, id } = await company(it)
  for (const subjectId of [id, owner.id]) {
    assert.equal((await guest.post('/api/session/subject', { subjectId })).status, 404)
  }
})
