// Who may do what with notices and mail.
import { having } from '#platform/policy.ts'

export const systemAdministrator = having(['system-admin'], {
  zh: '仅系统管理员可用',
  en: 'Only the system administrator',
})
