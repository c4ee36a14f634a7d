// The notice service over HTTP: in-box, marks, preference, live count, and mail that got stuck.
import { z } from 'zod'
import { problem } from '#platform/errors.ts'
import { personOnly, signedIn } from '#platform/policy.ts'
import { paging, type Route, requireVersion, route } from '#platform/routes.ts'
import * as contract from './contract.ts'
import type { LiveCounts } from './live.ts'
import { wake } from './notify.ts'
import { listPending, revive } from './outbox.ts'
import { systemAdministrator } from './policy.ts'
import * as store from './store.ts'

function inBoxRoutes(): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/notices',
      name: 'notices.list',
      title: { zh: '列出通知', en: 'List notices' },
      policy: signedIn,
      query: z.strictObject({ ...paging, unread: z.literal('true').optional() }),
      reply: contract.noticeList,
      handle: async (ctx, { query: { unread, ...query } }) => {
        const reader = store.readerOf(ctx.actor)
        const found = await store.listNotices(ctx, reader, { ...query, unread: unread === 'true' })
        return { ...found, unread: await store.countUnread(ctx, reader) }
      },
    }),
    route({
      method: 'GET',
      path: '/api/notices/count',
      name: 'notices.count',
      title: { zh: '未读通知数', en: 'Number of unread notices' },
      policy: signedIn,
      reply: contract.count,
      handle: async (ctx) => ({ unread: await store.countUnread(ctx, store.readerOf(ctx.actor)) }),
    }),
    route({
      method: 'POST',
      path: '/api/notices/read',
      name: 'notices.markRead',
      title: { zh: '标为已读', en: 'Mark notices as read' },
      policy: signedIn,
      body: contract.markRead,
      reply: contract.count,
      handle: async (ctx, { body }) => {
        const reader = store.readerOf(ctx.actor)
        await store.markRead(ctx, reader, body)
        await wake(ctx, reader.id)
        return { unread: await store.countUnread(ctx, reader) }
      },
    }),
  ]
}

function preferenceRoutes(): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/notices/preference',
      name: 'notices.readPreference',
      title: { zh: '查看邮件提醒设置', en: 'Whether notices also come by mail' },
      policy: personOnly,
      reply: contract.preference,
      handle: (ctx) => store.readPreference(ctx, ctx.actor.personId!),
    }),
    route({
      method: 'PUT',
      path: '/api/notices/preference',
      name: 'notices.changePreference',
      title: { zh: '更改邮件提醒设置', en: 'Change whether notices also come by mail' },
      policy: personOnly,
      body: contract.preferenceChange,
      reply: contract.preference,
      handle: async (ctx, { body, ifMatch }) => {
        const person = ctx.actor.personId!
        requireVersion(ifMatch, (await store.readPreference(ctx, person)).version)
        await store.storePreference(ctx, person, body.mail)
        return store.readPreference(ctx, person)
      },
    }),
  ]
}

function liveRoute(live: LiveCounts): Route {
  return route({
    method: 'GET',
    path: '/api/notices/live',
    name: 'notices.live',
    title: { zh: '未读通知数（实时）', en: 'Number of unread notices, as it changes' },
    policy: signedIn,
    perform: async (actor, _input, { request, reply }) => {
      if (!request.headers.accept?.includes('text/event-stream')) {
        throw problem('notices.event-stream')
      }
      await live.open(actor, () => {
        reply.hijack()
        return reply.raw.writeHead(200, {
          ...(reply.getHeaders() as Record<string, string>),
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        })
      })
      return undefined
    },
  })
}

function mailRoutes(configured: boolean): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/notices/mail',
      name: 'notices.listMail',
      title: { zh: '列出未发出的邮件', en: 'List mail that has not gone out' },
      policy: systemAdministrator,
      query: z.strictObject({ ...paging, dead: z.literal('true').optional() }),
      reply: contract.pendingMailList,
      handle: async (ctx, { query: { dead, ...query } }) => ({
        ...(await listPending(ctx, { ...query, dead: dead === 'true' })),
        configured,
      }),
    }),
    route({
      method: 'POST',
      path: '/api/notices/mail/{id}/retry',
      name: 'notices.retryMail',
      title: { zh: '重新发送失败的邮件', en: 'Try a failed mail again' },
      policy: systemAdministrator,
      params: z.strictObject({ id: z.uuid() }),
      handle: async (ctx, { params }) => {
        await revive(ctx, params.id)
        return undefined
      },
    }),
  ]
}

export function routesOf(live: LiveCounts, mails: boolean): Route[] {
  return [...inBoxRoutes(), ...preferenceRoutes(), liveRoute(live), ...mailRoutes(mails)]
}
