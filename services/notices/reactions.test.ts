// Facts of identity become notices to those whom they concern, once each, in both languages.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Actor, type Ctx, type JsonObject, system, visitor } from '#platform/context.ts'
import { numberEntries } from '#platform/journal.ts'
import { catchUp, registerReactions } from '#platform/reactions.ts'
import { testWorld } from '#platform/test-world.ts'
import { demoId, loadDemoWorld } from '#services/identity/index.ts'
import { noticeReaction } from './reactions.ts'
import { type NoticeKind, render } from './templates.ts'

const owner: Actor = { ...visitor, kind: 'person', name: 'owner', personId: demoId('owner') }
const friend = '01890000-0000-7000-8000-00000000f00d'
const company = demoId('liyu')

interface Told {
  to: unknown
  kind: NoticeKind
  params: unknown
}

test('each fact tells the right person once, and the actor is not told what they did', async (t) => {
  const world = await testWorld(t, { demo: true })
  await loadDemoWorld(world)
  const told: Told[] = []
  const reaction = noticeReaction(async (_ctx: Ctx, notice) => {
    told.push(notice)
    return ''
  })
  await registerReactions(world.db, [reaction])
  const add = (kind: string, payload: JsonObject, actor = owner) =>
    world.transact(actor, (ctx) => ctx.append({ kind, version: 1, subjectId: company, payload }))
  const until = '2026-12-31T16:00:00.000Z'
  await add('identity.member-joined', { personId: friend, roles: ['member'] })
  await add('identity.member-joined', { personId: owner.personId!, roles: ['owner'] })
  await add('identity.member-joined', { personId: friend, roles: ['member'] }, system('demo'))
  await add('identity.member-left', { personId: friend })
  await add('identity.mandate-granted', {
    grantorId: company,
    holderId: demoId('chaoxi'),
    from: until,
    until,
  })
  await add('identity.mandate-revoked', { holderId: demoId('chaoxi') })
  await add('identity.key-created', { until })
  await add('identity.sign-in-locked', { personId: null, until })
  await add('identity.sign-in-locked', { personId: friend, until })
  await numberEntries(world.db)
  told.length = 0
  while ((await catchUp(world, reaction)) > 0);
  const ours = told
    .filter(({ kind }) => kind !== 'identity.mandate-granted')
    .map(({ kind }) => kind)
  assert.deepEqual(ours, [
    'identity.member-added',
    'identity.member-removed',
    'identity.mandate-ended',
    'identity.key-created',
    'identity.locked',
  ])
  assert.deepEqual(told.at(-3)!.to, { subject: demoId('chaoxi') })
  for (const { kind, params } of told) {
    const { title, body } = render(kind, params as JsonObject)
    const texts = [title.zh, title.en, body.zh, body.en]
    assert.ok(
      texts.every((text) => text.length > 3 && !/[{}]|undefined|Invalid/.test(text)),
      kind,
    )
  }
  assert.match(render('identity.locked', told.at(-1)!.params as JsonObject).body.zh, /2027年1月1日/)
})
