// What text may hold: PostgreSQL stores no NUL, and UTF-8 no unpaired surrogate.

/** The path of the first string that cannot be stored, or null. */
export function findBadText(value: unknown, path = ''): string | null {
  if (typeof value === 'string') {
    return value.isWellFormed() && !value.includes('\0') ? null : path || 'body'
  }
  if (typeof value !== 'object' || value === null) return null
  for (const [key, inner] of Object.entries(value)) {
    if (!key.isWellFormed() || key.includes('\0')) return path || 'body'
    const bad = findBadText(inner, path ? `${path}.${key}` : key)
    if (bad !== null) return bad
  }
  return null
}
