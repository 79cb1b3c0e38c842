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
  const draw = (next: ReactNode) => flushed(() => root.render(next))
  await draw(children)
  return { host, rerender: draw }
}

afterEach(async () => {
  for (const { root, host } of roots.splice(0)) {
    await flushed(() => root.unmount())
    host.remove()
  }
})

/** With all effects. React asks for the flag before it lets `act` flush them, and warns of every update of a live page while it stands. */
async function flushed(work: () => void): Promise<void> {
  Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', true)
  try {
    await act(async () => work())
  } finally {
    Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', false)
  }
}
