export type ToastTone = 'neutral' | 'good' | 'warn' | 'bad'

export interface ToastOptions {
  readonly title: string
  readonly detail?: string
  readonly tone?: ToastTone
  readonly action?: { readonly label: string; readonly run: () => void }
}
export interface ToastItem extends ToastOptions {
  readonly id: number
}

let items: readonly ToastItem[] = []
let lastId = 0
const listeners = new Set<() => void>()

export const toastStore = {
  items: () => items,
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  },
  add(options: ToastOptions): number {
    lastId += 1
    const item = { ...options, id: lastId }
    // The same words twice are one message; more than four would hide the work.
    set([...items.filter(other => other.title !== item.title || other.detail !== item.detail), item].slice(-4))
    return item.id
  },
  dismiss(id: number) {
    set(items.filter(item => item.id !== id))
  },
}

function set(next: readonly ToastItem[]) {
  items = next
  for (const listener of listeners) listener()
}
