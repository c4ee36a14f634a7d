// Tells a story step by step, and acts in it: a session per person, and claims that must hold.
import { setTimeout as wait } from 'node:timers/promises'
import type { Json } from '#platform/context.ts'

export type Chain = (teller: Teller) => Promise<void>

/** A step did not come out as it was told. */
export class StoryFailed extends Error {}

/** One person's session with the platform. */
export class Caller {
  readonly origin: string
  readonly #cookie: string
  constructor(origin: string, cookie: string) {
    this.origin = origin
    this.#cookie = cookie
  }

  async #call(
    method: string,
    path: string,
    body?: Json,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const reply = await fetch(this.origin + path, {
      method,
      headers: {
        ...headers,
        cookie: this.#cookie,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (reply.status !== 429) return reply
    // Whoever asks too often is told how long to wait.
    const { params } = (await reply.json()) as { params: { seconds: number } }
    await wait(params.seconds * 1_000)
    return this.#call(method, path, body, headers)
  }

  async get<T>(path: string): Promise<T> {
    return expectOk<T>(await this.#call('GET', path), path)
  }
  async text(path: string): Promise<string> {
    const reply = await this.#call('GET', path)
    if (!reply.ok) throw new StoryFailed(`${path}: ${reply.status}`)
    return reply.text()
  }
  /** @param version what is there, for changes that must not pass another's by */
  async post<T>(path: string, body: Json = {}, version?: string): Promise<T> {
    return expectOk<T>(await this.#call('POST', path, body, matching(version)), path)
  }
  /** Puts something in the place of the version that is there; 0: nothing is. */
  async put<T>(path: string, body: Json, version: string): Promise<T> {
    return expectOk<T>(await this.#call('PUT', path, body, { 'if-match': version }), path)
  }
  /** A request that must be refused; returns the problem. */
  async refused(
    path: string,
    body: Json,
    version?: string,
  ): Promise<{ code: string; detail: { zh: string } }> {
    const reply = await this.#call('POST', path, body, matching(version))
    if (reply.ok) throw new StoryFailed(`${path} should have been refused`)
    return (await reply.json()) as { code: string; detail: { zh: string } }
  }
}

const matching = (version: string | undefined): Record<string, string> =>
  version === undefined ? {} : { 'if-match': version }

async function expectOk<T>(reply: Response, path: string): Promise<T> {
  const text = await reply.text()
  if (!reply.ok) throw new StoryFailed(`${path}: ${reply.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

export class Teller {
  readonly origin: string
  #steps = 0
  constructor(origin: string) {
    this.origin = origin
  }

  chapter(zh: string, en: string): void {
    console.log(`\n【${zh}】 ${en}`)
  }

  /** What happened, in both languages. */
  step(zh: string, en: string): void {
    this.#steps++
    console.log(`  ✓ ${zh}\n    ${en}`)
  }

  note(zh: string, en: string): void {
    console.log(`  · ${zh} · ${en}`)
  }

  /** Ends the story when what was told is not so. */
  sure(truth: boolean, told: string): asserts truth {
    if (!truth) throw new StoryFailed(told)
  }

  end(): void {
    console.log(`\n${this.#steps} 步，步步属实 · ${this.#steps} steps, each as told`)
  }

  /** Somebody without an account. */
  visitor(): Caller {
    return new Caller(this.origin, '')
  }

  /** Enters the demo world as one of its people. */
  async as(account: string): Promise<Caller> {
    const reply = await fetch(`${this.origin}/api/demo/enter`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account }),
    })
    if (!reply.ok) throw new StoryFailed(`demo entry of ${account}: ${await reply.text()}`)
    const cookie = reply.headers.getSetCookie().map((one) => one.split(';')[0])
    return new Caller(this.origin, cookie.join('; '))
  }
}
