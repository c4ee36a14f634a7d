// The HTTP server: declared routes become fastify routes; every refusal is a problem document.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { jsonSchemaTransform, serializerCompiler } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Actor, JsonObject } from './context.ts'
import { Problem, problem } from './errors.ts'
import { remembered } from './idempotency.ts'
import { Download, type Input, type Route, scopeOf } from './routes.ts'
import { findBadText } from './text.ts'
import type { World } from './world.ts'

const BODY_LIMIT = 1_048_576
const LINGER_MS = 1_000

export interface ServerParts {
  routes: readonly Route[]
  /** Who sends this request; a visitor when nobody is signed in. */
  authenticate(request: FastifyRequest): Promise<Actor>
}

/** The policy sentence, the roles and the scope appear in OpenAPI beside each route. */
function openApiOf(route: Route): JsonObject {
  return {
    operationId: route.name,
    summary: `${route.title.zh} · ${route.title.en}`,
    tags: [route.name.split('.')[0]!],
    'x-policy': { zh: route.policy.sentence.zh, en: route.policy.sentence.en },
    'x-roles': [...route.policy.roles],
    'x-scope': scopeOf(route),
  }
}

function checkAccess(route: Route, actor: Actor): void {
  if (!route.policy.allows(actor)) {
    if (actor.kind === 'visitor') throw problem('access.sign-in')
    throw problem('access.denied', {
      who: route.policy.sentence.zh,
      whoEn: route.policy.sentence.en,
    })
  }
  const scope = scopeOf(route)
  if (actor.scopes && !route.policy.roles.includes('visitor') && !actor.scopes.includes(scope)) {
    throw problem('access.scope', { scope })
  }
}

function inputOf(request: FastifyRequest): Input<unknown, unknown, unknown> {
  const bad = findBadText(request.body) ?? findBadText(request.query) ?? findBadText(request.params)
  if (bad !== null) throw problem('request.text', { field: bad })
  const ifMatch = request.headers['if-match']?.replace(/^(W\/)?"|"$/g, '') ?? null
  return { params: request.params, query: request.query, body: request.body, ifMatch }
}

/** Runs a route: right, transaction, idempotency; and what to answer. */
async function run(
  world: World,
  route: Route,
  actor: Actor,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const input = inputOf(request)
  if (route.perform) return route.perform(actor, input, { request, reply })
  const handle = route.handle!
  if (route.method === 'GET' && !route.writes) {
    const read = route.once ? world.readOnce : world.read
    return read(actor, (ctx) => handle(ctx, input))
  }
  const key = request.headers['idempotency-key']
  // A GET that records who read is run each time, and its reply is kept nowhere.
  if (route.method === 'GET' || typeof key !== 'string' || actor.kind === 'visitor') {
    return world.transact(actor, (ctx) => handle(ctx, input))
  }
  return world.transact(actor, (ctx) =>
    remembered(ctx, { key, route: route.name, request: input }, () => handle(ctx, input)),
  )
}

function send(reply: FastifyReply, route: Route, result: unknown): FastifyReply {
  if (reply.sent) return reply
  if (result instanceof Download) {
    reply.type(result.type)
    if (result.name) {
      const name = encodeURIComponent(result.name)
      reply.header('content-disposition', `attachment; filename*=UTF-8''${name}`)
    }
    return reply.send(result.body)
  }
  if (result === undefined) return reply.code(route.status ?? 204).send()
  const version = (result as { version?: unknown }).version
  if (typeof version === 'number' || typeof version === 'string') {
    reply.header('etag', `"${version}"`)
  }
  return reply.code(route.status ?? 200).send(result)
}

function addRoute(app: FastifyInstance, world: World, parts: ServerParts, route: Route): void {
  const answers = route.reply
    ? { response: { [route.status ?? 200]: route.reply } }
    : { response: {} }
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    schema: {
      ...openApiOf(route),
      ...(route.params ? { params: route.params } : {}),
      ...(route.query ? { querystring: route.query } : { querystring: z.strictObject({}) }),
      ...(route.body ? { body: route.body } : {}),
      ...answers,
    },
    ...(route.upload ? { bodyLimit: Number.MAX_SAFE_INTEGER } : {}),
    config: route.rate ? { rateLimit: { max: route.rate, timeWindow: 60_000 } } : {},
    // Rights come before the contract: a stranger learns nothing from validation messages.
    preValidation: async (request) => {
      const actor = await parts.authenticate(request)
      checkAccess(route, actor)
      request.actor = actor
    },
    handler: async (request, reply) =>
      send(reply, route, await run(world, route, request.actor, request, reply)),
  })
}

const locales = { zh: z.locales.zhCN().localeError, en: z.locales.en().localeError }

function fieldErrors(issues: readonly z.core.$ZodIssue[], where: string): JsonObject[] {
  const said = (issue: z.core.$ZodIssue, locale: (typeof locales)['zh']): string => {
    const message = locale(issue as z.core.$ZodRawIssue)
    const text = typeof message === 'string' ? message : message?.message
    return issue.code === 'custom' ? issue.message : (text ?? issue.message)
  }
  return issues.slice(0, 50).map((issue) => ({
    field: issue.path.map(String).join('.') || where,
    zh: said(issue, locales.zh),
    en: said(issue, locales.en),
  }))
}

/** What a request broke of its contract; fastify adds where (body, querystring, params). */
class ContractError extends Error {
  readonly issues: readonly z.core.$ZodIssue[]
  validationContext?: string
  constructor(issues: readonly z.core.$ZodIssue[]) {
    super('contract')
    this.issues = issues
  }
}

interface FastifyFailure {
  code?: string
  statusCode?: number
}

/** Turns anything thrown into a problem. */
function toProblem(error: unknown, world: World, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error
  if (error instanceof ContractError) {
    const errors = fieldErrors(error.issues, error.validationContext ?? 'body')
    return problem('request.invalid', { errors })
  }
  const failure = error as FastifyFailure
  if (failure.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return problem('request.too-large', { limit: '1 MB' })
  }
  if (failure.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return problem('request.media-type')
  if (failure.statusCode === 429) {
    return problem('request.rate', {
      seconds: Number((error as { seconds?: number }).seconds ?? 60),
    })
  }
  if (failure.statusCode === 400) return problem('request.not-json')
  world.log.error({ err: error, requestId: request.id }, 'request failed')
  return problem('platform.failed')
}

/** A write sent by a page of another site is refused, whatever cookies came with it. */
function checkOrigin(request: FastifyRequest, world: World): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const origin = request.headers.origin
  if (request.headers['sec-fetch-site'] === 'cross-site') throw problem('request.origin')
  if (origin === undefined) return
  const own = world.settings.KAPOK_PUBLIC_URL
    ? new URL(world.settings.KAPOK_PUBLIC_URL).host
    : request.host
  let host: string
  try {
    host = new URL(origin).host
  } catch {
    throw problem('request.origin')
  }
  if (host !== own) throw problem('request.origin')
}

/**
 * After an answer that came before the end of the body, the client gets a moment to read it; then
 * the connection is closed, so that nobody keeps the server swallowing bytes.
 */
function closeUnread(request: IncomingMessage): void {
  if (request.complete) return
  request.resume()
  setTimeout(() => request.complete || request.destroy(), LINGER_MS).unref()
}

/** Upload routes read the raw stream themselves: no parser takes the body into memory. */
async function addUploadRoutes(app: FastifyInstance, world: World, parts: ServerParts) {
  await app.register(async (inner) => {
    inner.addHook('onResponse', async ({ raw }) => closeUnread(raw))
    inner.removeAllContentTypeParsers()
    inner.addContentTypeParser('*', (_request, _stream, done) => done(null, undefined))
    for (const route of parts.routes) if (route.upload) addRoute(inner, world, parts, route)
  })
}

async function addPlugins(app: FastifyInstance): Promise<void> {
  await app.register(cookie)
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: false,
  })
  await app.register(rateLimit, {
    max: 3_000,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, context) =>
      Object.assign(new Error('rate'), { statusCode: 429, seconds: Math.ceil(context.ttl / 1000) }),
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: '木棉 Kapok', version: '1', description: '示范系统，非政府网站' },
    },
    transform: jsonSchemaTransform,
  })
}

/** Builds the server with all routes of all services; the caller listens. */
export async function buildServer(world: World, parts: ServerParts): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    trustProxy: world.settings.KAPOK_TRUST_PROXY,
    routerOptions: { maxParamLength: 400 },
    forceCloseConnections: true,
  })
  app.setValidatorCompiler(({ schema }) => (data: unknown) => {
    const parsed = (schema as z.ZodType).safeParse(data)
    return parsed.success
      ? { value: parsed.data }
      : { error: new ContractError(parsed.error.issues) }
  })
  app.setSerializerCompiler(serializerCompiler)
  app.decorateRequest('actor')
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    checkOrigin(request, world)
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    const status = String(reply.statusCode)
    const spent = reply.elapsedTime / 1000
    world.metrics.requests.observe({ method: request.method, route, status }, spent)
    const ms = Math.round(reply.elapsedTime)
    world.log.info({ requestId: request.id, method: request.method, route, status, ms }, 'request')
  })
  app.setErrorHandler((error, request, reply) => {
    const refusal = toProblem(error, world, request)
    return reply
      .code(refusal.status)
      .type('application/problem+json')
      .serializer(JSON.stringify)
      .send(refusal.document(request.id))
  })
  await addPlugins(app)
  for (const route of parts.routes) if (!route.upload) addRoute(app, world, parts, route)
  await addUploadRoutes(app, world, parts)
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  return app
}

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor
  }
}
