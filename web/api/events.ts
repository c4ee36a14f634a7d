// Server-sent events: reconnecting by itself, closed when nobody listens any more.
import { useEffect, useEffectEvent } from 'react'

/** Calls `onEvent` for each event of that name at the address while the component is shown. */
export function useServerEvents(
  path: string | null,
  name: string,
  onEvent: (data: unknown) => void,
): void {
  const heard = useEffectEvent(onEvent)
  useEffect(() => {
    if (!path) return
    const source = new EventSource(path)
    source.addEventListener(name, (event: MessageEvent<string>) => {
      try {
        heard(JSON.parse(event.data))
      } catch {
        // An event that is not JSON carries nothing for this page.
      }
    })
    return () => source.close()
  }, [path, name])
}
