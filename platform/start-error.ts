// The one table of reasons why a command cannot go on here: one sentence in each language.
import type { JsonObject, Text } from './context.ts'

const text = (zh: string, en: string): Text => ({ zh, en })

/** Code -> sentence. `{name}` is replaced by the parameter of that name. */
export const startProblems = {
  setting: text('设置 {name} 有误：{reason}。', 'Setting {name} is wrong: {reason}.'),
  'newer-data': text(
    '数据由更新的版本写入（{name}），请使用该版本或更新的程序。',
    'The data was written by a newer version ({name}): use that version or a later one.',
  ),
  'older-data': text(
    '数据由较旧的版本写入，请先用本版本执行 ./kapok start。',
    'The data was written by an older version: run ./kapok start with this version first.',
  ),
  'database-unreachable': text(
    '连不上数据库（{reason}），请检查 KAPOK_DATABASE_URL。',
    'The database cannot be reached ({reason}): check KAPOK_DATABASE_URL.',
  ),
  failed: text('未能启动：{reason}。', 'Could not start: {reason}.'),
  'altered-migration': text(
    '迁移脚本 {name} 与数据库中已执行的内容不一致，请恢复原文件。',
    'Migration {name} differs from what this database has run: bring the original file back.',
  ),
  'other-world': text(
    '这个数据目录里是演示世界，不能以 --empty 启动；请另选 --data。',
    'This data folder holds a demo world and cannot start with --empty: choose another --data.',
  ),
  'port-busy': text(
    '端口 {port} 已被占用，请用 --port 另选一个。',
    'Port {port} is in use: choose another with --port.',
  ),
  'data-unwritable': text(
    '无法写入数据目录 {path}（{reason}），请检查权限或另选 --data。',
    'The data folder {path} cannot be written ({reason}): check its rights or choose another ' +
      '--data.',
  ),
  'disk-full': text(
    '数据目录 {path} 所在磁盘只剩 {free} MB，至少需要 {needed} MB；请先清理。',
    'Only {free} MB are free where {path} lies and {needed} MB are needed: make room first.',
  ),
  'data-in-use': text(
    '数据目录 {path} 正由另一个进程（{pid}）使用，请先停止它或另选 --data。',
    'The data folder {path} is in use by another process ({pid}): stop it or choose another ' +
      '--data.',
  ),
  'postgres-newer': text(
    '数据目录 {path} 由 PostgreSQL {found} 建立，本程序带的是 {ours}；请使用更新版本的程序。',
    'The data folder {path} was made by PostgreSQL {found} and this is {ours}: use a newer ' +
      'version of Kapok.',
  ),
  'postgres-older': text(
    '数据目录 {path} 由 PostgreSQL {found} 建立，本程序带的是 {ours}；请用旧版本备份后再恢复到新目录。',
    'The data folder {path} was made by PostgreSQL {found} and this is {ours}: back up with ' +
      'the old version and restore into a new folder.',
  ),
  'postgres-platform': text(
    '本机（{platform}）没有内置数据库，请用 KAPOK_DATABASE_URL 指定一个 PostgreSQL 服务器。',
    'There is no embedded PostgreSQL for {platform}: name a server in KAPOK_DATABASE_URL.',
  ),
  'postgres-files': text(
    '数据库程序所在目录 {path} 不完整且无法修复，请删除 node_modules 后重新启动。',
    'The folder {path} of PostgreSQL is incomplete and cannot be mended: remove node_modules ' +
      'and start again.',
  ),
  'postgres-owner': text(
    '数据目录 {path} 属于另一用户（编号 {uid}），请以该用户或 root 启动。',
    'The data folder {path} belongs to another user (id {uid}): start as that user or as root.',
  ),
  'postgres-nameless': text(
    '当前用户编号 {uid} 在 /etc/passwd 中没有名称，数据库无法建立；请为它建一个用户。',
    'User id {uid} has no name in /etc/passwd, which PostgreSQL needs: add a user for it.',
  ),
  'postgres-nobody': text(
    '以 root 启动时数据库由用户 nobody 运行，而本机没有该用户；请以普通用户启动。',
    'Started as root, PostgreSQL runs as the user nobody, and there is none: start as an ' +
      'ordinary user.',
  ),
  'postgres-root': text(
    'root 在本机无法改用用户 {uid} 运行数据库（需要 util-linux 的 setpriv）；请以普通用户启动。',
    'Root cannot run PostgreSQL as user {uid} here (it takes setpriv of util-linux): start as ' +
      'an ordinary user.',
  ),
  'postgres-failed': text(
    '内置数据库未能启动：{reason}。',
    'The embedded PostgreSQL did not start: {reason}.',
  ),
  'backup-exists': text(
    '文件 {path} 已存在，未作备份；请另选文件名。',
    'The file {path} exists and was left alone: choose another name for the backup.',
  ),
  'backup-nothing': text(
    '数据库里还没有内容，无可备份；请先启动一次平台。',
    'The database holds nothing to back up yet: start the platform once.',
  ),
  'backup-damaged': text(
    '这不是 Kapok 的备份，或者文件不完整、已被改动（第 {part} 部分起）；未恢复任何内容，请改用另一份。',
    'This is no backup of Kapok, or it is incomplete or altered (from part {part}); nothing ' +
      'was restored: use another one.',
  ),
  'backup-mismatch': text(
    '备份与本程序的表结构不符（{name}），未恢复任何内容；请用生成备份的版本恢复。',
    'The backup does not fit the tables of this version ({name}); nothing was restored: use ' +
      'the version that made it.',
  ),
  'restore-not-empty': text(
    '只能恢复到空的数据目录和数据库（{what} 不为空）；请另选 --data。',
    'A restore needs an empty data folder and database ({what} is not): choose another --data.',
  ),
  'restore-keys': text(
    '密钥与备份不符或缺失；请先把原系统的密钥文件放到 {path}。',
    'The keys are missing or not those of the backup: put the key files of its system into ' +
      '{path} first.',
  ),
  usage: text('用法：./kapok {usage}', 'Usage: ./kapok {usage}'),
  'file-unreadable': text('无法读取 {path}（{reason}）。', 'Cannot read {path} ({reason}).'),
  'file-unwritable': text('无法写入 {path}（{reason}）。', 'Cannot write {path} ({reason}).'),
  'no-tests': text('没有匹配“{pattern}”的测试。', 'No test matches “{pattern}”.'),
} as const satisfies Record<string, Text>

export type StartCode = keyof typeof startProblems

const fill = (sentence: string, params: JsonObject): string =>
  sentence.replace(/\{(\w+)\}/g, (hole, name: string) =>
    params[name] === undefined ? hole : String(params[name]),
  )

/** Nothing was damaged; whoever started the command reads the sentence; the exit status is 1. */
export class StartError extends Error {
  readonly code: StartCode
  readonly text: Text
  constructor(code: StartCode, params: JsonObject = {}, cause?: unknown) {
    const { zh, en } = startProblems[code]
    const filled = { zh: fill(zh, params), en: fill(en, params) }
    super(`${filled.zh}\n${filled.en}`, cause === undefined ? undefined : { cause })
    this.name = 'StartError'
    this.code = code
    this.text = filled
  }
}
