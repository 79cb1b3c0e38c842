import { act, type ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach } from 'vitest'
import './tokens.css'

const roots: { root: Root; host: HTMLElement }[] = []

/** Draws into the real page of a browser test, and clears it after the test. */
export async function render(children: ReactNode): Promise<{ readonly host: HTMLElement; rerender(children: ReactNode): Promise<void> }> {
  const host = document.createElement('div')
  host.style.height = '600px'
  document.body.append(host)
  const root = createRoot(host)
  roots.push({ root, host })
  const draw = (next: ReactNode) => act(async () => root.render(next))
  await draw(children)
  return { host, rerender: draw }
}

afterEach(async () => {
  for (const { root, host } of roots.splice(0)) {
    await act(async () => root.unmount())
    host.remove()
  }
})

// React asks for this flag before it lets `act` flush effects.
Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', true)
