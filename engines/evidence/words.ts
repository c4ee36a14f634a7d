// The verifier's findings in words, Chinese and English, for the command line and the portal.
import type { Step, Verdict } from './verify.ts'

export interface Text {
  zh: string
  en: string
}

const sentences: { [name in Step['name']]: { [outcome in Step['outcome']]?: Text } } = {
  file: {
    passed: { zh: '文件格式正确。', en: 'The file is a proof document.' },
    failed: {
      zh: '文件已损坏，或不是证明文件。有问题的位置：{places}。',
      en: 'The file is damaged, or is not a proof document. Place: {places}.',
    },
  },
  parts: {
    passed: { zh: '各部分均与校验值一致。', en: 'Every part fits its check sum.' },
    failed: { zh: '以下部分已被改动：{places}。', en: 'These parts were changed: {places}.' },
  },
  tree: {
    passed: {
      zh: '第 {position} 号记录属于已封存的 {size} 条记录，根为 {root}。',
      en: 'Entry {position} is one of the {size} sealed entries below the root {root}.',
    },
    failed: {
      zh: '记录与封存的根不符，须核对：{places}。',
      en: 'The entry does not lead to the sealed root. Look at: {places}.',
    },
  },
  signature: {
    passed: {
      zh: '封存声明的签名有效，封存时间为 {at}。',
      en: 'The signature fits the seal, which was made at {at}.',
    },
    failed: {
      zh: '签名与封存声明不符，须核对：{places}。',
      en: 'The signature does not fit the seal. Look at: {places}.',
    },
  },
  'key-id': {
    passed: {
      zh: '公钥编号 {keyId} 与公钥一致。',
      en: 'Key id {keyId} belongs to the public key.',
    },
    failed: {
      zh: '公钥编号与公钥不一致，须核对：{places}。',
      en: 'The key id does not belong to the public key. Look at: {places}.',
    },
  },
  key: {
    passed: {
      zh: '公钥与您提供的公钥一致。',
      en: 'The public key is the one that you gave.',
    },
    warning: {
      zh: '请将公钥 {publicKey} 与平台公布的公钥比对。比对之前，不能排除整份文件系伪造。',
      en:
        'Compare the public key {publicKey} with the published one. ' +
        'Until then the whole file may be a forgery.',
    },
    failed: {
      zh: '文件中的公钥与您提供的公钥不同，不能采信。',
      en: 'The public key in the file is not the one that you gave: do not rely on it.',
    },
  },
}

const places: { [part: string]: Text } = {
  file: { zh: '整个文件', en: 'the whole file' },
  line: { zh: '行', en: 'line' },
  format: { zh: '格式标记', en: 'format mark' },
  entry: { zh: '记录', en: 'entry' },
  salt: { zh: '随机数', en: 'salt' },
  path: { zh: '路径节点', en: 'path node' },
  seal: { zh: '封存声明', en: 'seal' },
  publicKey: { zh: '公钥', en: 'public key' },
  checksums: { zh: '校验值', en: 'check sum' },
}

/** A place such as 'path.3' or 'entry.payload.amount' in words, with its technical name. */
export function placeInWords(place: string): Text {
  const [first = place, ...rest] = place.split(/[. ]/)
  const name = places[first]
  if (!name) return { zh: place, en: place }
  const inside = rest.join('.')
  return {
    zh: inside ? `${name.zh} ${inside}` : name.zh,
    en: inside ? `${name.en} ${inside}` : name.en,
  }
}

/** One step as a sentence. */
export function stepInWords(step: Step): Text {
  const text = sentences[step.name][step.outcome]!
  const named = step.places.map(placeInWords)
  const fill = (language: keyof Text, separator: string) =>
    text[language].replace(/\{(\w+)\}/g, (_, hole: string) =>
      hole === 'places'
        ? named.map((place) => place[language]).join(separator)
        : (step.facts[hole] ?? ''),
    )
  return { zh: fill('zh', '、'), en: fill('en', ', ') }
}

/** The conclusion over all steps. */
export function conclusionInWords(verdict: Verdict): Text {
  if (!verdict.genuine) return { zh: '证明无效。', en: 'The proof is not valid.' }
  const open = verdict.steps.some((step) => step.outcome === 'warning')
  return open
    ? {
        zh: '证明有效，但公钥尚待比对。',
        en: 'The proof is valid; its key is still to be compared.',
      }
    : { zh: '证明有效。', en: 'The proof is valid.' }
}

/** What a proof is not; shown with every conclusion. */
export const limitsOfProof: Text = {
  zh: '本证明说明记录自封存以来未被改动，不是《电子签名法》规定的电子签名。',
  en:
    'A proof shows that an entry is unchanged since it was sealed. It is not an electronic ' +
    'signature under the Electronic Signature Law.',
}
