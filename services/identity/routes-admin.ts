// HTTP of administration: people, offices, lock-outs, sessions, what organisations carry on.
import { z } from 'zod'
import { paging, type Route, route } from '#platform/routes.ts'
import {
  endAnySession,
  liftLockout,
  listLockouts,
  listSessions,
  makePasswordLink,
  readPerson,
  searchPeople,
  setActivities,
  setLock,
} from './administration.ts'
import * as contract from './contract.ts'
import { endOffice, grantOffice } from './offices.ts'
import type { Parts } from './parts.ts'
import { securityAdministrator, seesPeople } from './policy.ts'

const title = (zh: string, en: string) => ({ zh, en })

/** Locking a person out, or letting them in again. */
function lockRoute(parts: Parts, locked: boolean): Route {
  return route({
    method: 'POST',
    path: `/api/admin/people/{id}/${locked ? 'lock' : 'unlock'}`,
    name: locked ? 'admin.lock' : 'admin.unlock',
    title: locked
      ? title('停用账号', 'Lock a person out')
      : title('恢复账号', 'Let a person in again'),
    policy: securityAdministrator,
    params: contract.byId,
    reply: contract.personRow,
    // Its reply holds personal text, which no idempotency key may keep.
    perform: (actor, { params }) =>
      parts.world.transact(actor, async (ctx) => {
        await setLock(ctx, params.id, locked)
        return readPerson(ctx, params.id)
      }),
  })
}

function peopleRoutes(parts: Parts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/people',
      name: 'admin.people',
      title: title('查找人员', 'Find people'),
      policy: seesPeople,
      query: contract.peopleQuery,
      reply: contract.people,
      writes: true,
      handle: (ctx, { query }) => searchPeople(ctx, query),
    }),
    route({
      method: 'GET',
      path: '/api/admin/people/{id}',
      name: 'admin.person',
      title: title('查看人员', 'Read a person'),
      policy: seesPeople,
      params: contract.byId,
      reply: contract.personRow,
      writes: true,
      handle: (ctx, { params }) => readPerson(ctx, params.id),
    }),
    lockRoute(parts, true),
    lockRoute(parts, false),
  ]
}

function officeRoutes(parts: Parts): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/admin/people/{id}/link',
      name: 'admin.makeLink',
      title: title('生成重设口令的一次性链接', 'Make a one-time link for a new password'),
      policy: securityAdministrator,
      params: contract.byId,
      reply: contract.linkMade,
      status: 201,
      // A link must not be remembered under an idempotency key.
      perform: (actor, { params }) =>
        parts.world.transact(actor, (ctx) => makePasswordLink(ctx, params.id)),
    }),
    route({
      method: 'POST',
      path: '/api/admin/people/{id}/offices',
      name: 'admin.grantOffice',
      title: title('授予角色', 'Grant an office'),
      policy: securityAdministrator,
      params: contract.byId,
      body: contract.grantOffice,
      reply: contract.made,
      status: 201,
      handle: async (ctx, { params, body }) => ({ id: await grantOffice(ctx, params.id, body) }),
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/people/{id}/offices/{office}',
      name: 'admin.endOffice',
      title: title('撤销角色', 'End an office'),
      policy: securityAdministrator,
      params: contract.byOffice,
      handle: async (ctx, { params }) => {
        await endOffice(ctx, params.id, params.office)
        return undefined
      },
    }),
  ]
}

function watchRoutes(): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/lockouts',
      name: 'admin.lockouts',
      title: title('列出登录锁定', 'List lock-outs'),
      policy: seesPeople,
      reply: contract.lockouts,
      handle: async (ctx) => ({ items: await listLockouts(ctx) }),
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/lockouts/{id}',
      name: 'admin.liftLockout',
      title: title('解除登录锁定', 'Lift a lock-out'),
      policy: securityAdministrator,
      params: contract.byId,
      handle: async (ctx, { params }) => {
        await liftLockout(ctx, params.id)
        return undefined
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/sessions',
      name: 'admin.sessions',
      title: title('列出会话', 'List sessions'),
      policy: seesPeople,
      query: z.strictObject(paging),
      reply: contract.allSessions,
      writes: true,
      handle: (ctx, { query }) => listSessions(ctx, query),
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/sessions/{id}',
      name: 'admin.endSession',
      title: title('结束会话', 'End a session'),
      policy: securityAdministrator,
      params: contract.byId,
      handle: async (ctx, { params }) => {
        await endAnySession(ctx, params.id)
        return undefined
      },
    }),
    route({
      method: 'PUT',
      path: '/api/admin/organisations/{id}/activities',
      name: 'admin.setActivities',
      title: title('开通单位业务', 'Enter what an organisation carries on'),
      policy: securityAdministrator,
      params: contract.byId,
      body: contract.setActivities,
      handle: async (ctx, { params, body }) => {
        await setActivities(ctx, params.id, body.activities)
        return undefined
      },
    }),
  ]
}

export function adminRoutes(parts: Parts): Route[] {
  return [...peopleRoutes(parts), ...officeRoutes(parts), ...watchRoutes()]
}
