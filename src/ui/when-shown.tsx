import { useEffect, useState, type ComponentType, type ReactNode } from 'react'
import { onUse } from '@/lib/on-use'
import { createTurns } from '@/lib/turns'

/** A component that loads its code when it is first shown; `load` does it before. */
export interface WhenShown<P> {
  (props: P): ReactNode
  load(): Promise<unknown>
}

/**
 * What React's `lazy` does, but a file that did not come is asked for again when the component is shown again: `lazy` remembers the
 * failure for the life of the page. Until the code is there, `fallback` is shown. A failure is thrown to the error boundary around it.
 */
export function whenShown<P extends object>(
  load: () => Promise<ComponentType<P>>,
  fallback: (props: P) => ReactNode = () => null,
): WhenShown<P> {
  let known: ComponentType<P> | undefined
  const part = onUse(async () => (known = await load()))

  function Shown(props: P): ReactNode {
    const [state, setState] = useState<{ readonly Part?: ComponentType<P>; readonly error?: unknown }>({ ...(known && { Part: known }) })
    const isLoaded = state.Part !== undefined
    useEffect(() => {
      if (isLoaded) return
      const turns = createTurns()
      const turn = turns.next()
      part().then(
        turn.take(Part => setState({ Part })),
        turn.take((error: unknown) => setState({ error })),
      )
      return turns.end
    }, [isLoaded])
    if (state.error !== undefined) throw state.error
    return state.Part ? <state.Part {...props} /> : fallback(props)
  }
  return Object.assign(Shown, { load: part })
}
