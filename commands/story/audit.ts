// Chain 5, the audit: from a figure to its journal entry, and its proof verified without the platform.
import { setTimeout as wait } from 'node:timers/promises'
import { verifyProof } from '#engines/evidence/verify.ts'
import { nodeCrypto } from '#platform/seal-key.ts'
import { type Caller, type Chain, StoryFailed, type Teller } from './teller.ts'

interface Account {
  id: string
  asset: { code: string }
  available: string
}
interface Line {
  entryId: string
  availableAfter: string
  journalId: string
}
const PATIENCE_MS = 20_000

/** Waits until the fact is numbered and sealed, which takes a few seconds; returns its position. */
async function sealedPosition(caller: Caller, journalId: string): Promise<number> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    const place = await caller
      .get<{ position: number; sealed: boolean }>(`/api/journal/facts/${journalId}`)
      .catch((error: unknown) => {
        if (Date.now() > until) throw error
        return null
      })
    if (place?.sealed) return place.position
    if (Date.now() > until) throw new StoryFailed('the entry was not sealed in time')
    await wait(250)
  }
}

/** Follows the newest line of a statement to its proof, verifies it, and bends one byte. */
export const audit: Chain = async (teller: Teller) => {
  teller.chapter('五、一次审计', 'The audit')
  const one = await teller.as('founder')
  const { items: accounts } = await one.get<{ items: Account[] }>('/api/ledger/accounts')
  const cash = accounts.find(({ asset }) => asset.code === 'cny')
  teller.sure(cash !== undefined, 'the founder has an account in yuan')
  const { items } = await one.get<{ items: Line[] }>(
    `/api/ledger/accounts/${cash.id}/statement?limit=1`,
  )
  const line = items[0]
  teller.sure(line?.availableAfter === cash.available, 'the last line ends at the balance')
  teller.step(
    `账户余额 ${cash.available} 元，等于最后一笔流水之后的余额`,
    `A balance of ${cash.available} yuan, where its last line ends`,
  )
  const position = await sealedPosition(one, line.journalId)
  teller.step(
    `这笔流水是日志第 ${position} 号记录，已封存`,
    `It is journal entry ${position}, sealed`,
  )
  const proof = await one.text(`/api/journal/entries/${position}/proof`)
  const good = await verifyProof(proof, nodeCrypto)
  teller.sure(good.genuine, 'the proof verifies')
  teller.step('证明文件离线核对通过', 'Its proof verifies offline')
  const at = proof.indexOf('"payload"') + 20
  const bent = proof.slice(0, at) + (proof[at] === 'a' ? 'b' : 'a') + proof.slice(at + 1)
  const bad = await verifyProof(bent, nodeCrypto)
  teller.sure(!bad.genuine, 'a bent proof does not verify')
  teller.step('改动一个字节：立刻查出', 'One changed byte is found at once')
  const auditor = await teller.as('auditor')
  const entry = await auditor.get<{ kind: string }>(`/api/journal/entries/${position}`)
  teller.step(
    `审计人员看到同一条记录：${entry.kind}`,
    `The auditor sees the same entry: ${entry.kind}`,
  )
}
