// Placeholder until the contract lands.
export function AccountsPage() {
  return null
}
