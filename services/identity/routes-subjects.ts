// HTTP of subjects: registering an organisation, reading and changing it, its shareholders.
import { anyone, personOnly } from '#platform/policy.ts'
import { type Route, route } from '#platform/routes.ts'
import * as contract from './contract.ts'
import { listDepartments } from './departments.ts'
import { changeOrganisation, registerOrganisation } from './organisations.ts'
import type { Parts } from './parts.ts'
import { memberHere, ownerInPerson } from './policy.ts'
import { changeShareholders, listShareholders } from './shareholders.ts'
import { requireOwn } from './store.ts'
import { readSubject } from './subject-view.ts'

function organisationRoutes(parts: Parts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/departments',
      name: 'subjects.departments',
      title: { zh: '列出部门', en: 'List departments' },
      policy: anyone,
      reply: contract.departments,
      handle: async (ctx) => ({ items: await listDepartments(ctx) }),
    }),
    route({
      method: 'POST',
      path: '/api/subjects',
      name: 'subjects.register',
      title: { zh: '登记本单位', en: 'Register my organisation' },
      policy: personOnly,
      body: contract.registerOrganisation,
      reply: contract.subjectView,
      status: 201,
      handle: async (ctx, { body }) =>
        readSubject(ctx, await registerOrganisation(parts, ctx, body)),
    }),
    route({
      method: 'GET',
      path: '/api/subjects/{id}',
      name: 'subjects.read',
      title: { zh: '查看单位', en: 'Read a subject' },
      policy: anyone,
      // Its own people see who represents it, and those persons see that they did.
      writes: true,
      params: contract.byId,
      reply: contract.subjectView,
      handle: (ctx, { params }) => readSubject(ctx, params.id),
    }),
    route({
      method: 'PATCH',
      path: '/api/subjects/{id}',
      name: 'subjects.change',
      title: { zh: '修改本单位信息', en: 'Change my organisation' },
      policy: ownerInPerson,
      params: contract.byId,
      body: contract.changeOrganisation,
      reply: contract.subjectView,
      // Its reply holds personal text, which no idempotency key may keep.
      perform: (actor, { params, body, ifMatch }) =>
        parts.world.transact(actor, async (ctx) => {
          requireOwn(ctx, params.id)
          await changeOrganisation(parts, ctx, params.id, body, ifMatch)
          return readSubject(ctx, params.id)
        }),
    }),
  ]
}

function shareholderRoutes(parts: Parts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/subjects/{id}/shareholders',
      name: 'subjects.shareholders',
      title: { zh: '列出股东', en: 'List shareholders' },
      policy: memberHere,
      params: contract.byId,
      reply: contract.shareholders,
      writes: true,
      handle: async (ctx, { params }) => {
        requireOwn(ctx, params.id)
        return listShareholders(ctx, params.id)
      },
    }),
    route({
      method: 'PUT',
      path: '/api/subjects/{id}/shareholders',
      name: 'subjects.changeShareholders',
      title: { zh: '更新股东', en: 'Replace the shareholders as of a day' },
      policy: ownerInPerson,
      params: contract.byId,
      body: contract.changeShareholders,
      reply: contract.shareholders,
      // Its reply holds personal text, which no idempotency key may keep.
      perform: (actor, { params, body, ifMatch }) =>
        parts.world.transact(actor, async (ctx) => {
          requireOwn(ctx, params.id)
          await changeShareholders(parts, ctx, params.id, body, ifMatch)
          return listShareholders(ctx, params.id)
        }),
    }),
  ]
}

export function subjectRoutes(parts: Parts): Route[] {
  return [...organisationRoutes(parts), ...shareholderRoutes(parts)]
}
