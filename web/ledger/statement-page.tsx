// Placeholder until the contract lands.
export function StatementPage() {
  return null
}
