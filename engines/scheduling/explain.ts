// Why there is no room: too large for what exists, drained, promised to others, or simply full.
import { needOf, tasksIn } from './score.ts'
import { groupOf, type State } from './state.ts'
import { type Gang, MILLI, type Node, type Option, type Params, type Reason } from './types.ts'

const reason = (code: string, params: Params): Reason => ({ code, params })

/** Tasks of the gang that a node takes when nothing else runs there. */
function tasksWhenEmpty(node: Node, gang: Gang): number {
  const cards = new Int32Array(node.cards).fill(MILLI)
  const view = { cards, count: node.cards, cpuMilli: node.cpuMilli, memoryMib: node.memoryMib }
  return Math.min(gang.count, tasksIn(view, needOf(gang)))
}

/** Why it could not even start on empty nodes of one option, or null. */
function neverFits(nodes: readonly Node[], gang: Gang): Reason | null {
  const able = (some: readonly Node[]) =>
    some.reduce((sum, node) => sum + tasksWhenEmpty(node, gang), 0)
  const ready = nodes.filter((node) => node.state === 'ready')
  const largest = able(ready)
  if (largest >= gang.count) return null
  if (able(nodes) >= gang.count) {
    return reason('drained', { nodes: nodes.length - ready.length, of: nodes.length })
  }
  if (largest > 0) return reason('gang-too-large', { count: gang.count, largest })
  const cards = ready.reduce((most, node) => Math.max(most, node.cards), 0)
  return reason('task-too-large', { needMilli: gang.milli, largestMilli: cards * MILLI })
}

/** The largest task that one node has room for now, in thousandths of a card. */
function largestNow(state: State, nodes: Iterable<number>): number {
  let most = 0
  for (const node of nodes) {
    const view = state.room.view(node, state.now, state.now + 1)
    let whole = 0
    for (let i = 0; i < view.count; i++) {
      if (view.cards[i] === MILLI) whole += MILLI
      most = Math.max(most, view.cards[i]!, whole)
    }
  }
  return most
}

/** How long the gang could run if it started now, before others' room is in the way. */
function longestNow(state: State, gang: Gang, groups: readonly string[], limitMs: number): number {
  const starts = [...state.placer.nodesIn(groups)]
    .map((node) => state.room.nextStart[node]!)
    .filter((start) => start < state.now + limitMs)
  const ordered = [...new Set(starts)].sort((a, b) => a - b)
  let low = 0
  let high = ordered.length - 1
  let longest = 0
  while (low <= high) {
    const middle = (low + high) >> 1
    const until = ordered[middle]!
    if (state.placer.count(gang, groups, state.now, until) >= gang.count) {
      longest = until - state.now
      low = middle + 1
    } else high = middle - 1
  }
  return longest
}

function noRoomNow(state: State, gang: Gang, option: Option, limitMs: number): Reason {
  const groups = [groupOf(option)]
  const members = state.nodes.filter((node) => groupOf(node) === groups[0])
  const never = neverFits(members, gang)
  if (never) return never
  const fitting = state.placer.count(gang, groups, state.now, state.now + 1)
  if (fitting >= gang.count) {
    const longestMs = longestNow(state, gang, groups, limitMs)
    return reason('promised-to-others', { limitMs, longestMs })
  }
  return reason('no-room', {
    count: gang.count,
    fitting,
    needMilli: gang.milli,
    largestMilli: largestNow(state, state.placer.nodesIn(groups)),
  })
}

/** Answers for one state of the room, each kind of question worked out once. */
export class Explainer {
  private readonly state: State
  private readonly known = new Map<string, Reason>()

  constructor(state: State) {
    this.state = state
  }

  noRoom(gang: Gang, option: Option, limitMs: number): Reason {
    const { count, milli, cpuMilli, memoryMib } = gang
    const key = [count, milli, cpuMilli, memoryMib, limitMs, groupOf(option)].join('|')
    let found = this.known.get(key)
    if (!found) {
      found = noRoomNow(this.state, gang, option, limitMs)
      this.known.set(key, found)
    }
    return found
  }
}
