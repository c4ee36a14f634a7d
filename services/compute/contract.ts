// What compute takes and gives; shared with the portal and OpenAPI.
export * from './contract/accounts.ts'
export * from './contract/days.ts'
export * from './contract/fields.ts'
export * from './contract/jobs.ts'
export * from './contract/queues.ts'
export * from './contract/schedule.ts'
export * from './contract/sites.ts'
