// Whom the facts of other services concern: each becomes a notice to the person or organisation.
import type { Ctx, Text } from '#platform/context.ts'
import type { JournalEntry } from '#platform/journal.ts'
import type { Reaction } from '#platform/service.ts'
import { findSubjects } from '#services/identity/index.ts'
import type { Recipient } from './notify.ts'
import type { NoticeKind, NoticeParams } from './templates.ts'

type Tell = <K extends NoticeKind>(
  ctx: Ctx,
  notice: { to: Recipient; kind: K; params: NoticeParams<K>; link: string },
) => Promise<string>

const roleNames: Record<string, Text> = {
  owner: { zh: '负责人', en: 'owner' },
  member: { zh: '成员', en: 'member' },
  operator: { zh: '运营人员', en: 'operator' },
  'community-manager': { zh: '社区管理员', en: 'community manager' },
}

/** A moment as people in Guangdong read it. */
export function moment(iso: string): Text {
  const at = new Date(iso)
  const options = { timeZone: 'Asia/Shanghai', dateStyle: 'long', timeStyle: 'short' } as const
  return {
    zh: at.toLocaleString('zh-CN', options),
    en: at.toLocaleString('en-GB', options),
  }
}

async function nameOf(ctx: Ctx, subjectId: string): Promise<string> {
  return (await findSubjects(ctx, [subjectId])).get(subjectId)?.name ?? '—'
}

/** A mandate's holder is a person or an organisation. */
async function recipientOf(ctx: Ctx, subjectId: string): Promise<Recipient> {
  const found = (await findSubjects(ctx, [subjectId])).get(subjectId)
  return found?.kind === 'person' ? { person: subjectId } : { subject: subjectId }
}

type Handler = (ctx: Ctx, entry: JournalEntry, tell: Tell) => Promise<unknown>

const handlers: Record<string, Handler> = {
  async 'identity.member-joined'(ctx, { subjectId, payload, actor }, tell) {
    const { personId, roles } = payload as { personId: string; roles: string[] }
    if (actor.person === personId || actor.kind === 'system') return
    const names = roles.map((role) => roleNames[role] ?? { zh: role, en: role })
    await tell(ctx, {
      to: { person: personId },
      kind: 'identity.member-added',
      params: {
        organisation: await nameOf(ctx, subjectId!),
        role: {
          zh: names.map(({ zh }) => zh).join('、'),
          en: names.map(({ en }) => en).join(', '),
        },
      },
      link: '/organisation',
    })
  },
  async 'identity.member-left'(ctx, { subjectId, payload, actor }, tell) {
    const { personId } = payload as { personId: string }
    if (actor.person === personId) return
    await tell(ctx, {
      to: { person: personId },
      kind: 'identity.member-removed',
      params: { organisation: await nameOf(ctx, subjectId!) },
      link: '/account',
    })
  },
  async 'identity.mandate-granted'(ctx, { payload }, tell) {
    const { grantorId, holderId, from, until } = payload as Record<string, string>
    await tell(ctx, {
      to: await recipientOf(ctx, holderId!),
      kind: 'identity.mandate-granted',
      params: {
        grantor: await nameOf(ctx, grantorId!),
        from: moment(from!),
        until: moment(until!),
      },
      link: '/organisation/mandates',
    })
  },
  async 'identity.mandate-revoked'(ctx, { subjectId, payload, knownAt }, tell) {
    await tell(ctx, {
      to: await recipientOf(ctx, payload.holderId as string),
      kind: 'identity.mandate-ended',
      params: {
        grantor: await nameOf(ctx, subjectId!),
        until: moment(knownAt.toISOString()),
      },
      link: '/organisation/mandates',
    })
  },
  async 'identity.key-created'(ctx, { subjectId, payload }, tell) {
    await tell(ctx, {
      to: await recipientOf(ctx, subjectId!),
      kind: 'identity.key-created',
      params: { until: moment(payload.until as string) },
      link: '/organisation/keys',
    })
  },
  async 'identity.sign-in-locked'(ctx, { payload }, tell) {
    if (payload.personId === null) return
    await tell(ctx, {
      to: { person: payload.personId as string },
      kind: 'identity.locked',
      params: { until: moment(payload.until as string) },
      link: '/account',
    })
  },
}

/** Tells people what others did that concerns them. */
export function noticeReaction(tell: Tell): Reaction {
  return {
    name: 'notices.identity',
    kinds: Object.keys(handlers),
    handle: async (ctx, entry) => {
      await handlers[entry.kind]!(ctx, entry, tell)
    },
  }
}
