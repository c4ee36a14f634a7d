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
  // identity
  'identity.sign-in-refused': entry(
    401,
    '账号、口令或验证码不正确',
    '请核对后重试；多次失败将暂时锁定。',
    'The login, password or code is not right',
    'Check and try again; several failures lock sign-in for a while.',
  ),
  'identity.code-needed': entry(
    401,
    '请输入动态验证码',
    '请打开验证器，输入六位数字；也可使用恢复码。',
    'A code of your authenticator is needed',
    'Enter the six digits it shows, or a recovery code.',
  ),
  'identity.locked': entry(
    429,
    '尝试次数过多，已暂停登录',
    '请 {minutes} 分钟后再试；忘记口令请联系安全管理员。',
    'Too many tries; sign-in is paused',
    'Try again in {minutes} minutes; if the password is lost, ask the security administrator.',
  ),
  'identity.password-short': entry(
    400,
    '口令过短',
    '请使用至少 {length} 个字符。',
    'The password is too short',
    'Use at least {length} characters.',
  ),
  'identity.password-guessable': entry(
    400,
    '口令容易被猜到',
    '请勿使用常见词语、键盘顺序、重复字符或自己的账号姓名。',
    'The password is easy to guess',
    'Avoid common words, keyboard rows, repeated characters and your own name.',
  ),
  'identity.password-wrong': entry(
    403,
    '当前口令不正确',
    '请核对后重试；口令未修改。',
    'The present password is not right',
    'Check and try again; it was not changed.',
  ),
  'identity.login-taken': entry(
    409,
    '账号名已被使用',
    '请换一个账号名。',
    'This login is taken',
    'Choose another one.',
  ),
  'identity.totp-there': entry(
    409,
    '已启用动态验证码',
    '如需更换设备，请先停用。',
    'A second factor is already in use',
    'To change the device, remove it first.',
  ),
  'identity.totp-absent': entry(
    409,
    '尚未登记验证器',
    '请先登记验证器。',
    'No authenticator is enrolled',
    'Enrol one first.',
  ),
  'identity.code-wrong': entry(
    400,
    '验证码不正确或已用过',
    '请等待下一组数字后重试，并检查设备时间。',
    'The code is wrong or was used before',
    'Wait for the next one and check the clock of the device.',
  ),
  'identity.link-invalid': entry(
    404,
    '链接无效、已使用或已过期',
    '请联系安全管理员重新生成。',
    'The link is not valid, was used, or is over',
    'Ask the security administrator for a new one.',
  ),
  'identity.link-incomplete': entry(
    400,
    '请填写账号名和姓名',
    '请补充后再提交；链接仍然有效。',
    'A login and a name are needed',
    'Fill them in and send again; the link is still good.',
  ),
  'identity.demo-refused': entry(
    403,
    '这里不能一键进入演示账号',
    '一键进入只在本机直接访问时可用。',
    'Demo accounts cannot be entered from here',
    'One-click entry works only on the machine that runs the platform.',
  ),
  'identity.oidc-off': entry(
    404,
    '未启用统一身份认证',
    '请使用账号和口令登录。',
    'Single sign-on is not set up here',
    'Sign in with login and password.',
  ),
  'identity.oidc-failed': entry(
    401,
    '统一身份认证未完成',
    '请重新登录；仍有问题请使用账号和口令。',
    'Single sign-on did not succeed',
    'Start again, or sign in with login and password.',
  ),
  'identity.key-unknown': entry(
    401,
    '接口密钥无效',
    '请检查是否完整复制；遗失的密钥需重新创建。',
    'The API key is not valid',
    'Check that it was copied whole; a lost key must be created anew.',
  ),
  'identity.key-expired': entry(
    401,
    '接口密钥已过期',
    '请创建新的密钥。',
    'The API key has expired',
    'Create a new one.',
  ),
  'identity.key-revoked': entry(
    401,
    '接口密钥已停用',
    '请由本单位负责人创建新的密钥。',
    'The API key was revoked',
    'An owner of the organisation can create a new one.',
  ),
  'identity.mandate-expired': entry(
    403,
    '委托已到期，不能再代为办理',
    '请重新选择代表的单位，或请委托方续期。',
    'The mandate has expired',
    'Choose again for whom you act, or ask for a new mandate.',
  ),
  'identity.mandate-revoked': entry(
    403,
    '委托已撤销，不能再代为办理',
    '请重新选择代表的单位。',
    'The mandate was revoked',
    'Choose again for whom you act.',
  ),
  'identity.mandate-early': entry(
    403,
    '委托尚未开始',
    '请在委托开始日期之后办理。',
    'The mandate has not begun',
    'Wait for its first day.',
  ),
  'identity.dates': entry(
    400,
    '起止时间有误',
    '开始不能早于现在，结束须晚于开始且不晚于 {latest}。',
    'The dates are not possible',
    'Begin now or later, end after that and no later than {latest}.',
  ),
  'identity.date-future': entry(
    400,
    '日期 {date} 在今天之后',
    '请填写今天或更早的日期。',
    'The date {date} lies in the future',
    'Give today or an earlier day.',
  ),
  'identity.credit-code': entry(
    400,
    '统一社会信用代码第 {position} 位应为“{expected}”，现为“{found}”',
    '请对照营业执照或法人证书逐位核对；也可能是前面某一位有误。',
    'Digit {position} of the credit code would have to be “{expected}”, not “{found}”',
    'Compare with the certificate digit by digit; an earlier digit may be the wrong one.',
  ),
  'identity.credit-code-length': entry(
    400,
    '统一社会信用代码应为 18 位，现为 {length} 位',
    '请检查是否漏填或多填。',
    'A credit code has 18 digits, this has {length}',
    'Check for missing or extra digits.',
  ),
  'identity.credit-code-character': entry(
    400,
    '统一社会信用代码第 {position} 位不能是“{found}”',
    '代码只用数字和大写字母，不含 I、O、S、V、Z。',
    'Digit {position} of a credit code cannot be “{found}”',
    'Only digits and capital letters other than I, O, S, V, Z are used.',
  ),
  'identity.class-mismatch': entry(
    400,
    '单位类型与信用代码不符（前两位为 {kind}）',
    '92 开头为个体工商户，11 开头为机关，请重新选择类型。',
    'The class does not agree with the credit code (it begins with {kind})',
    '92 is an individual business, 11 a government body: choose the class again.',
  ),
  'identity.organisation-there': entry(
    409,
    '该单位已登记',
    '请联系该单位负责人索取邀请码加入。',
    'This organisation is already registered',
    'Ask one of its owners for an invitation.',
  ),
  'identity.area-unknown': entry(
    400,
    '区划代码 {area} 不在本省名录中',
    '请从区划列表中选择。',
    'Area code {area} is not on the province’s list',
    'Choose one from the list.',
  ),
  'identity.party-unknown': entry(
    400,
    '没有找到所填的单位或人员',
    '单位须先在本平台登记；请核对信用代码或编号。',
    'No such organisation or person here',
    'An organisation must be registered first; check the code or number.',
  ),
  'identity.party-mismatch': entry(
    400,
    '姓名与证件号码不符',
    '请核对姓名和号码。',
    'The name does not agree with the number',
    'Check both.',
  ),
  'identity.party-self': entry(
    400,
    '不能指向本单位自己',
    '请改填其他单位或人员。',
    'A subject cannot name itself here',
    'Name another one.',
  ),
  'identity.resident-number': entry(
    400,
    '公民身份号码有误',
    '请核对 18 位号码，末位为校验码。',
    'The citizen identification number is not valid',
    'Check its 18 digits; the last one is a check digit.',
  ),
  'identity.shares-sum': entry(
    400,
    '持股比例合计 {percent}%，超过 100%',
    '请核对各股东比例。',
    'The shares add up to {percent} %, above 100 %',
    'Check each share.',
  ),
  'identity.shares-twice': entry(
    400,
    '同一股东填写了两次',
    '请合并为一项。',
    'One holder is named twice',
    'Put both together.',
  ),
  'identity.activity': entry(
    409,
    '本单位未开通该角色所需的业务',
    '请联系安全管理员为本单位开通。',
    'The organisation does not carry on what this role is for',
    'Ask the security administrator to enter that activity.',
  ),
  'identity.invitation-invalid': entry(
    404,
    '邀请码无效、已使用或已过期',
    '请向单位负责人索取新的邀请码。',
    'The invitation is not valid, was used, or is over',
    'Ask an owner of the organisation for a new one.',
  ),
  'identity.member-there': entry(
    409,
    '您已是该单位成员',
    '无需再次加入。',
    'You are already a member',
    'There is nothing to do.',
  ),
  'identity.last-owner': entry(
    409,
    '单位至少保留一名负责人',
    '请先指定另一名负责人。',
    'An organisation keeps at least one owner',
    'Make somebody else an owner first.',
  ),
  'identity.office-self': entry(
    403,
    '不能为自己授予或撤销角色',
    '请由另一名安全管理员办理。',
    'Nobody grants or ends their own office',
    'Ask another security administrator.',
  ),
  'identity.office-exclusive': entry(
    409,
    '系统、安全、审计管理员不得由同一人担任',
    '请另选一人，或先撤销其现有角色。',
    'Nobody holds two of the three administrators’ offices',
    'Choose somebody else, or end the other office first.',
  ),
  'identity.office-held': entry(
    409,
    '此人已担任该角色',
    '无需重复授予。',
    'This person already holds the office',
    'There is nothing to do.',
  ),
  'identity.office-department': entry(
    400,
    '角色与部门或区域不符',
    '工作人员须属于一个部门，且不超出其区域；管理员不设部门和区域。',
    'The office does not agree with the department or area',
    'An official belongs to a department and its area; administrators have neither.',
  ),
  'identity.office-last': entry(
    409,
    '这是最后一名该类管理员',
    '请先授予另一人。',
    'This is the last administrator of this kind',
    'Grant the office to somebody else first.',
  ),
  'identity.erasure-refused': entry(
    409,
    '目前不能注销',
    '请先处理所列事项。',
    'The account cannot be erased now',
    'Settle what is listed first.',
  ),
  'identity.erasure-unconfirmed': entry(
    400,
    '确认姓名不一致，未注销',
    '请输入本人姓名以确认。',
    'The name typed does not agree; nothing was erased',
    'Type your own name to confirm.',
  ),
  // notices
  'notices.event-stream': entry(
    406,
    '这个地址只提供事件流',
    '请在请求中注明 Accept: text/event-stream。',
    'This address gives a stream of events',
    'Send Accept: text/event-stream.',
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
