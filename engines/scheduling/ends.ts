// The ends to come, the earliest first: a binary heap.
export interface End {
  at: number
  id: string
}

export class Ends {
  private readonly heap: End[] = []

  first(): number {
    return this.heap[0]?.at ?? Number.POSITIVE_INFINITY
  }

  push(end: End): void {
    const { heap } = this
    let at = heap.push(end) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (heap[parent]!.at <= end.at) break
      heap[at] = heap[parent]!
      heap[parent] = end
      at = parent
    }
  }

  pop(): End {
    const { heap } = this
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++
      if (heap[child]!.at >= last.at) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return first
  }
}
