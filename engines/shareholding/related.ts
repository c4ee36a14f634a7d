// Whether two parties are related: the same person in charge, or enough shares through any chain.
// What is not known is answered "undecided", naming whose ownership would settle it.

export interface Organisation {
  id: string
  /** Its legal representative; null: not known. */
  representative: string | null
  /** Who controls it otherwise than by shares; null: nobody is known to. */
  controller: string | null
  /** False for bodies without shares, such as a university: nothing is missing then. */
  hasShares: boolean
}

export interface Holding {
  holder: string
  organisation: string
  /** 1 to 10,000. */
  basisPoints: number
}

/** Everything known of the two parties and of those above them; people are ids without a record. */
export interface OwnershipGraph {
  organisations: readonly Organisation[]
  holdings: readonly Holding[]
}

export interface Link {
  from: string
  to: string
  by: 'representative' | 'controller' | 'shares'
  /** Of shares only. */
  basisPoints: number | null
}

export type Verdict =
  | {
      verdict: 'related'
      ground: 'same-party' | 'same-person' | 'shareholding' | 'common-holder'
      /** The links that show it, from those above down to each party. */
      chain: readonly Link[]
    }
  | { verdict: 'unrelated' }
  | { verdict: 'undecided'; missing: readonly string[] }

const WHOLE = 10_000n
/** Exact fractions: units of 10^-48, that is twelve links of basis points. */
const ONE = 10n ** 48n
const MOST_STEPS = 20_000

interface Reach {
  /** What is held in the party, through all chains together, in units of 10^-48. */
  share: bigint
  chains: Link[][]
}

interface Above {
  reaches: Map<string, Reach>
  /** Shares whose holder is not known, weighed by what lies below them. */
  hidden: bigint
  missing: Set<string>
  tangled: boolean
}

const inCharge = (graph: OwnershipGraph, party: string): Link[] => {
  const found = graph.organisations.find(({ id }) => id === party)
  const link = (from: string | null, by: Link['by']): Link[] =>
    from === null ? [] : [{ from, to: party, by, basisPoints: null }]
  return found
    ? [...link(found.representative, 'representative'), ...link(found.controller, 'controller')]
    : [{ from: party, to: party, by: 'controller', basisPoints: null }]
}

/** Who holds how much of a party, over every chain that passes no party twice. */
function above(graph: OwnershipGraph, party: string): Above {
  const known = new Map(graph.organisations.map((one) => [one.id, one]))
  const holdingsOf = Map.groupBy(graph.holdings, ({ organisation }) => organisation)
  const reaches = new Map<string, Reach>()
  const missing = new Set<string>()
  let hidden = 0n
  let steps = 0

  const climb = (at: string, share: bigint, chain: Link[], passed: ReadonlySet<string>): void => {
    if (++steps > MOST_STEPS) return
    const organisation = known.get(at)
    if (!organisation) return
    const holdings = holdingsOf.get(at) ?? []
    const shown = holdings.reduce((sum, { basisPoints }) => sum + basisPoints, 0)
    if (organisation.hasShares && shown < 10_000) {
      hidden += (share * BigInt(10_000 - shown)) / WHOLE
      missing.add(at)
    }
    const steer = organisation.controller
      ? [{ holder: organisation.controller, basisPoints: 10_000, by: 'controller' as const }]
      : []
    const owned = holdings
      .filter(({ holder }) => holder !== organisation.controller)
      .map((holding) => ({ ...holding, by: 'shares' as const }))
    for (const { holder, basisPoints, by } of [...steer, ...owned]) {
      if (passed.has(holder)) continue
      const held = (share * BigInt(basisPoints)) / WHOLE
      const link = { from: holder, to: at, by, basisPoints: by === 'shares' ? basisPoints : null }
      const longer = [link, ...chain]
      const reach = reaches.get(holder) ?? { share: 0n, chains: [] }
      reach.share += held
      reach.chains.push(longer)
      reaches.set(holder, reach)
      climb(holder, held, longer, new Set([...passed, holder]))
    }
  }
  climb(party, ONE, [], new Set([party]))
  return { reaches, hidden, missing, tangled: steps > MOST_STEPS }
}

const linksOf = (reach: Reach | undefined): Link[] => {
  const seen = new Map<string, Link>()
  for (const link of reach?.chains.flat() ?? []) {
    seen.set(`${link.from} ${link.to} ${link.by}`, link)
  }
  return [...seen.values()]
}

/**
 * The related-party test.
 * @param threshold shareholding from which a party is related, in basis points
 */
export function relation(
  graph: OwnershipGraph,
  one: string,
  other: string,
  threshold: number,
): Verdict {
  if (one === other) return { verdict: 'related', ground: 'same-party', chain: [] }
  const [mine, theirs] = [inCharge(graph, one), inCharge(graph, other)]
  for (const link of mine) {
    const same = theirs.find(({ from }) => from === link.from)
    if (!same) continue
    const chain = [link, same].filter(({ from, to }) => from !== to)
    return { verdict: 'related', ground: 'same-person', chain }
  }
  const line = (ONE * BigInt(threshold)) / WHOLE
  const [upOne, upOther] = [above(graph, one), above(graph, other)]
  const whole = { share: ONE, chains: [] }
  upOne.reaches.set(one, whole)
  upOther.reaches.set(other, whole)
  const common = [...upOne.reaches]
    .map(([holder, first]) => ({ holder, first, second: upOther.reaches.get(holder) }))
    .filter(({ first, second }) => second && first.share >= line && second.share >= line)
    // The nearest evidence first: one of the two parties itself, then those above.
    .sort((a, b) => linksOf(a.first).length - linksOf(b.first).length)
  const direct = common.find(({ holder }) => holder === one || holder === other)
  const found = direct ?? common[0]
  if (found) {
    return {
      verdict: 'related',
      ground: direct ? 'shareholding' : 'common-holder',
      chain: [...linksOf(found.first), ...linksOf(found.second)],
    }
  }
  const missing = undecidedBy(graph, [one, other], [upOne, upOther], line)
  return missing.length > 0 ? { verdict: 'undecided', missing } : { verdict: 'unrelated' }
}

/** Whose ownership or representative would have to be known before "unrelated" can be said. */
function undecidedBy(
  graph: OwnershipGraph,
  parties: readonly [string, string],
  sides: readonly [Above, Above],
  line: bigint,
): string[] {
  const missing = new Set<string>()
  for (const id of parties) {
    const organisation = graph.organisations.find((one) => one.id === id)
    if (organisation?.representative === null) missing.add(id)
  }
  for (const [nth, side] of sides.entries()) {
    const opposite = sides[1 - nth]!
    if (side.tangled) missing.add(parties[nth]!)
    // A hidden holder may be anyone who already holds enough on the other side, or hide there too.
    let most = 0n
    for (const [holder, reach] of opposite.reaches) {
      const share = side.reaches.get(holder)?.share ?? 0n
      if (reach.share + opposite.hidden >= line && share > most) most = share
    }
    if (side.hidden > 0n && most + side.hidden >= line) {
      for (const id of side.missing) missing.add(id)
    }
  }
  return [...missing].sort()
}
