// What identity takes and gives; shared with the portal and OpenAPI.
export * from './contract/administration.ts'
export * from './contract/facts.ts'
export * from './contract/fields.ts'
export * from './contract/people.ts'
export * from './contract/session.ts'
export * from './contract/subjects.ts'
