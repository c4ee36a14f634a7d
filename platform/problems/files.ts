// Problems of files.
import { entry } from './entry.ts'

export const filesProblems = {
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
} as const
