// HTTP of what an organisation lends out: membership, mandates, API keys.
import { problem } from '#platform/errors.ts'
import { personOnly } from '#platform/policy.ts'
import { type Route, route } from '#platform/routes.ts'
import { createKey, listKeys, revokeKey } from './api-keys.ts'
import * as contract from './contract.ts'
import { grantMandate, listMandates, revokeMandate } from './mandates.ts'
import {
  acceptInvitation,
  changeMember,
  inviteMember,
  listInvitations,
  listMembers,
  removeMember,
  revokeInvitation,
} from './members.ts'
import type { Parts } from './parts.ts'
import { memberHere, memberInPerson, ownerInPerson } from './policy.ts'
import { requireOwn } from './store.ts'

const title = (zh: string, en: string) => ({ zh, en })

function memberRoutes(): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/subjects/{id}/members',
      name: 'subjects.members',
      title: title('列出成员', 'List members'),
      policy: memberHere,
      params: contract.byId,
      reply: contract.members,
      writes: true,
      handle: async (ctx, { params }) => {
        requireOwn(ctx, params.id)
        return { items: await listMembers(ctx, params.id) }
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/subjects/{id}/members/{person}',
      name: 'subjects.changeMember',
      title: title('修改成员角色', 'Change the roles of a member'),
      policy: ownerInPerson,
      params: contract.byMember,
      body: contract.memberRolesBody,
      handle: async (ctx, { params, body, ifMatch }) => {
        requireOwn(ctx, params.id)
        const where = { organisationId: params.id, personId: params.person }
        await changeMember(ctx, where, body.roles, ifMatch)
        return undefined
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/subjects/{id}/members/{person}',
      name: 'subjects.removeMember',
      title: title('移除成员或退出单位', 'Remove a member, or leave'),
      policy: memberInPerson,
      params: contract.byMember,
      handle: async (ctx, { params }) => {
        requireOwn(ctx, params.id)
        if (params.person !== ctx.actor.personId && !ownerInPerson.allows(ctx.actor)) {
          const { zh, en } = ownerInPerson.sentence
          throw problem('access.denied', { who: zh, whoEn: en })
        }
        await removeMember(ctx, params.id, params.person)
        return undefined
      },
    }),
  ]
}

function invitationRoutes(parts: Parts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/subjects/{id}/invitations',
      name: 'subjects.invitations',
      title: title('列出邀请', 'List invitations'),
      policy: ownerInPerson,
      params: contract.byId,
      reply: contract.invitations,
      handle: async (ctx, { params }) => {
        requireOwn(ctx, params.id)
        return { items: await listInvitations(ctx, params.id) }
      },
    }),
    route({
      method: 'POST',
      path: '/api/subjects/{id}/invitations',
      name: 'subjects.invite',
      title: title('邀请成员', 'Invite a member'),
      policy: ownerInPerson,
      params: contract.byId,
      body: contract.memberRolesBody,
      reply: contract.invitationMade,
      status: 201,
      // A code must not be remembered under an idempotency key.
      perform: (actor, { params, body }) =>
        parts.world.transact(actor, async (ctx) => {
          requireOwn(ctx, params.id)
          return inviteMember(ctx, params.id, body.roles)
        }),
    }),
    route({
      method: 'DELETE',
      path: '/api/subjects/{id}/invitations/{invitation}',
      name: 'subjects.revokeInvitation',
      title: title('撤销邀请', 'Revoke an invitation'),
      policy: ownerInPerson,
      params: contract.byInvitation,
      handle: async (ctx, { params }) => {
        requireOwn(ctx, params.id)
        await revokeInvitation(ctx, params.id, params.invitation)
        return undefined
      },
    }),
    route({
      method: 'POST',
      path: '/api/invitations',
      name: 'people.acceptInvitation',
      title: title('接受邀请', 'Accept an invitation'),
      policy: personOnly,
      body: contract.acceptInvitation,
      reply: contract.accepted,
      rate: 30,
      handle: (ctx, { body }) => acceptInvitation(ctx, body.code),
    }),
  ]
}

function mandateRoutes(): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/subjects/{id}/mandates',
      name: 'subjects.mandates',
      title: title('列出委托', 'List mandates'),
      policy: memberHere,
      params: contract.byId,
      reply: contract.mandates,
      handle: async (ctx, { params }) => {
        requireOwn(ctx, params.id)
        return listMandates(ctx, params.id)
      },
    }),
    route({
      method: 'POST',
      path: '/api/subjects/{id}/mandates',
      name: 'subjects.grantMandate',
      title: title('委托他人代办', 'Let somebody act for us'),
      policy: ownerInPerson,
      params: contract.byId,
      body: contract.grantMandate,
      reply: contract.made,
      status: 201,
      handle: async (ctx, { params, body }) => {
        requireOwn(ctx, params.id)
        return { id: await grantMandate(ctx, params.id, body) }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/subjects/{id}/mandates/{mandate}',
      name: 'subjects.revokeMandate',
      title: title('撤销委托', 'Revoke a mandate'),
      policy: ownerInPerson,
      params: contract.byMandate,
      handle: async (ctx, { params }) => {
        requireOwn(ctx, params.id)
        await revokeMandate(ctx, params.id, params.mandate)
        return undefined
      },
    }),
  ]
}

function keyRoutes(parts: Parts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/subjects/{id}/api-keys',
      name: 'subjects.keys',
      title: title('列出接口密钥', 'List API keys'),
      policy: ownerInPerson,
      params: contract.byId,
      reply: contract.keys,
      handle: async (ctx, { params }) => {
        requireOwn(ctx, params.id)
        return { items: await listKeys(ctx, params.id) }
      },
    }),
    route({
      method: 'POST',
      path: '/api/subjects/{id}/api-keys',
      name: 'subjects.createKey',
      title: title('创建接口密钥', 'Create an API key'),
      policy: ownerInPerson,
      params: contract.byId,
      body: contract.createKey,
      reply: contract.keyMade,
      status: 201,
      // The secret must not be remembered under an idempotency key.
      perform: (actor, { params, body }) =>
        parts.world.transact(actor, async (ctx) => {
          requireOwn(ctx, params.id)
          return createKey(ctx, params.id, body)
        }),
    }),
    route({
      method: 'DELETE',
      path: '/api/subjects/{id}/api-keys/{key}',
      name: 'subjects.revokeKey',
      title: title('停用接口密钥', 'Revoke an API key'),
      policy: ownerInPerson,
      params: contract.byKey,
      handle: async (ctx, { params }) => {
        requireOwn(ctx, params.id)
        await revokeKey(ctx, params.id, params.key)
        return undefined
      },
    }),
  ]
}

export function membershipRoutes(parts: Parts): Route[] {
  return [...memberRoutes(), ...invitationRoutes(parts), ...mandateRoutes(), ...keyRoutes(parts)]
}
