// Turns what compute asks for into the plan that the launcher carries out, line by line.
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ExecutorRefused, type TaskSpec } from '#services/compute/ports.ts'
import type { CardAccess } from './cards.ts'
import type { Cgroups } from './cgroups.ts'
import { type Layout, observeFolder } from './task-folder.ts'

const MIB = 1024 * 1024
/** Own limits of a task: enough for any training program, too little to hurt the machine. */
export const PROCESSES = 512
const OPEN_FILES = 4_096
/** The unit of ulimit -f. */
const BLOCK_BYTES = 512
/** To `timeout`, no time at all would mean that there is no last signal. */
const LEAST_GRACE_MS = 10
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

export interface Place {
  layout: Layout
  examples: string
  isolated: boolean
  cgroups: Cgroups | null
}

interface Folders {
  work: string
  output: string
  checkpoint: string
  tmp: string
  data: string
}

/** What the task reads, and where it really lies. */
export interface ShownInputs {
  program: string | null
  data: { name: string; source: string }[]
}

/**
 * @throws ExecutorRefused material-missing
 */
export function shownInputs(spec: TaskSpec, place: Place): ShownInputs {
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
    return { program: source, data }
  }
  return { program: spec.program ? material(spec.program) : null, data }
}

function environmentOf(spec: TaskSpec, cards: CardAccess, seen: Folders, node: string) {
  const variables: Record<string, string> = {
    PATH: `${node}:/usr/local/bin:/usr/bin:/bin`,
    LANG: 'C.UTF-8',
    ...spec.environment,
    HOME: seen.work,
    TMPDIR: seen.tmp,
    KAPOK_TASK: spec.id,
    KAPOK_WORK: seen.work,
    KAPOK_OUTPUT: seen.output,
    KAPOK_CHECKPOINT: seen.checkpoint,
    KAPOK_DATA_DIR: seen.data,
    KAPOK_SIMULATED_CARDS: String(spec.cards.simulated),
    ...cards.variables,
  }
  const odd = Object.keys(variables).find((name) => !VARIABLE.test(name))
  if (odd !== undefined) throw new Error(`not a variable: ${odd}`)
  return variables
}

/** What a shell takes as exactly this text. */
const quoted = (text: string | number) => `'${String(text).replaceAll("'", `'\\''`)}'`

/** Runs with the task's own rights: only here do its variables come in. */
function launchText(variables: Record<string, string>, folder: string, command: readonly string[]) {
  const set = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}\n`)
  const start = `cd ${quoted(folder)} || exit 126\nexec ${command.map(quoted).join(' ')} < /dev/null\n`
  return `${set.join('')}${start}`
}

/** A path as fstab writes it. */
const escaped = (path: string) =>
  path.replace(/[\\\s]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`)

function fstabText(spec: TaskSpec, cards: CardAccess, place: Place, shown: ShownInputs): string {
  const { layout } = place
  const folder = layout.task(spec.id)
  const line = (source: string, target: string, options: string) =>
    `${escaped(source)} ${escaped(join(layout.root, target))} none ${options} 0 0\n`
  const write = (source: string, target: string) => line(source, target, 'bind')
  const read = (source: string, target: string) => line(source, target, 'bind,ro,nosuid,nodev')
  return [
    ...['work', 'output', 'tmp'].map((name) => write(join(folder, name), name)),
    write(layout.checkpoint(spec.jobId), 'checkpoint'),
    ...cards.devices.map((name) => write(join('/dev', name), `dev/${name}`)),
    // Drivers look up there where a card sits.
    ...(cards.devices.length > 0 ? [read('/sys', 'sys')] : []),
    ...(shown.data.length > 0 ? [write(join(folder, 'data'), 'data')] : []),
    ...shown.data.map(({ source, name }) => read(source, `data/${name}`)),
    ...(shown.program ? [read(shown.program, 'program')] : []),
    `proc ${escaped(join(layout.root, 'proc'))} proc nosuid,nodev,noexec,hidepid=2 0 0\n`,
  ].join('')
}

/** Where the task finds its own: at fixed places, or where they really lie. */
function foldersOf(spec: TaskSpec, { layout, isolated }: Place): Folders {
  if (isolated) {
    const [work, output, tmp] = ['/work', '/output', '/tmp']
    return { work, output, checkpoint: '/checkpoint', tmp, data: '/data' }
  }
  const own = (name: string) => join(layout.task(spec.id), name)
  const checkpoint = layout.checkpoint(spec.jobId)
  return {
    work: own('work'),
    output: own('output'),
    checkpoint,
    tmp: own('tmp'),
    data: own('data'),
  }
}

/** The files that a keeper works by: `plan` is read by shells, and by us after a restart. */
export function planOf(
  spec: TaskSpec,
  cards: CardAccess,
  place: Place,
  shown: ShownInputs,
  { uid, slot }: { uid: number; slot: number },
): { plan: string; fstab: string; launch: string } {
  const { layout, isolated, cgroups } = place
  const seen = foldersOf(spec, place)
  const program = isolated && shown.program ? '/program' : shown.program
  const node = isolated ? '/opt/node/bin' : dirname(process.execPath)
  const plan: Record<string, string | number> = {
    id: spec.id,
    job: spec.jobId,
    events: layout.events,
    isolated: isolated ? 1 : '',
    root: layout.root,
    uid,
    slot,
    cgroups: cgroups?.groupsOf(slot).join(' ') ?? '',
    memory_events: cgroups?.memoryEventsOf(slot) ?? '',
    memory_kills: cgroups?.memoryKillsOf(slot) ?? 0,
    processes: PROCESSES,
    open_files: OPEN_FILES,
    file_blocks: (spec.diskMib * MIB) / BLOCK_BYTES,
    log_blocks: (spec.logMib * MIB) / BLOCK_BYTES,
    limit: Math.ceil(spec.limitMs / 10),
    limit_seconds: spec.limitMs / 1_000,
    grace_seconds: Math.max(LEAST_GRACE_MS, spec.graceMs) / 1_000,
    disk_mib: spec.diskMib,
    memory_mib: spec.memoryMib,
  }
  const variables = environmentOf(spec, cards, seen, node)
  const texts = {
    plan: Object.entries(plan)
      .map(([key, value]) => `${key}=${quoted(value)}\n`)
      .join(''),
    fstab: isolated ? fstabText(spec, cards, place, shown) : '',
    launch: launchText(variables, program ?? seen.work, spec.command),
  }
  if (Object.values(texts).some((text) => text.includes('\0'))) throw new Error('a NUL byte')
  return texts
}

/**
 * Without isolation a task could read what the platform reads. So only a program that ships with
 * Kapok runs, by its own file, and nothing from outside chooses what else is loaded.
 * @throws ExecutorRefused isolation
 */
export function refuseUnlessBundled(spec: TaskSpec, examples: string): void {
  const [interpreter, file = ''] = spec.command
  const isOurs =
    /^[a-z0-9-]+$/.test(spec.bundled ?? '.') &&
    interpreter === 'node' &&
    /^[a-z0-9-]+\.ts$/.test(file) &&
    existsSync(join(examples, String(spec.bundled), file))
  if (!isOurs) throw new ExecutorRefused('isolation')
  const variable = Object.keys(spec.environment).find((name) => !name.startsWith('KAPOK_'))
  if (variable !== undefined) throw new ExecutorRefused('isolation', { variable })
}
