// Who may not do what they asked for.
import { entry } from './entry.ts'

export const accessProblems = {
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
} as const
