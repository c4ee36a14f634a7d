// Mail through an SMTP server named by KAPOK_MAIL_URL.
import { createTransport } from 'nodemailer'
import { type Mailer, MailRefused } from '#services/notices/ports.ts'

const PATIENCE_MS = 20_000

/** One address and nothing that a header could be made of. */
const plainAddress = /^[^\s<>()[\]\\,;:"@\p{Cc}]{1,64}@[^\s<>()[\]\\,;:"@\p{Cc}]{1,255}$/u

/** No line breaks or control characters: a header stays one header. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()

interface SmtpError extends Error {
  code?: string
  responseCode?: number
}

/** The server will say the same tomorrow: the address or the message itself was refused. */
function isFinal({ code, responseCode = 0 }: SmtpError): boolean {
  return responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE')
}

/**
 * A mailer over SMTP; at most two connections, kept open between mails.
 * @param from the sender's address; its host names the Message-IDs
 */
export function smtp(url: string, from: string): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const host = from.slice(from.lastIndexOf('@') + 1)
  return {
    async send({ id, to, subject, text }) {
      if (!plainAddress.test(to)) throw new MailRefused('not one plain mail address')
      try {
        await transport.sendMail({
          from: { name: '木棉 Kapok', address: from },
          to: { name: '', address: to },
          messageId: `<${id}@${host}>`,
          subject: oneLine(subject),
          text,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } catch (error) {
        if (isFinal(error as SmtpError)) throw new MailRefused(String(error), error)
        throw error
      }
    },
    close: () => transport.close(),
  }
}
