// Placeholder until the contract lands.
export function VouchersPage() {
  return null
}
