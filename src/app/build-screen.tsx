import { useState } from 'react'
import { ResizeHandle } from '@/ui/resize-handle'
import { ScreenBoundary } from '@/ui/error-boundary'
import { CanvasPane, InspectorPane } from './parts'

/** The canvas with the inspector at its right. */
export function BuildScreen() {
  const [width, setWidth] = useState(storedWidth)
  const resize = (next: number) => {
    setWidth(next)
    localStorage.setItem(widthKey, String(next))
  }
  return (
    <div className="flex h-full max-sm:flex-col">
      <div className="min-h-0 min-w-0 flex-1">
        <ScreenBoundary place="The canvas">
          <CanvasPane />
        </ScreenBoundary>
      </div>
      <ResizeHandle label="Width of the inspector" width={width} onChange={resize} min={300} max={640} className="max-sm:hidden" />
      <aside
        aria-label="Inspector"
        style={{ width }}
        className="max-w-[45vw] shrink-0 border-l border-line bg-surface max-sm:h-[45%] max-sm:w-full! max-sm:max-w-none max-sm:border-t max-sm:border-l-0"
      >
        <ScreenBoundary place="The inspector">
          <InspectorPane />
        </ScreenBoundary>
      </aside>
    </div>
  )
}

const widthKey = 'dspy-studio:inspector-width'

function storedWidth(): number {
  const stored = Number(localStorage.getItem(widthKey))
  return stored >= 300 && stored <= 640 ? stored : 360
}
