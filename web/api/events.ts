// Server-sent events: one listener per address, reconnecting by itself, closed when nobody listens.
import { useEffect, useEffectEvent } from 'react'

/** Calls `onEvent` for each message of the address while the component is shown. */
export function useServerEvents(path: string | null, onEvent: (data: unknown) => void): void {
  const heard = useEffectEvent(onEvent)
  useEffect(() => {
    if (!path) return
    const source = new EventSource(path)
    source.onmessage = (event: MessageEvent<string>) => {
      try {
        heard(JSON.parse(event.data))
      } catch {
        // A message that is not JSON carries nothing for this page.
      }
    }
    return () => source.close()
  }, [path])
}
