// XML as a plain tree: local names, attributes, children, text. Prefixes are resolved and dropped.
import { SaxesParser } from 'saxes'

export interface Element {
  /** Without prefix. */
  name: string
  namespace: string
  attributes: Readonly<Record<string, string>>
  children: readonly Element[]
  /** Its own text, without that of its children. */
  text: string
}

interface Open {
  name: string
  namespace: string
  attributes: Record<string, string>
  children: Element[]
  text: string
}

const MOST_DEEP = 200

/** @throws Error with line and column where it is not well formed, or too deep */
export function parseXml(text: string): Element {
  const parser = new SaxesParser({ xmlns: true })
  const open: Open[] = []
  let root: Element | null = null
  parser.on('opentag', ({ local, uri, attributes }) => {
    if (open.length >= MOST_DEEP) throw new Error('the document is nested too deeply')
    const plain: Record<string, string> = {}
    for (const { local: name, value, prefix } of Object.values(attributes)) {
      if (prefix !== 'xmlns') plain[name] = value
    }
    open.push({ name: local, namespace: uri, attributes: plain, children: [], text: '' })
  })
  const addText = (more: string) => {
    const top = open.at(-1)
    if (top) top.text += more
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const done = open.pop()!
    const parent = open.at(-1)
    if (parent) parent.children.push(done)
    else root = done
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(text).close()
  if (!root) throw new Error('the document is empty')
  return root
}

export const child = (of: Element, name: string): Element | undefined =>
  of.children.find((one) => one.name === name)

export const childrenOf = (of: Element, name: string): readonly Element[] =>
  of.children.filter((one) => one.name === name)

/** The text of a child, trimmed; null where there is no such child. */
export const textOf = (of: Element, name: string): string | null =>
  child(of, name)?.text.trim() ?? null
