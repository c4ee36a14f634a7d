// Two-step sign-in: enrol an authenticator, keep the recovery codes, switch it off.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { recoveryCodes, totpSecret } from '#services/identity/contract.ts'
import { api } from '../api/client.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../components/button.tsx'
import { Note } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { errorOf, type FieldError, Form } from '../components/form.tsx'
import { ProblemNote } from '../components/states.tsx'
import { useWords } from '../text/text.ts'
import type { Me } from './me.ts'
import { QrImage } from './qr-image.tsx'

type Secret = z.output<typeof totpSecret>
type Codes = z.output<typeof recoveryCodes>

const PATH = '/api/people/me/totp'

export function TwoStep({ mine }: { mine: Me }) {
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  if (codes) return <RecoveryCodes codes={codes} />
  return mine.totp ? <SwitchOff mine={mine} /> : <Enrol onDone={setCodes} />
}

function Enrol({ onDone }: { onDone: (codes: readonly string[]) => void }) {
  const { t } = useWords()
  const start = useMutation({ mutationFn: () => api.post<Secret>(PATH) })
  if (start.data) return <ConfirmCode secret={start.data} onDone={onDone} />
  return (
    <div className="stack">
      <p>
        {t(
          '开启后，登录时除口令外还要输入手机验证器上的 6 位数字。',
          'With it, signing in takes a six-digit code of your phone besides the password.',
        )}
      </p>
      {start.error && <ProblemNote problem={asProblem(start.error)} />}
      <Button busy={start.isPending} onClick={() => start.mutate()}>
        {t('开启两步验证', 'Switch it on')}
      </Button>
    </div>
  )
}

interface ConfirmCodeProps {
  secret: Secret
  onDone: (codes: readonly string[]) => void
}

/** The secret in groups of four, as one types it. */
const grouped = (secret: string) => secret.match(/.{1,4}/g)?.join(' ') ?? secret

function ConfirmCode({ secret, onDone }: ConfirmCodeProps) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const [errors, setErrors] = useState<FieldError[]>([])
  const confirm = useMutation({
    mutationFn: (code: string) => api.post<Codes>(`${PATH}/confirm`, { code }),
    onSuccess: async ({ codes }) => {
      onDone(codes)
      await client.invalidateQueries({ queryKey: ['me'] })
    },
  })
  const submit = (data: FormData) => {
    const code = String(data.get('code')).replaceAll(/\s/g, '')
    const wrong = !/^\d{6}$/.test(code)
    setErrors(
      wrong
        ? [{ field: 'code', message: t('动态验证码是 6 位数字', 'The code has six digits') }]
        : [],
    )
    if (!wrong) confirm.mutate(code)
  }
  const problem = confirm.error ? asProblem(confirm.error) : null
  return (
    <Form
      label={t('开启两步验证', 'Switch on')}
      errors={errors}
      problem={problem}
      onSubmit={submit}
    >
      <p>
        {t(
          '用手机上的验证器应用扫描下图；不能扫描时，手动输入下面的密钥。',
          'Scan this with the authenticator on your phone, or type the key below into it.',
        )}
      </p>
      <QrImage text={secret.uri} label={t('验证器二维码', 'QR code for the authenticator')} />
      <code className="secret">{grouped(secret.secret)}</code>
      <TextField
        id="code"
        name="code"
        narrow
        label={t('验证器显示的 6 位数字', 'The six digits it shows')}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={9}
        error={errorOf('code', errors, problem, of)}
      />
      <Button type="submit" kind="primary" busy={confirm.isPending}>
        {t('确认开启', 'Confirm')}
      </Button>
    </Form>
  )
}

function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const { t } = useWords()
  return (
    <Note tone="good" live title={t('两步验证已开启', 'Two-step sign-in is on')}>
      <p>
        {t(
          '下面是恢复码，只显示这一次。手机不在身边时，每个可用一次。',
          'Recovery codes, shown only now; each works once when the phone is away.',
        )}
      </p>
      <pre className="secret">{codes.join('\n')}</pre>
    </Note>
  )
}

function SwitchOff({ mine }: { mine: Me }) {
  const { t, of } = useWords()
  const client = useQueryClient()
  const off = useMutation({
    mutationFn: (code: string) => api.post(`${PATH}/removal`, { code }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['me'] }),
  })
  const problem = off.error ? asProblem(off.error) : null
  return (
    <div className="stack">
      <p>
        {t('已开启。', 'On. ')}
        {t(
          `恢复码还剩 ${mine.recoveryCodesLeft} 个。`,
          `${mine.recoveryCodesLeft} recovery codes left.`,
        )}
      </p>
      <details>
        <summary>{t('关闭两步验证', 'Switch it off')}</summary>
        <Form
          label={t('关闭两步验证', 'Switch it off')}
          problem={problem}
          onSubmit={(data) => off.mutate(String(data.get('off-code')).trim())}
        >
          <TextField
            id="off-code"
            name="off-code"
            narrow
            label={t('动态验证码或恢复码', 'Code or recovery code')}
            autoComplete="one-time-code"
            error={errorOf('code', [], problem, of)}
          />
          <Button type="submit" busy={off.isPending}>
            {t('关闭', 'Switch off')}
          </Button>
        </Form>
      </details>
    </div>
  )
}
