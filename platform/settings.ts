// Every setting in one table: parsed once at start, printed with secrets hidden.
import { resolve } from 'node:path'
import { z } from 'zod'
import type { Text } from './context.ts'
import { StartError } from './start-error.ts'

interface Setting<S extends z.ZodType> {
  schema: S
  secret: boolean
  about: Text
}

function setting<S extends z.ZodType>(
  schema: S,
  zh: string,
  en: string,
  secret = false,
): Setting<S> {
  return { schema, secret, about: { zh, en } }
}

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')
const seconds = z.coerce.number().int().min(1).max(86_400)

/** Environment variable -> setting. A command-line flag such as --port wins over KAPOK_PORT. */
const table = {
  KAPOK_PORT: setting(z.coerce.number().int().min(0).max(65_535).default(8460), '端口', 'port'),
  KAPOK_HOST: setting(z.string().min(1).default('127.0.0.1'), '监听地址', 'address to listen on'),
  KAPOK_DATA: setting(z.string().min(1).default('.kapok'), '数据目录', 'data folder'),
  KAPOK_EMPTY: setting(flag.default(false), '不载入演示世界', 'start without the demo world'),
  KAPOK_DATABASE_URL: setting(
    z.string().startsWith('postgres').optional(),
    '外部 PostgreSQL（须可建角色）',
    'a PostgreSQL server to use instead of the embedded one; the user may create roles',
    true,
  ),
  KAPOK_PUBLIC_URL: setting(z.url().optional(), '对外网址', 'address that visitors use'),
  KAPOK_TRUST_PROXY: setting(flag.default(false), '信任反向代理', 'believe X-Forwarded headers'),
  KAPOK_LOG_LEVEL: setting(
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    '日志级别',
    'log level',
  ),
  KAPOK_MAIL_URL: setting(
    z
      .string()
      .regex(/^smtps?:/)
      .optional(),
    '发信服务器（smtp://）',
    'mail server (smtp://)',
    true,
  ),
  KAPOK_MAIL_FROM: setting(z.email().default('kapok@localhost.localdomain'), '发信地址', 'sender'),
  KAPOK_OIDC_ISSUER: setting(z.url().optional(), '统一身份认证地址', 'OIDC issuer'),
  KAPOK_OIDC_CLIENT_ID: setting(z.string().optional(), 'OIDC 客户端', 'OIDC client id'),
  KAPOK_OIDC_CLIENT_SECRET: setting(z.string().optional(), 'OIDC 密钥', 'OIDC secret', true),
  KAPOK_METRICS_TOKEN: setting(z.string().min(16).optional(), '指标令牌', 'metrics token', true),
  KAPOK_POPULATION: setting(
    z.coerce.number().int().min(0).max(1_000_000).default(200_000),
    '测算用虚构企业数',
    'made-up companies that rules are tried on',
  ),
  KAPOK_SEAL_SECONDS: setting(seconds.default(2), '封存间隔（秒）', 'seconds between seals'),
}

type Table = typeof table
export type Settings = { readonly [K in keyof Table]: z.output<Table[K]['schema']> }

/**
 * Parses the environment.
 * @throws StartError 'setting' naming the first wrong variable
 */
export function parseSettings(environment: Record<string, string | undefined>): Settings {
  const values = Object.entries(table).map(([name, { schema }]) => {
    const parsed = schema.safeParse(environment[name] || undefined)
    if (!parsed.success) {
      throw new StartError('setting', { name, reason: parsed.error.issues[0]!.message })
    }
    return [name, parsed.data]
  })
  const settings = Object.fromEntries(values) as Settings
  return { ...settings, KAPOK_DATA: resolve(settings.KAPOK_DATA) }
}

/** All settings for people to read: secrets show only whether they are set. */
export function describeSettings(
  settings: Settings,
): { name: string; value: string; secret: boolean; about: Text }[] {
  return Object.entries(table).map(([name, { secret, about }]) => {
    const value = settings[name as keyof Settings]
    const shown = value === undefined ? '—' : secret ? '••••••' : String(value)
    return { name, value: shown, secret, about }
  })
}
