/** Something the user should be told now, wherever they are. The app shows these as toasts. */
export interface Notice {
  readonly title: string
  readonly detail?: string
  readonly tone: 'neutral' | 'good' | 'warn' | 'bad'
  readonly action?: { readonly label: string; run(): void }
}

const listeners = new Set<(notice: Notice) => void>()

export function notify(notice: Notice): void {
  for (const listener of listeners) listener(notice)
}

/** Returns a function that stops listening. */
export function onNotice(listener: (notice: Notice) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Tells of a failure in the words of the error; what is not an error of ours keeps its message. */
export function notifyError(title: string, error: unknown): void {
  notify({ title, detail: errorSentence(error), tone: 'bad' })
}

export function errorSentence(error: unknown): string {
  if (error instanceof Error) return error.message
  if (typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string') return error.message
  return String(error)
}
