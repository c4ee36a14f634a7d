// Who may do what: a policy is one sentence and the test that carries it out.
import { type Actor, holds, type Role, type Text } from './context.ts'

export interface Policy {
  sentence: Text
  /**
   * Who can pass at all; the tests walk every route with every role by this list. 'person': whoever
   * is signed in; 'self': a person who acts for nobody else.
   */
  roles: readonly (Role | 'visitor' | 'person' | 'self')[]
  allows(actor: Actor): boolean
}

export const anyone: Policy = {
  sentence: { zh: '任何人可用', en: 'Anyone may use this' },
  roles: ['visitor'],
  allows: () => true,
}

export const signedIn: Policy = {
  sentence: { zh: '登录后可用', en: 'Anyone who is signed in' },
  roles: ['person'],
  allows: (actor) => actor.kind === 'person' || actor.kind === 'key',
}

/** Only a person in front of a browser: API keys are refused. */
export const personOnly: Policy = {
  sentence: { zh: '本人登录后可用，接口密钥不可用', en: 'A signed-in person; not an API key' },
  roles: ['person'],
  allows: (actor) => actor.kind === 'person',
}

/** Those who hold one of the roles, anywhere; the operation checks whose data it is. */
export function having(wanted: readonly Role[], sentence: Text): Policy {
  return { sentence, roles: wanted, allows: (actor) => holds(actor, wanted) }
}
