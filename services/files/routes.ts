// The file service over HTTP: upload, list, read, download, rename, delete.
import { z } from 'zod'
import type { Actor } from '#platform/context.ts'
import { problem } from '#platform/errors.ts'
import { signedIn } from '#platform/policy.ts'
import { Download, type Exchange, paging, type Route, route } from '#platform/routes.ts'
import * as contract from './contract.ts'
import { deleteFile } from './delete-file.ts'
import { renameFile } from './rename-file.ts'
import { listFiles, loadFile, readUsage, viewOf } from './store.ts'
import { ownerOf, type UnderWay, type UploadParts, upload } from './upload.ts'

const byId = z.strictObject({ id: z.uuid() })

function uploadRoute(parts: UploadParts, underWay: UnderWay): Route {
  return route({
    method: 'POST',
    path: '/api/files',
    name: 'files.upload',
    title: { zh: '上传文件', en: 'Upload a file' },
    policy: signedIn,
    upload: true,
    status: 201,
    query: z.strictObject({ name: contract.fileName, purpose: contract.purpose }),
    reply: contract.file,
    perform: async (actor: Actor, { query }, { request }: Exchange) => {
      const { headers } = request
      const length = Number(headers['content-length'] ?? Number.NaN)
      const key = headers['idempotency-key']
      return upload(parts, underWay, actor, {
        ...query,
        declaredType: headers['content-type'],
        announcedBytes: Number.isSafeInteger(length) ? length : null,
        idempotencyKey: typeof key === 'string' ? key : undefined,
        bytes: request.raw,
      })
    },
  })
}

function downloadRoute({ world, blobs }: UploadParts): Route {
  return route({
    method: 'GET',
    path: '/api/files/{id}/content',
    name: 'files.download',
    title: { zh: '下载文件', en: 'Download a file' },
    policy: signedIn,
    params: byId,
    perform: async (actor, { params }, { reply }) => {
      const row = await world.read(actor, (ctx) =>
        loadFile(ctx, params.id, { owner: ownerOf(actor) }),
      )
      const bytes = await blobs.read(row.id)
      if (!bytes) throw problem('request.not-found')
      // Saved, never shown in place: no script in a file runs as a page of this site.
      reply.header('content-security-policy', "default-src 'none'; sandbox")
      reply.header('x-content-type-options', 'nosniff')
      reply.header('cache-control', 'private, no-store')
      reply.header('content-length', String(row.size_bytes))
      reply.header('etag', `"${row.sha256!.toString('hex')}"`)
      return new Download(row.media_type, row.name, bytes)
    },
  })
}

export function routesOf(parts: UploadParts, underWay: UnderWay): Route[] {
  return [
    uploadRoute(parts, underWay),
    route({
      method: 'GET',
      path: '/api/files',
      name: 'files.list',
      title: { zh: '列出文件', en: 'List files' },
      policy: signedIn,
      query: z.strictObject({ ...paging, purpose: contract.purpose.optional() }),
      reply: contract.fileList,
      handle: async (ctx, { query }) => {
        const owner = ownerOf(ctx.actor)
        const usage = await readUsage(ctx, owner, parts.limits(ctx.now))
        return { ...(await listFiles(ctx, owner, query)), usage }
      },
    }),
    route({
      method: 'GET',
      path: '/api/files/{id}',
      name: 'files.read',
      title: { zh: '查看文件信息', en: 'Read what is known of a file' },
      policy: signedIn,
      params: byId,
      reply: contract.file,
      handle: async (ctx, { params }) =>
        viewOf(await loadFile(ctx, params.id, { owner: ownerOf(ctx.actor) })),
    }),
    downloadRoute(parts),
    route({
      method: 'PATCH',
      path: '/api/files/{id}',
      name: 'files.rename',
      title: { zh: '重命名文件', en: 'Rename a file' },
      policy: signedIn,
      params: byId,
      body: z.strictObject({ name: contract.fileName }),
      reply: contract.file,
      handle: (ctx, { params, body, ifMatch }) => renameFile(ctx, params.id, body.name, ifMatch),
    }),
    route({
      method: 'DELETE',
      path: '/api/files/{id}',
      name: 'files.delete',
      title: { zh: '删除文件', en: 'Delete a file' },
      policy: signedIn,
      params: byId,
      handle: async (ctx, { params, ifMatch }) => {
        await deleteFile(ctx, params.id, ifMatch)
        return undefined
      },
    }),
  ]
}
