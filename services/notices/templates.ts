// The one table of notices: what each kind says, in Chinese and English, and whether mail goes too.
import type { Json, JsonObject, Text } from '#platform/context.ts'

interface Template {
  title: Text
  body: Text
  mail: boolean
}

type Written = readonly [title: string, body: string]

// The texts keep their literal types, so that a missing parameter is found when types are checked.
const template = <const Zh extends Written, const En extends Written>(
  mail: boolean,
  zh: Zh,
  en: En,
) => ({ mail, title: { zh: zh[0], en: en[0] }, body: { zh: zh[1], en: en[1] } }) as const

/** Kind -> text. `{name}` is replaced by the parameter of that name. */
export const templates = {
  'identity.member-added': template(
    true,
    ['您已加入{organisation}', '您在{organisation}的角色为{role}。如有疑问，请联系该单位管理员。'],
    [
      'You have joined {organisation}',
      'Your role in {organisation} is {role}. Ask its administrator if this is unexpected.',
    ],
  ),
  'identity.member-removed': template(
    true,
    [
      '您已不再是{organisation}的成员',
      '您不能再代表{organisation}办理事项；您个人的记录不受影响。',
    ],
    [
      'You are no longer a member of {organisation}',
      'You cannot act for {organisation} any more; your own records stay as they are.',
    ],
  ),
  'identity.mandate-granted': template(
    true,
    ['{grantor}委托您代办事项', '委托自{from}起至{until}止。您可以在“我的单位”中切换身份办理。'],
    [
      '{grantor} has given you a mandate',
      'It runs from {from} until {until}. Switch to it under “My organisation” to act.',
    ],
  ),
  'identity.mandate-ended': template(
    true,
    ['{grantor}已撤销对您的委托', '撤销时间：{until}。已提交的内容不受影响。'],
    ['{grantor} has withdrawn its mandate', 'It ended on {until}. What was submitted stays valid.'],
  ),
  'rulebook.draft-returned': template(
    false,
    ['规则“{set}”的草案被退回', '审核人附有意见。修改后可以再次送审，内容没有丢失。'],
    [
      'The draft of “{set}” came back',
      'The reader left a remark. Change it and hand it in again; nothing is lost.',
    ],
  ),
  'rulebook.draft-published': template(
    false,
    ['规则“{set}”的草案已发布', '自{from}起生效；此前的情形仍按原版本。'],
    [
      'The draft of “{set}” is published',
      'It is in force from {from}; what was before stays as it was.',
    ],
  ),
  'rulebook.decided-again': template(
    true,
    ['关于贵单位的一项决定已重新作出', '原依据的“{set}”版本已撤回。新旧结果和理由可在页面查看。'],
    [
      'A decision about you was made again',
      'The version of “{set}” that it rested on was withdrawn. The page shows both results and why.',
    ],
  ),
  'rulebook.entitled': template(
    false,
    ['贵单位可能符合“{set}”', '根据平台已有信息测算，不构成决定。请查看还差什么、如何办理。'],
    [
      'You may be entitled: “{set}”',
      'Computed from what the platform holds; not a decision. See what is missing and how to apply.',
    ],
  ),
  'identity.key-created': template(
    true,
    ['新建了一个接口密钥', '有效期至{until}。如非本单位所为，请立即撤销。'],
    [
      'An API key was created',
      'It is valid until {until}. Revoke it at once if your organisation did not do this.',
    ],
  ),
  'identity.signed-in': template(
    false,
    ['新的登录', '时间：{at}。如非本人操作，请立即退出该会话并修改口令。'],
    [
      'A new sign-in',
      'Time: {at}. If this was not you, end that session at once and change your password.',
    ],
  ),
  'identity.locked': template(
    true,
    ['账号因连续登录失败被暂时锁定', '将于{until}自动解锁。如非本人操作，请修改口令。'],
    [
      'Your account is locked for a while after failed sign-ins',
      'It opens again at {until}. If this was not you, change your password.',
    ],
  ),
  'ledger.voucher-granted': template(
    true,
    ['{voucher}已到账：{amount}', '可用至{until}，用途：{use}。'],
    ['{voucher} has arrived: {amount}', 'Usable until {until}, for {use}.'],
  ),
  'ledger.voucher-expiring': template(
    true,
    ['{voucher}即将到期：剩余{amount}', '到期时间：{until}。到期未用部分退回资金池。'],
    [
      '{voucher} expires soon: {amount} left',
      'It expires on {until}; what is unused goes back to the pool.',
    ],
  ),
  'compute.done': template(
    true,
    ['任务{number}已完成', '“{name}”运行结束，已结算{amount}元。产出可在任务页下载。'],
    [
      'Job {number} is done',
      '“{name}” has ended; {amount} yuan were settled. Its outputs are on the job’s page.',
    ],
  ),
  'compute.failed': template(
    true,
    ['任务{number}未成功', '“{name}”：{cause}。已结算{amount}元，原因和日志见任务页。'],
    [
      'Job {number} has not succeeded',
      '“{name}”: {cause}. {amount} yuan were settled; reason and log are on the job’s page.',
    ],
  ),
  'compute.preempted': template(
    true,
    [
      '任务{number}将让出算力',
      '最迟{until}停止并保存检查点，随后自动重新排队，已用时间不重复收费。',
    ],
    [
      'Job {number} has to give way',
      'It stops by {until} with a checkpoint and queues again by itself; nothing is charged twice.',
    ],
  ),
  'compute.limit-near': template(
    true,
    ['任务{number}已用时限的{percent}%', '到时限将停止。如需更长时间，请保存检查点后重新提交。'],
    [
      'Job {number} has used {percent} % of its time limit',
      'It is stopped at the limit. If it needs more, submit it again from its checkpoint.',
    ],
  ),
  'files.nearly-full': template(
    false,
    ['文件存储空间将满', '已用{used}，共{limit}。请删除不再需要的文件。'],
    [
      'Your room for files is nearly full',
      '{used} of {limit} are used. Delete what is not needed.',
    ],
  ),
  'notices.mail-test': template(
    true,
    ['发信测试', '收到这封邮件，说明发信设置正确。'],
    ['Mail test', 'If you can read this, mail is set up correctly.'],
  ),
} as const satisfies Record<string, Template>

export type NoticeKind = keyof typeof templates

type Holes<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Holes<Rest>
  : never
type TextsOf<K extends NoticeKind> =
  | (typeof templates)[K]['title'][keyof Text]
  | (typeof templates)[K]['body'][keyof Text]
/** The names of the holes in a kind's texts. */
export type NoticeParams<K extends NoticeKind> = { [N in Holes<TextsOf<K>>]: string | Text }

const isText = (value: Json | undefined): value is { zh: string; en: string } =>
  typeof value === 'object' && value !== null && 'zh' in value && 'en' in value

/** A kind's title and body with the holes filled; a parameter may differ by language. */
export function render(kind: string, params: JsonObject): { title: Text; body: Text } {
  const known: Template | undefined = templates[kind as NoticeKind]
  // A kind of an older or newer version is shown as it is, never dropped.
  if (!known) return { title: { zh: kind, en: kind }, body: { zh: '', en: '' } }
  const fill = (text: string, language: keyof Text): string =>
    text.replace(/\{(\w+)\}/g, (hole, name: string) => {
      const value = params[name]
      return value === undefined ? hole : String(isText(value) ? value[language] : value)
    })
  const both = (text: Text): Text => ({ zh: fill(text.zh, 'zh'), en: fill(text.en, 'en') })
  return { title: both(known.title), body: both(known.body) }
}
