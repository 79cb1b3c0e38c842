import { useState } from 'react'
import { ResizeHandle } from '@/ui/resize-handle'
import { ErrorBoundary } from './error-boundary'
import { CanvasPane, InspectorPane } from './parts'

/** The canvas with the inspector at its right. */
export function BuildScreen() {
  const [width, setWidth] = useState(storedWidth)
  const resize = (next: number) => {
    setWidth(next)
    localStorage.setItem(widthKey, String(next))
  }
  return (
    <div className="flex h-full">
      <div className="min-w-0 flex-1">
        <ErrorBoundary place="The canvas">
          <CanvasPane />
        </ErrorBoundary>
      </div>
      <ResizeHandle label="Width of the inspector" width={width} onChange={resize} min={300} max={640} />
      <aside aria-label="Inspector" style={{ width }} className="shrink-0 border-l border-line bg-surface">
        <ErrorBoundary place="The inspector">
          <InspectorPane />
        </ErrorBoundary>
      </aside>
    </div>
  )
}

const widthKey = 'dspy-studio:inspector-width'

function storedWidth(): number {
  const stored = Number(localStorage.getItem(widthKey))
  return stored >= 300 && stored <= 640 ? stored : 360
}
