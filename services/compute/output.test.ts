// What a job wrote is shown as it is, whatever it is: text, bytes, broken lines, foreign paths.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { listOutputs, readable, readLog, readMetrics, readOutput } from './output.ts'
import { type Bed, computeBed, founder, operator, refusal, sme } from './test-bed.ts'

async function running(bed: Bed): Promise<[workload: string, task: string]> {
  const id = await bed.submit(founder)
  await bed.step()
  return [id, (await bed.tasks(id))[0]!]
}

test('text is text; a part that is none is shown byte by byte, and nothing is hidden', () => {
  const utf8 = new TextEncoder()
  assert.equal(readable(utf8.encode('损失 0.42\n')), '损失 0.42\n')
  const mixed = [...utf8.encode('损失\n'), 0xff, 0x1b, 9, 0xe8, 0x8a]
  assert.equal(readable(Uint8Array.from(mixed)), '损失\n\\xff\\x1b\t\\xe8\\x8a')
  assert.equal(readable(new Uint8Array()), '')
})

test('control characters of a terminal are shown, not sent', () => {
  const text = readable(new TextEncoder().encode('a\u001b[2Jb\u0000c\rd\ne'))
  // Nothing but line ends, tabs and visible characters is left.
  assert.match(text, /^[\n\r\t\P{Cc}]*$/u)
  assert.ok(text.startsWith('a\\x1b[2Jb\\x00c') && text.endsWith('\ne'))
})

test('a log read in parts is the log, wherever characters are split', async (t) => {
  const bed = await computeBed(t)
  const [id, task] = await running(bed)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 30 }), async (sizes) => {
      const text = sizes.map((size) => ['a', 'é', '芯', '🌳'][size]).join('')
      bed.machine.clear(task)
      let seen = ''
      let from = 0
      for (const byte of new TextEncoder().encode(text)) {
        bed.machine.print(task, Uint8Array.of(byte))
        const part = await readLog(bed.parts, founder, id, from)
        assert.equal(part.from, from)
        assert.ok(part.next <= part.size)
        seen += part.text
        from = part.next
      }
      assert.equal(seen, text)
    }),
    { numRuns: 10 },
  )
})

test('a log that is not there yet, a binary one, and one that ended in half a character', async (t) => {
  const bed = await computeBed(t)
  const id = await bed.submit(founder)
  const before = await readLog(bed.parts, founder, id, 0)
  assert.deepEqual([before.text, before.size, before.ended], ['', 0, false])
  await bed.step()
  const [task] = await bed.tasks(id)
  bed.machine.print(task!, Uint8Array.of(0x80, 0x00, 0x41, 0xe8, 0x8a))
  bed.machine.end(task!)
  await bed.step()
  const after = await readLog(bed.parts, founder, id, 0)
  assert.deepEqual([after.text, after.next, after.ended], ['\\x80\\x00A\\xe8\\x8a', 5, true])
})

test('a long log that has ended is whole at every border of its parts', async (t) => {
  const bed = await computeBed(t)
  const [id, task] = await running(bed)
  const text = `x${'芯'.repeat(70_000)}`
  bed.machine.print(task, text)
  bed.machine.end(task)
  await bed.step()
  let seen = ''
  for (let from = 0, size = 1; from < size; ) {
    const part = await readLog(bed.parts, founder, id, from)
    seen += part.text
    from = part.next
    size = part.size
  }
  assert.ok(seen === text)
})

test('only flat lines of JSON are metrics; junk, nesting and half lines are left out', async (t) => {
  const bed = await computeBed(t)
  const [id, task] = await running(bed)
  assert.deepEqual(await readMetrics(bed.parts, founder, id), { items: [] })
  const lines = [
    '{"step":1,"loss":0.5}',
    'no json',
    '[1,2]',
    'null',
    '7',
    '{"step":2,"loss":0.4,"deep":{"a":1},"list":[1],"ok":true,"note":null}',
    '{"__proto__":{"x":1},"step":3}',
    `{"step":4,"x":"${'y'.repeat(50)}"`,
  ]
  bed.machine.write(task, 'metrics.jsonl', lines.join('\n'))
  const { items } = await readMetrics(bed.parts, founder, id)
  assert.deepEqual(items, [
    { step: 1, loss: 0.5 },
    { step: 2, loss: 0.4, ok: true, note: null },
    { step: 3 },
  ])
})

test('many metrics are thinned, the last one stays; a flood of them is cut', async (t) => {
  const bed = await computeBed(t)
  const [id, task] = await running(bed)
  const line = (step: number) => JSON.stringify({ step })
  const all = Array.from({ length: 9_001 }, (_, step) => line(step))
  bed.machine.write(task, 'metrics.jsonl', all.join('\n'))
  const { items } = await readMetrics(bed.parts, founder, id)
  assert.ok(items.length <= 2_001 && items.length > 1_000, String(items.length))
  assert.deepEqual([items[0], items.at(-1)], [{ step: 0 }, { step: 9_000 }])
  bed.machine.write(task, 'metrics.jsonl', Buffer.alloc(9_000_000, `${line(1)}\n`))
  assert.ok((await readMetrics(bed.parts, founder, id)).items.length <= 2_001)
})

test('outputs are the owner’s alone; what is not there is not found', async (t) => {
  const bed = await computeBed(t)
  const [id, task] = await running(bed)
  bed.machine.write(task, 'model/weights.bin', Uint8Array.of(1, 2, 3))
  assert.deepEqual(await listOutputs(bed.parts, founder, id), {
    items: [{ path: 'model/weights.bin', bytes: 3 }],
  })
  const file = await readOutput(bed.parts, founder, id, 'model/weights.bin')
  assert.equal(file.name, 'weights.bin')
  for (const path of ['../../etc/passwd', 'model', '', 'weights.bin']) {
    assert.equal(await refusal(readOutput(bed.parts, founder, id, path)), 'request.not-found')
  }
  for (const stranger of [sme, operator]) {
    assert.equal(await refusal(readLog(bed.parts, stranger, id, 0)), 'request.not-found')
    assert.equal(await refusal(listOutputs(bed.parts, stranger, id)), 'request.not-found')
    assert.equal(await refusal(readMetrics(bed.parts, stranger, id)), 'request.not-found')
  }
})
