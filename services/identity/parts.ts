// What the operations of identity share: the world, the ports, and the keys of its keyed hashes.
import type { World } from '#platform/world.ts'
import type { IdentityPorts } from './ports.ts'
import { keyedHash } from './tokens.ts'

export interface Parts {
  world: World
  ports: IdentityPorts
  /** For the journal: says whether two logins are the same, and nothing else. */
  journalHash(text: string): string
  recoveryHash(personId: string, code: string): Buffer
  residentHash(number: string): Buffer
}

export function openParts(world: World, ports: IdentityPorts): Parts {
  const [journal, recovery, resident] = ['journal', 'recovery', 'resident'].map((purpose) =>
    world.secrets.derive(`identity.${purpose}`),
  )
  return {
    world,
    ports,
    journalHash: (text) => keyedHash(journal!, text).toString('hex'),
    recoveryHash: (personId, code) => keyedHash(recovery!, `${personId}:${code}`),
    residentHash: (number) => keyedHash(resident!, number),
  }
}
