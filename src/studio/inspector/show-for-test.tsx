import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach } from 'vitest'
import { queryClient } from '@/state/session/query-client'
import { InspectorPane } from './inspector-pane'
import '@/ui/tokens.css'

let root: Root | undefined

/** Draws the inspector into the page of a browser test, as wide as beside a canvas; it is cleared after the test. */
export function showInspector(): void {
  const host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
  root.render(
    <QueryClientProvider client={queryClient}>
      <div style={{ width: 400, height: 800 }}>
        <InspectorPane />
      </div>
    </QueryClientProvider>,
  )
}

afterEach(() => {
  root?.unmount()
  document.body.replaceChildren()
})
