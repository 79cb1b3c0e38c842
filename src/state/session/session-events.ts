/** Asks of one part of the page to another that leave no state behind. */
export type SessionEvent =
  | 'fit-view'
  | 'zoom-in'
  | 'zoom-out'
  | 'open-palette'
  | 'open-shortcuts'
  | 'open-export'
  | 'open-export-python'
  | 'open-dspy'
  | 'open-import'
  | 'add-node'
  | 'focus-inspector'
  | 'run-typed'

const target = new EventTarget()

export function sendSessionEvent(event: SessionEvent): void {
  target.dispatchEvent(new Event(event))
}

/** Returns a function that stops listening. */
export function onSessionEvent(event: SessionEvent, listener: () => void): () => void {
  target.addEventListener(event, listener)
  return () => target.removeEventListener(event, listener)
}
