// The session cookie, and what a request says about where it comes from.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Settings } from '#platform/settings.ts'
import { sessionCookie } from './authenticate.ts'
import type { Origin } from './sessions.ts'

const LONGEST_AGENT = 200

/** Cookies travel over https alone when visitors come by https. */
export function isSecure(settings: Settings): boolean {
  return settings.KAPOK_PUBLIC_URL?.startsWith('https:') ?? false
}

const options = (settings: Settings) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure(settings) }) as const

export function setSessionCookie(reply: FastifyReply, settings: Settings, token: string): void {
  reply.setCookie(sessionCookie, token, options(settings))
}

export function clearSessionCookie(reply: FastifyReply, settings: Settings): void {
  reply.clearCookie(sessionCookie, options(settings))
}

/** The browser and address of a request; kept with the session so that its owner knows it again. */
export function originOf(request: FastifyRequest): Origin {
  const agent = request.headers['user-agent'] ?? ''
  return { agent: agent.slice(0, LONGEST_AGENT).toWellFormed(), address: request.ip }
}
