// What the drivers' own tools print, read; and a real card, where this machine has one.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { missing, missingRoot } from '#platform/test-needs.ts'
import { logOf, run, taskOf } from '../../tests/executor-conformance.ts'
import { accessTo, findCards, parseAscend, parseNvidia } from './cards.ts'
import { localExecutor } from './executor.ts'

test('cards of NVIDIA', () => {
  const text = '0, GPU-aa, NVIDIA H200, 143771\n1, GPU-bb, NVIDIA H200, [N/A]\nNo devices\n'
  assert.deepEqual(parseNvidia(text), [
    { index: 0, vendor: 'nvidia', model: 'NVIDIA H200', uuid: 'GPU-aa', memoryMib: 143_771 },
    { index: 1, vendor: 'nvidia', model: 'NVIDIA H200', uuid: 'GPU-bb', memoryMib: 0 },
  ])
  assert.deepEqual(parseNvidia(''), [])
})

test('cards of Ascend: only lines with a logic id take work', () => {
  const text = `\tNPU ID                         Chip ID                        Chip Logic ID                  Chip Name
\t0                              0                              0                              Ascend 910B
\t0                              1                              -                              Mcu
\t3                              0                              1                              Ascend 910B
`
  assert.deepEqual(
    parseAscend(text).map(({ npu, card }) => [npu, card.index, card.model]),
    [
      [0, 0, 'Ascend 910B'],
      [3, 1, 'Ascend 910B'],
    ],
  )
})

test('a task without cards is told to see none', () => {
  assert.deepEqual(accessTo([]), {
    devices: [],
    variables: { CUDA_VISIBLE_DEVICES: '', ASCEND_RT_VISIBLE_DEVICES: '' },
  })
})

const found = await findCards()
const nvidia = found.filter(({ vendor }) => vendor === 'nvidia')
const skip = missingRoot || missing('card', nvidia.length > 0, 'a machine with an NVIDIA card')

test('a real card is handed to the task that it was given to, and to no other', {
  skip,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kapok-cards-'))
  const executor = await localExecutor({ folder, examples: folder })
  try {
    const [card] = nvidia
    const script = 'echo $CUDA_VISIBLE_DEVICES; nvidia-smi -L; ls /dev'
    const given = taskOf(script, { cards: { indices: [card!.index], simulated: 0 } })
    await run(executor, given)
    const log = await logOf(executor, given.id)
    assert.equal(log.split('\n')[0], card!.uuid)
    assert.deepEqual(log.match(/UUID: [^)]+/g), [`UUID: ${card!.uuid}`])
    const without = taskOf(script)
    await run(executor, without)
    assert.doesNotMatch(await logOf(executor, without.id), /UUID/)
  } finally {
    await executor.endAll()
    rmSync(folder, { recursive: true, force: true })
  }
})
