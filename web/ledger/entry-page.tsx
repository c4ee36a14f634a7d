// Placeholder until the contract lands.
export function EntryPage() {
  return null
}
