// Turns what compute asks for into the plan that the launcher carries out, line by line.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ExecutorRefused, type TaskSpec } from '#services/compute/ports.ts'
import type { Cgroups } from './cgroups.ts'
import { type Layout, observeFolder } from './task-folder.ts'

const MIB = 1024 * 1024
/** Own limits of a task: enough for any training program, too little to hurt the machine. */
const PROCESSES = 512
const OPEN_FILES = 4_096
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

export interface Place {
  layout: Layout
  examples: string
  isolated: boolean
  cgroups: Cgroups | null
}

/** Keys may come more than once; order within a key matters. */
type Plan = [key: string, value: string | number][]

interface Folders {
  work: string
  output: string
  checkpoint: string
  tmp: string
  program: string
  data: string
}

const insideIsolation: Folders = {
  work: '/work',
  output: '/output',
  checkpoint: '/checkpoint',
  tmp: '/tmp',
  program: '/program',
  data: '/data',
}

/** What the task sees as /data/<name> or /program, and where it really lies. */
export interface Shown {
  source: string
  name: string
}

/**
 * @throws ExecutorRefused material-missing
 */
export function shownInputs(
  spec: TaskSpec,
  place: Place,
): { program: Shown | null; data: Shown[] } {
  const material = (id: string) => {
    const source = join(place.layout.material(id), 'files')
    if (!existsSync(source)) throw new ExecutorRefused('material-missing', { material: id })
    return source
  }
  const output = (task: string) => {
    const folder = place.layout.task(task)
    // What still runs still writes, under a user of its own.
    if (observeFolder(folder).state !== 'ended') {
      throw new ExecutorRefused('material-missing', { output: task })
    }
    return join(folder, 'output')
  }
  const data = spec.inputs.map(({ name, from }) => ({
    name,
    source: 'material' in from ? material(from.material) : output(from.output),
  }))
  if (data.some(({ name }) => !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(name))) {
    throw new Error('not the name of an input')
  }
  if (spec.bundled) {
    const source = join(place.examples, spec.bundled)
    const known = readdirSync(place.examples).includes(spec.bundled)
    if (!known) throw new ExecutorRefused('material-missing', { bundled: spec.bundled })
    return { program: { source, name: 'program' }, data }
  }
  const program = spec.program ? { source: material(spec.program), name: 'program' } : null
  return { program, data }
}

function environmentOf(spec: TaskSpec, seen: Folders, node: string): Plan {
  const cards = spec.cards.indices.join(',')
  const variables: Record<string, string> = {
    PATH: `${node}:/usr/local/bin:/usr/bin:/bin`,
    LANG: 'C.UTF-8',
    ...spec.environment,
    HOME: seen.work,
    TMPDIR: seen.tmp,
    KAPOK_TASK: spec.id,
    KAPOK_JOB: spec.jobId,
    KAPOK_WORK: seen.work,
    KAPOK_OUTPUT: seen.output,
    KAPOK_CHECKPOINT: seen.checkpoint,
    KAPOK_PROGRAM: seen.program,
    KAPOK_INPUT: seen.data,
    KAPOK_SIMULATED_CARDS: String(spec.cards.simulated),
    CUDA_VISIBLE_DEVICES: cards,
    ASCEND_RT_VISIBLE_DEVICES: cards,
  }
  return Object.entries(variables).map(([name, value]) => {
    if (!VARIABLE.test(name) || value.includes('\0')) throw new Error(`not a variable: ${name}`)
    return ['environment', `${name}=${value}`]
  })
}

/** The devices that a task with these cards may open. */
function devicesOf(indices: readonly number[]): string[] {
  if (indices.length === 0) return []
  const shared = ['nvidiactl', 'nvidia-uvm', 'nvidia-uvm-tools', 'davinci_manager', 'devmm_svm']
  const own = indices.flatMap((index) => [`nvidia${index}`, `davinci${index}`])
  return [...own, ...shared, 'hisi_hdc'].filter((name) => existsSync(join('/dev', name)))
}

function mounts(spec: TaskSpec, place: Place, shown: ReturnType<typeof shownInputs>): Plan {
  const { layout } = place
  const folder = layout.task(spec.id)
  const at = (source: string, target: string) => `${source}\n${join(layout.root, target)}`
  const own = ['work', 'output', 'tmp'].map((name) => at(join(folder, name), name))
  const devices = devicesOf(spec.cards.indices).map((name) => at(join('/dev', name), `dev/${name}`))
  const written = [...own, at(layout.checkpoint(spec.jobId), 'checkpoint'), ...devices]
  if (shown.data.length > 0) written.push(at(join(folder, 'data'), 'data'))
  const read = shown.data.map(({ source, name }) => at(source, `data/${name}`))
  if (shown.program) read.push(at(shown.program.source, 'program'))
  if (devices.length > 0) read.push(at('/sys', 'sys'))
  return [
    ...written.map((pair): Plan[number] => ['bind', pair]),
    ...read.map((pair): Plan[number] => ['bindReadOnly', pair]),
  ]
}

/** Without isolation the fixed folders do not exist: an argument that names one is translated. */
function translated(argument: string, seen: Folders): string {
  const [, name, rest] = /^\/(work|output|checkpoint|tmp|program|data)(\/.*|$)/.exec(argument) ?? []
  return name ? seen[name as keyof Folders] + rest : argument
}

/**
 * The plan as the launcher reads it: 'key=value' between NUL bytes.
 * @throws ExecutorRefused material-missing
 */
export function planOf(
  spec: TaskSpec,
  place: Place,
  shown: ReturnType<typeof shownInputs>,
  uid: number,
): string {
  const folder = place.layout.task(spec.id)
  const seen = place.isolated
    ? insideIsolation
    : {
        work: join(folder, 'work'),
        output: join(folder, 'output'),
        checkpoint: place.layout.checkpoint(spec.jobId),
        tmp: join(folder, 'tmp'),
        program: shown.program?.source ?? join(folder, 'data'),
        data: join(folder, 'data'),
      }
  const node = place.isolated ? '/opt/node/bin' : join(process.execPath, '..')
  const log = Math.max(4_096, spec.logMib * MIB)
  const plan: Plan = [
    ['id', spec.id],
    ['job', spec.jobId],
    ['events', place.layout.events],
    ['folder', seen.work],
    ['limitMs', Math.ceil(spec.limitMs)],
    ['graceMs', Math.ceil(spec.graceMs)],
    ['logPart', Math.floor(log / 4)],
    ['openFiles', OPEN_FILES],
    ['fileBytes', spec.diskMib * MIB],
    ['processes', PROCESSES],
    ['diskMib', spec.diskMib],
    ['memoryMib', spec.memoryMib],
    ['uid', uid],
    ...environmentOf(spec, seen, node),
    ...(place.isolated ? mounts(spec, place, shown) : []),
    ...(place.cgroups?.planOf(spec, PROCESSES) ?? []),
  ]
  if (place.isolated) plan.push(['isolated', 1], ['root', place.layout.root])
  for (const argument of spec.command) {
    plan.push(['argument', place.isolated ? argument : translated(argument, seen)])
  }
  const text = plan.map(([key, value]) => `${key}=${value}`)
  if (text.some((field) => field.includes('\0'))) throw new Error('a NUL byte in the command')
  return text.join('\0')
}
