// Single sign-on by OIDC: authorisation code flow with PKCE, against the one configured issuer.
import * as client from 'openid-client'
import type { Settings } from '#platform/settings.ts'
import type { Oidc } from '#services/identity/ports.ts'

const TIMEOUT_SECONDS = 10
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** A request to any place but the issuer is never sent. */
function onlyTo(issuer: URL): client.CustomFetch {
  return (url, options) => {
    if (new URL(url).origin !== issuer.origin) {
      throw new Error(`refused to contact ${new URL(url).origin}: not the configured issuer`)
    }
    return fetch(url, { ...options, redirect: 'error' } as RequestInit)
  }
}

/** Discovery happens at the first sign-in, so that a silent issuer stops no start. */
function discovered(settings: Settings, issuer: URL): () => Promise<client.Configuration> {
  let found: Promise<client.Configuration> | null = null
  const { KAPOK_OIDC_CLIENT_ID: id, KAPOK_OIDC_CLIENT_SECRET: secret } = settings
  return () => {
    found ??= client
      .discovery(issuer, id!, undefined, secret ? client.ClientSecretPost(secret) : client.None(), {
        timeout: TIMEOUT_SECONDS,
        [client.customFetch]: onlyTo(issuer),
        execute: [
          // The signature of the identity token is verified too, not only the channel trusted.
          client.enableNonRepudiationChecks,
          // Plain http is for a provider on this machine only.
          ...(loopback.test(issuer.hostname) ? [client.allowInsecureRequests] : []),
        ],
      })
      .catch((error) => {
        found = null
        throw error
      })
    return found
  }
}

/** The configured issuer, or null when the settings name none. */
export function openOidc(settings: Settings): Oidc | null {
  if (!settings.KAPOK_OIDC_ISSUER || !settings.KAPOK_OIDC_CLIENT_ID) return null
  const issuer = new URL(settings.KAPOK_OIDC_ISSUER)
  const configuration = discovered(settings, issuer)
  return {
    async begin(redirectUri) {
      const config = await configuration()
      const checks = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      }
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid profile',
        state: checks.state,
        nonce: checks.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(checks.verifier),
        code_challenge_method: 'S256',
      })
      return { url, checks }
    },
    async finish(returned, checks) {
      const tokens = await client.authorizationCodeGrant(await configuration(), returned, {
        expectedState: checks.state,
        expectedNonce: checks.nonce,
        pkceCodeVerifier: checks.verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()!
      const name = typeof claims.name === 'string' ? claims.name : null
      return { issuer: claims.iss, subject: claims.sub, name }
    },
  }
}
