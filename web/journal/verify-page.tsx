// Public verification of a downloaded proof: all in this browser, nothing is uploaded.
import { useMutation, useQuery } from '@tanstack/react-query'
import { type DragEvent, useState } from 'react'
import { fromHex } from '#engines/evidence/bytes.ts'
import type { Step, Verdict } from '#engines/evidence/verify.ts'
import { verifyProof } from '#engines/evidence/verify.ts'
import { canVerify, webCrypto } from '#engines/evidence/web-crypto.ts'
import { conclusionInWords, limitsOfProof, stepInWords } from '#engines/evidence/words.ts'
import { Button } from '../components/button.tsx'
import { Card, Facts, Note, Tag } from '../components/card.tsx'
import { TextArea, TextField } from '../components/field.tsx'
import { type FieldError, Form } from '../components/form.tsx'
import { PageHead } from '../components/page.tsx'
import { JsonBlock } from '../components/scroll-region.tsx'
import { Loading } from '../components/states.tsx'
import { Time } from '../components/value.tsx'
import { useWords } from '../text/text.ts'
import { keysQuery } from './seals.ts'
import './verify.css'

const LARGEST_FILE_BYTES = 2_000_000

export function VerifyPage() {
  const { t, of } = useWords()
  const supported = useQuery({ queryKey: ['can-verify'], queryFn: canVerify })
  const published = useQuery(keysQuery).data?.items
  const verify = useMutation({
    mutationFn: async ({ text, key }: { text: string; key: string }) => {
      if (key) return verifyProof(text, webCrypto, fromHex(key))
      const verdict = await verifyProof(text, webCrypto)
      const named = published?.find((one) => one.keyId === verdict.proof?.seal.keyId)
      const trusted = named ?? published?.[0]
      return trusted ? verifyProof(text, webCrypto, fromHex(trusted.publicKey)) : verdict
    },
  })
  return (
    <>
      <PageHead
        title={t('验真', 'Verify a proof')}
        lead={t(
          '核对一份下载的证明：记录自封存以来是否被改动。核对全部在您的浏览器中完成，文件不上传。',
          'Check a downloaded proof: is the record unchanged since it was sealed? ' +
            'Everything happens in your browser; nothing is uploaded.',
        )}
        crumbs={[{ to: '/public', title: t('公开与监督', 'Oversight') }]}
      />
      {supported.data === false && (
        <Note tone="wait" title={t('这个浏览器不能验签', 'This browser cannot check signatures')}>
          {t(
            '请换用较新的浏览器，或用命令行离线验证：./kapok verify 文件名。',
            'Use a newer browser, or verify offline on the command line: ./kapok verify FILE.',
          )}
        </Note>
      )}
      <div className="grid">
        <Card className="span-6" title={t('证明文件', 'The proof')}>
          {supported.isPending ? (
            <Loading />
          ) : (
            <ProofForm busy={verify.isPending} onVerify={(input) => verify.mutate(input)} />
          )}
        </Card>
        <Card className="span-6" title={t('核对结果', 'Result')}>
          <div aria-live="polite">
            {verify.data ? (
              <Result verdict={verify.data} />
            ) : (
              <p className="muted">
                {t(
                  '选择或粘贴证明后，这里逐步显示结果。',
                  'Choose or paste a proof to see the steps here.',
                )}
              </p>
            )}
          </div>
          <p className="muted small verify-limits">{of(limitsOfProof)}</p>
        </Card>
      </div>
    </>
  )
}

interface ProofFormProps {
  busy: boolean
  onVerify: (input: { text: string; key: string }) => void
}

function ProofForm({ busy, onVerify }: ProofFormProps) {
  const { t } = useWords()
  const [text, setText] = useState('')
  const [key, setKey] = useState('')
  const [errors, setErrors] = useState<FieldError[]>([])
  const check = (content: string) => {
    const found: FieldError[] = []
    if (!content.trim()) {
      found.push({ field: 'proof', message: t('请选择或粘贴证明', 'Choose or paste a proof') })
    }
    if (key && !/^[0-9a-f]{64}$/.test(key)) {
      found.push({
        field: 'public-key',
        message: t('公钥是 64 位十六进制小写字符', 'A public key is 64 lower-case hex characters'),
      })
    }
    setErrors(found)
    if (found.length === 0) onVerify({ text: content, key })
  }
  const take = async (file: File | undefined) => {
    if (!file) return
    if (file.size > LARGEST_FILE_BYTES) {
      setErrors([
        {
          field: 'proof-file',
          message: t('文件超过 2 MB，不是证明文件', 'The file is over 2 MB: it is no proof'),
        },
      ])
      return
    }
    const content = await file.text()
    setText(content)
    check(content)
  }
  return (
    <Form wide label={t('核对证明', 'Check a proof')} errors={errors} onSubmit={() => check(text)}>
      <DropZone onFile={(file) => void take(file)} />
      <TextArea
        id="proof"
        label={t('或粘贴证明内容', 'Or paste it here')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        spellCheck={false}
      />
      <TextField
        id="public-key"
        label={t('公钥（可不填）', 'Public key (optional)')}
        hint={t(
          '不填则用本平台公布的公钥。您若从别处取得公钥，请填入，以防本页也被冒充。',
          'Left empty, the published key is used. If you hold it from elsewhere, enter it here.',
        )}
        value={key}
        onChange={(event) => setKey(event.target.value.trim())}
        spellCheck={false}
        className="mono"
      />
      <Button type="submit" kind="primary" busy={busy}>
        {t('核对', 'Check')}
      </Button>
    </Form>
  )
}

function DropZone({ onFile }: { onFile: (file: File | undefined) => void }) {
  const { t } = useWords()
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    onFile(event.dataTransfer.files[0])
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button does the same
    <div
      className={over ? 'drop-zone drop-zone-over' : 'drop-zone'}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p>{t('把证明文件拖到这里，或', 'Drop the proof file here, or')}</p>
      <input
        id="proof-file"
        className="visually-hidden"
        type="file"
        accept=".json,application/json"
        onChange={(event) => onFile(event.target.files?.[0])}
      />
      <label className="button" htmlFor="proof-file">
        {t('选择证明文件', 'Choose the proof file')}
      </label>
    </div>
  )
}

const tones = { passed: 'good', failed: 'missed', warning: 'wait' } as const

function Result({ verdict }: { verdict: Verdict }) {
  const { t, of } = useWords()
  const outcome: Record<Step['outcome'], string> = {
    passed: t('通过', 'Passed'),
    failed: t('不通过', 'Failed'),
    warning: t('待比对', 'To compare'),
  }
  return (
    <div className="stack">
      <Note tone={verdict.genuine ? 'good' : 'wait'} title={of(conclusionInWords(verdict))}>
        {verdict.proof && (
          <p>
            {t(
              `第 ${verdict.proof.entry.position} 号记录，`,
              `Entry ${verdict.proof.entry.position}, `,
            )}
            <code>{verdict.proof.entry.kind}</code>
          </p>
        )}
      </Note>
      <ol className="items">
        {verdict.steps.map((step) => (
          <li key={step.name} className="item">
            <p className="verify-words">{of(stepInWords(step))}</p>
            <Tag tone={tones[step.outcome]}>{outcome[step.outcome]}</Tag>
          </li>
        ))}
      </ol>
      {verdict.proof && <Content verdict={verdict} />}
    </div>
  )
}

function Content({ verdict }: { verdict: Verdict }) {
  const { t } = useWords()
  const { entry } = verdict.proof!
  return (
    <details>
      <summary>{t('记录内容', 'What the entry says')}</summary>
      <Facts
        rows={[
          [t('编号', 'Position'), entry.position],
          [t('种类', 'Kind'), <code key="kind">{entry.kind}</code>],
          [t('生效时间', 'Valid at'), <Time key="valid" at={entry.validAt} show="second" />],
          [t('记录时间', 'Recorded at'), <Time key="known" at={entry.knownAt} show="second" />],
        ]}
      />
      <JsonBlock
        label={t('内容', 'Content')}
        value={{ actor: entry.actor, payload: entry.payload }}
      />
    </details>
  )
}
