// HTTP of sign-in: sessions, single sign-on, demo entry, one-time links.
import { problem } from '#platform/errors.ts'
import { anyone, personOnly } from '#platform/policy.ts'
import { type Exchange, type Route, route } from '#platform/routes.ts'
import { chooseSubject } from './acting.ts'
import { actorOfSession, authenticate } from './authenticate.ts'
import * as contract from './contract.ts'
import { clearSessionCookie, isSecure, originOf, setSessionCookie } from './cookie.ts'
import { enterDemo, listDemoAccounts, mayEnterDemo, offersDemoEntry } from './demo-entry.ts'
import { readLink, redeemLink } from './links.ts'
import { beginOidc, finishOidc } from './oidc.ts'
import type { Parts } from './parts.ts'
import { viewSession } from './session-view.ts'
import { closeSession } from './sessions.ts'
import { signIn } from './sign-in.ts'

const oidcCookie = 'kapok_oidc'
const callback = '/api/session/oidc/callback'

/**
 * Sets the cookie of a fresh session and answers as GET /api/session will. The session that this
 * browser had before ends: nobody is left signed in unseen.
 */
export async function enter(parts: Parts, { request, reply }: Exchange, token: string) {
  await parts.world.transact(request.actor, closeSession)
  setSessionCookie(reply, parts.world.settings, token)
  return viewSession(parts, await actorOfSession(parts.world, token, request), request)
}

/** The address of this site as the browser knows it. */
function siteOf(parts: Parts, { request }: Exchange): string {
  return parts.world.settings.KAPOK_PUBLIC_URL ?? `${request.protocol}://${request.host}`
}

function passwordRoutes(parts: Parts): Route[] {
  const { world } = parts
  return [
    route({
      method: 'GET',
      path: '/api/session',
      name: 'session.read',
      title: { zh: '当前登录状态', en: 'Who is signed in' },
      policy: anyone,
      reply: contract.sessionView,
      perform: (actor, _input, { request }) => viewSession(parts, actor, request),
    }),
    route({
      method: 'POST',
      path: '/api/session',
      name: 'session.open',
      title: { zh: '登录', en: 'Sign in' },
      policy: anyone,
      body: contract.signIn,
      reply: contract.sessionView,
      rate: 120,
      perform: async (_actor, { body }, exchange) =>
        enter(parts, exchange, await signIn(parts, body, originOf(exchange.request))),
    }),
    route({
      method: 'DELETE',
      path: '/api/session',
      name: 'session.close',
      title: { zh: '退出', en: 'Sign out' },
      policy: anyone,
      perform: async (actor, _input, { reply }) => {
        await world.transact(actor, closeSession)
        clearSessionCookie(reply, world.settings)
        return undefined
      },
    }),
    route({
      method: 'POST',
      path: '/api/session/subject',
      name: 'session.actFor',
      title: { zh: '选择代表的单位', en: 'Choose for whom to act' },
      policy: personOnly,
      body: contract.actFor,
      reply: contract.sessionView,
      perform: async (actor, { body }, { request }) => {
        const { subjectId, mandateId = null } = body
        await world.transact(actor, (ctx) => chooseSubject(ctx, { subjectId, mandateId }))
        return viewSession(parts, await authenticate(world, request), request)
      },
    }),
  ]
}

function oidcRoutes(parts: Parts): Route[] {
  const { settings } = parts.world
  return [
    route({
      method: 'GET',
      path: '/api/session/oidc',
      name: 'session.beginOidc',
      title: { zh: '统一身份认证登录', en: 'Sign in by single sign-on' },
      policy: anyone,
      query: contract.oidcStart,
      rate: 60,
      perform: async (_actor, { query }, exchange) => {
        const redirectUri = new URL(callback, siteOf(parts, exchange)).href
        const { url, browser } = await beginOidc(parts, redirectUri, query.returnTo)
        exchange.reply
          .setCookie(oidcCookie, browser, {
            path: callback,
            httpOnly: true,
            sameSite: 'lax',
            secure: isSecure(settings),
          })
          .redirect(url.href)
        return undefined
      },
    }),
    route({
      method: 'GET',
      path: callback,
      name: 'session.finishOidc',
      title: { zh: '统一身份认证返回', en: 'Return from single sign-on' },
      policy: anyone,
      query: contract.oidcReturn,
      rate: 60,
      perform: async (_actor, { query }, exchange) => {
        const { request, reply } = exchange
        const { token, returnTo } = await finishOidc(
          parts,
          {
            url: new URL(request.url, siteOf(parts, exchange)),
            state: query.state,
            browser: request.cookies[oidcCookie],
          },
          originOf(request),
        )
        await parts.world.transact(request.actor, closeSession)
        setSessionCookie(reply, settings, token)
        reply.clearCookie(oidcCookie, { path: callback }).redirect(returnTo)
        return undefined
      },
    }),
  ]
}

function demoRoutes(parts: Parts): Route[] {
  const { world } = parts
  return [
    route({
      method: 'GET',
      path: '/api/demo/accounts',
      name: 'demo.accounts',
      title: { zh: '演示账号', en: 'Demo accounts' },
      policy: anyone,
      reply: contract.demoAccounts,
      handle: async (ctx) => ({
        items: offersDemoEntry(world) ? await listDemoAccounts(ctx) : [],
      }),
    }),
    route({
      method: 'POST',
      path: '/api/demo/enter',
      name: 'demo.enter',
      title: { zh: '一键进入演示账号', en: 'Enter as a demo account' },
      policy: anyone,
      body: contract.enterDemo,
      reply: contract.sessionView,
      perform: async (_actor, { body }, exchange) => {
        const { request } = exchange
        if (!mayEnterDemo(world, request)) throw problem('identity.demo-refused')
        return enter(parts, exchange, await enterDemo(parts, body.account, originOf(request)))
      },
    }),
  ]
}

function linkRoutes(parts: Parts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/first/{token}',
      name: 'first.read',
      title: { zh: '查看一次性链接', en: 'What a one-time link is for' },
      policy: anyone,
      params: contract.byToken,
      reply: contract.linkView,
      rate: 60,
      handle: (ctx, { params }) => readLink(ctx, params.token),
    }),
    route({
      method: 'POST',
      path: '/api/first/{token}',
      name: 'first.use',
      title: { zh: '用一次性链接设置账号', en: 'Use a one-time link' },
      policy: anyone,
      params: contract.byToken,
      body: contract.useLink,
      reply: contract.sessionView,
      rate: 60,
      perform: async (_actor, { params, body }, exchange) => {
        const token = await redeemLink(parts, params.token, body, originOf(exchange.request))
        return enter(parts, exchange, token)
      },
    }),
  ]
}

export function sessionRoutes(parts: Parts): Route[] {
  return [passwordRoutes, oidcRoutes, demoRoutes, linkRoutes].flatMap((make) => make(parts))
}
