// The one table of problems: what happened and what to do next, in Chinese and English.
import type { Json, JsonObject, Text } from './context.ts'

interface Entry {
  status: number
  title: Text
  next: Text
}

const entry = (status: number, zh: string, zhNext: string, en: string, enNext: string): Entry => ({
  status,
  title: { zh, en },
  next: { zh: zhNext, en: enNext },
})

/** Code -> problem. `{name}` is replaced by the parameter of that name. */
export const problems = {
  // requests
  'request.invalid': entry(
    400,
    '填写的内容有误',
    '请按各项提示修改后再提交；已填内容未丢失。',
    'Some of the input is wrong',
    'Correct the fields named below and send again; nothing was changed.',
  ),
  'request.not-json': entry(
    400,
    '请求内容不是有效的 JSON',
    '请检查格式后重新发送。',
    'The request body is not valid JSON',
    'Check the format and send again.',
  ),
  'request.text': entry(
    400,
    '“{field}”含有无法保存的字符',
    '请删除空字符或不完整的字符后再提交。',
    '“{field}” holds characters that cannot be stored',
    'Remove NUL characters and unpaired surrogates, then send again.',
  ),
  'request.too-large': entry(
    413,
    '内容超过上限（{limit}）',
    '请减小后再提交。',
    'The content is larger than the limit ({limit})',
    'Make it smaller and send again.',
  ),
  'request.media-type': entry(
    415,
    '不支持这种内容类型',
    '请使用接口文档所列的内容类型。',
    'This content type is not supported',
    'Use a content type named in the API page.',
  ),
  'request.rate': entry(
    429,
    '请求过于频繁',
    '请 {seconds} 秒后再试。',
    'Too many requests',
    'Try again in {seconds} seconds.',
  ),
  'request.origin': entry(
    403,
    '请求来源与本站不符，未执行',
    '请从本站页面操作。',
    'The request came from another site and was not carried out',
    'Use the pages of this site.',
  ),
  'request.not-found': entry(
    404,
    '没有找到',
    '请检查地址或编号；也可能不属于您当前代表的单位。',
    'Not found',
    'Check the address or number; it may also belong to another organisation.',
  ),
  'request.cursor': entry(
    400,
    '翻页标记无效',
    '请从第一页重新开始。',
    'The page cursor is not valid',
    'Start again from the first page.',
  ),
  'request.idempotency-key': entry(
    400,
    '幂等键格式不对',
    '请使用 8 至 200 个可见字符。',
    'The Idempotency-Key is malformed',
    'Use 8 to 200 visible ASCII characters.',
  ),
  'request.key-reused': entry(
    422,
    '同一个幂等键已用于另一项内容，本次未执行',
    '内容不同请换一个新的幂等键；重复提交请保持内容不变。',
    'This idempotency key was used with another body; nothing was done',
    'Use a new key for new content, or repeat the same body.',
  ),
  'request.version-needed': entry(
    428,
    '修改前需说明所依据的版本',
    '请带上读取时得到的 If-Match。',
    'A change needs the version that it is based on',
    'Send If-Match with the ETag that you read.',
  ),
  'request.version': entry(
    412,
    '内容已被他人更新，本次修改未保存',
    '请读取最新内容，核对后再提交。',
    'Somebody else changed this meanwhile; your change was not stored',
    'Read the newest version, compare, and send again.',
  ),
  // sessions and rights
  'access.sign-in': entry(
    401,
    '请先登录',
    '登录后将回到本页。',
    'Please sign in first',
    'You will come back to this page.',
  ),
  'access.denied': entry(
    403,
    '您的角色不能进行这项操作',
    '可用者：{who}。如需办理，请联系本单位管理员。',
    'Your role does not allow this',
    'Who may: {who}. Ask your organisation’s administrator.',
  ),
  'access.scope': entry(
    403,
    '接口密钥不含所需范围“{scope}”',
    '请创建含该范围的密钥。',
    'The API key lacks the scope “{scope}”',
    'Create a key with that scope.',
  ),
  // platform
  'platform.failed': entry(
    500,
    '系统出错，本次操作未生效',
    '请稍后再试；仍有问题时请提供请求编号。',
    'Something failed here; nothing was changed',
    'Try again later; if it stays, tell us the request number.',
  ),
  'platform.busy': entry(
    503,
    '系统繁忙，本次操作未生效',
    '请稍后重试。',
    'The system is busy; nothing was changed',
    'Try again shortly.',
  ),
  'journal.not-sealed': entry(
    409,
    '这条记录尚未封存',
    '通常在数秒内封存，请稍后再下载证明。',
    'This entry is not yet sealed',
    'Sealing takes a few seconds; fetch the proof again shortly.',
  ),
  'clock.backwards': entry(
    400,
    '时钟只能向前调',
    '请给出正的时长，例如 +1d。',
    'The clock only moves forward',
    'Give a positive duration such as +1d.',
  ),
  'clock.not-demo': entry(
    403,
    '只有演示世界可以调整时钟',
    '正式系统使用真实时间。',
    'Only the demo world has a clock that can be moved',
    'A real system runs on real time.',
  ),
  // files
  'files.type': entry(
    415,
    '不接收这种文件（{found}）',
    '可上传：{allowed}。网页与 SVG 等可含脚本的文件请先转为 PDF 或图片。',
    'Files of this kind ({found}) are not taken',
    'These are: {allowed}. Turn pages and SVG, which can hold scripts, into PDF or an image.',
  ),
  'files.mismatch': entry(
    422,
    '文件内容与名称不符：按名称应为 {expected}，实际为 {found}，未保存',
    '请确认所选文件；文本请另存为 UTF-8 编码后再上传。',
    'The content is not what the name says: {expected} expected, {found} found; nothing was stored',
    'Check the file you chose; save text as UTF-8 and upload it again.',
  ),
  'files.empty': entry(
    422,
    '文件是空的，未保存',
    '请确认所选文件后再上传。',
    'The file is empty; nothing was stored',
    'Check the file you chose and upload it again.',
  ),
  'files.quota': entry(
    409,
    '存储空间不足（共 {limit}，剩余 {free}），未保存',
    '请先删除不再需要的文件。',
    'There is not enough room ({free} of {limit} are left); nothing was stored',
    'Delete files that are no longer needed first.',
  ),
  'files.interrupted': entry(
    400,
    '上传中断，未保存',
    '请重新上传。',
    'The upload broke off; nothing was stored',
    'Upload the file again.',
  ),
  'files.stalled': entry(
    408,
    '超过 {seconds} 秒没有收到数据，上传已停止，未保存',
    '请检查网络后重新上传。',
    'Nothing arrived for {seconds} seconds; the upload was stopped and nothing stored',
    'Check the network and upload the file again.',
  ),
  'files.storage': entry(
    507,
    '服务器存储已满，未保存',
    '请稍后再试，或联系系统管理员。',
    'The server has no room left; nothing was stored',
    'Try again later or tell the system administrator.',
  ),
  'files.in-use': entry(
    409,
    '这个文件已被业务引用，不能删除',
    '请先撤回引用它的事项。',
    'This file is in use and cannot be deleted',
    'Withdraw the matter that refers to it first.',
  ),
} as const satisfies Record<string, Entry>

export type ProblemCode = keyof typeof problems

const fill = (text: string, params: JsonObject): string =>
  text.replace(/\{(\w+)\}/g, (hole, name: string) =>
    params[name] === undefined ? hole : String(params[name]),
  )

/** A refusal with its reason. Thrown anywhere; the HTTP layer writes it as RFC 9457 JSON. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly params: JsonObject
  constructor(code: ProblemCode, params: JsonObject = {}) {
    super(`${code}: ${fill(problems[code].title.en, params)}`)
    this.name = 'Problem'
    this.code = code
    this.status = problems[code].status
    this.params = params
  }
  /** The RFC 9457 document. */
  document(requestId?: string): JsonObject {
    const { status, title, next } = problems[this.code] as Entry
    const both = (text: Text): { [k: string]: Json } => ({
      zh: fill(text.zh, this.params),
      en: fill(text.en, this.params),
    })
    return {
      type: `urn:kapok:problem:${this.code}`,
      title: fill(title.zh, this.params),
      status,
      code: this.code,
      detail: both(title),
      next: both(next),
      params: this.params,
      ...(requestId ? { requestId } : {}),
    }
  }
}

/** Makes a problem: `throw problem('request.not-found')`. */
export function problem(code: ProblemCode, params: JsonObject = {}): Problem {
  return new Problem(code, params)
}
