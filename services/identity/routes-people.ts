// HTTP of one's own account: registering, password, second factor, sessions, data protection.

import { z } from 'zod'
import { anyone, personOnly } from '#platform/policy.ts'
import { Download, paging, type Route, route } from '#platform/routes.ts'
import { listAccesses } from './access-log.ts'
import * as contract from './contract.ts'
import { clearSessionCookie, originOf } from './cookie.ts'
import type { Parts } from './parts.ts'
import { changeMe, changePassword, readMe, registerPerson } from './people.ts'
import { erasePersonalData, erasureReasons, exportPersonalData } from './personal-data.ts'
import { enter } from './routes-session.ts'
import { confirmTotp, enrolTotp, removeTotp } from './second-factor.ts'
import { endMySession, listMySessions } from './sessions.ts'

/** How often codes and passwords may be tried from one address in a minute. */
const GUESSES = 30

function accountRoutes(parts: Parts): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/people',
      name: 'people.register',
      title: { zh: '注册个人账号', en: 'Register as a person' },
      policy: anyone,
      body: contract.register,
      reply: contract.sessionView,
      status: 201,
      rate: GUESSES,
      perform: async (_actor, { body }, exchange) =>
        enter(parts, exchange, await registerPerson(parts, body, originOf(exchange.request))),
    }),
    route({
      method: 'GET',
      path: '/api/people/me',
      name: 'people.me',
      title: { zh: '我的账号', en: 'My account' },
      policy: personOnly,
      reply: contract.me,
      handle: (ctx) => readMe(ctx),
    }),
    route({
      method: 'PATCH',
      path: '/api/people/me',
      name: 'people.change',
      title: { zh: '修改我的姓名和邮箱', en: 'Change my name or mail address' },
      policy: personOnly,
      body: contract.changeMe,
      reply: contract.me,
      // Its reply holds personal text, which no idempotency key may keep.
      perform: (actor, { body, ifMatch }) =>
        parts.world.transact(actor, (ctx) => changeMe(ctx, body, ifMatch)),
    }),
    route({
      method: 'POST',
      path: '/api/people/me/password',
      name: 'people.changePassword',
      title: { zh: '修改口令', en: 'Change my password' },
      policy: personOnly,
      body: contract.changePassword,
      rate: GUESSES,
      perform: async (actor, { body }, { request }) => {
        await changePassword(parts, actor, body, request.ip)
        return undefined
      },
    }),
    route({
      method: 'GET',
      path: '/api/people/me/sessions',
      name: 'people.sessions',
      title: { zh: '我的登录会话', en: 'My sessions' },
      policy: personOnly,
      reply: contract.mySessions,
      handle: async (ctx) => ({ items: await listMySessions(ctx) }),
    }),
    route({
      method: 'DELETE',
      path: '/api/people/me/sessions/{id}',
      name: 'people.endSession',
      title: { zh: '结束我的一个会话', en: 'End one of my sessions' },
      policy: personOnly,
      params: contract.byId,
      handle: async (ctx, { params }) => {
        await endMySession(ctx, params.id)
        return undefined
      },
    }),
  ]
}

function secondFactorRoutes(parts: Parts): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/people/me/totp',
      name: 'people.enrolTotp',
      title: { zh: '登记验证器', en: 'Enrol an authenticator' },
      policy: personOnly,
      reply: contract.totpSecret,
      perform: (actor) => parts.world.transact(actor, (ctx) => enrolTotp(parts, ctx)),
    }),
    route({
      method: 'POST',
      path: '/api/people/me/totp/confirm',
      name: 'people.confirmTotp',
      title: { zh: '启用动态验证码', en: 'Confirm the authenticator' },
      policy: personOnly,
      body: contract.totpCode,
      reply: contract.recoveryCodes,
      rate: GUESSES,
      // Secrets must not be remembered under an idempotency key, so these open their transactions.
      perform: async (actor, { body }) => ({
        codes: await parts.world.transact(actor, (ctx) => confirmTotp(parts, ctx, body.code)),
      }),
    }),
    route({
      method: 'POST',
      path: '/api/people/me/totp/removal',
      name: 'people.removeTotp',
      title: { zh: '停用动态验证码', en: 'Remove the second factor' },
      policy: personOnly,
      body: contract.totpCode,
      rate: GUESSES,
      perform: async (actor, { body }, { request }) => {
        await removeTotp(parts, actor, body.code, request.ip)
        return undefined
      },
    }),
  ]
}

function dataRoutes(parts: Parts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/people/me/access-log',
      name: 'people.accessLog',
      title: { zh: '谁用过我的数据', en: 'Who used my data' },
      policy: personOnly,
      query: z.strictObject(paging),
      reply: contract.accessLog,
      handle: (ctx, { query }) => listAccesses(ctx, query),
    }),
    route({
      method: 'GET',
      path: '/api/people/me/export',
      name: 'people.export',
      title: { zh: '导出我的数据', en: 'Export my data' },
      policy: personOnly,
      writes: true,
      handle: async (ctx) => {
        const held = await exportPersonalData(parts, ctx)
        const text = JSON.stringify(held, null, 2)
        return new Download('application/json; charset=utf-8', '我的数据.json', text)
      },
    }),
    route({
      method: 'GET',
      path: '/api/people/me/erasure',
      name: 'people.erasureReasons',
      title: { zh: '注销前须处理的事项', en: 'What stands against erasing my account' },
      policy: personOnly,
      reply: contract.erasureView,
      handle: async (ctx) => ({ reasons: await erasureReasons(parts, ctx) }),
    }),
    route({
      method: 'POST',
      path: '/api/people/me/erasure',
      name: 'people.erase',
      title: { zh: '注销账号并删除我的数据', en: 'Erase my account and data' },
      policy: personOnly,
      body: contract.erase,
      perform: async (actor, { body }, { reply }) => {
        await parts.world.transact(actor, (ctx) => erasePersonalData(parts, ctx, body.confirm))
        clearSessionCookie(reply, parts.world.settings)
        return undefined
      },
    }),
  ]
}

export function peopleRoutes(parts: Parts): Route[] {
  return [accountRoutes, secondFactorRoutes, dataRoutes].flatMap((make) => make(parts))
}
