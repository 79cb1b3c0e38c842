import { Hand, Map as MapIcon, Maximize, MousePointer2, Network, ZoomIn, ZoomOut } from 'lucide-react'
import { Panel as FlowPanel, useReactFlow, useStore } from '@xyflow/react'
import { IconButton } from '@/ui/icon-button'
import { fitOptions, layOut } from './canvas-actions'
import { setCanvas, useCanvas } from './canvas-store'
import { mapLimit } from './expected-card'
import type { CanvasEdge, CanvasNode } from './flow-items'

/** Hand and pointer, zoom, fit, layout, minimap. */
export function CanvasToolbar() {
  const flow = useReactFlow<CanvasNode, CanvasEdge>()
  const zoom = useStore(state => Math.round(state.transform[2] * 100))
  const tool = useCanvas(state => state.tool)
  const isFarthest = useStore(state => state.transform[2] <= state.minZoom)
  const hasMap = useStore(state => state.nodes.length <= mapLimit)
  const isMinimapOpen = useCanvas(state => state.isMinimapOpen)
  return (
    <FlowPanel position="bottom-left" className="canvas-toolbar" role="toolbar" aria-label="Canvas view">
      <IconButton
        size="sm"
        tooltipSide="top"
        label="Select"
        shortcut="V"
        icon={<MousePointer2 />}
        pressed={tool === 'pointer'}
        onClick={() => setCanvas({ tool: 'pointer' })}
      />
      <IconButton
        size="sm"
        tooltipSide="top"
        label="Pan (or hold Space)"
        shortcut="H"
        icon={<Hand />}
        pressed={tool === 'hand'}
        onClick={() => setCanvas({ tool: 'hand' })}
      />
      <span className="canvas-toolbar-rule" />
      <IconButton
        size="sm"
        tooltipSide="top"
        label="Zoom out"
        shortcut="Mod+-"
        icon={<ZoomOut />}
        disabled={isFarthest}
        onClick={() => void flow.zoomOut({ duration: 120 })}
      />
      <button
        type="button"
        className="canvas-zoom"
        aria-label={`Zoom ${zoom} %. Set to 100 %`}
        onClick={() => void flow.zoomTo(1, { duration: 120 })}
      >
        {zoom} %
      </button>
      <IconButton
        size="sm"
        tooltipSide="top"
        label="Zoom in"
        shortcut="Mod++"
        icon={<ZoomIn />}
        onClick={() => void flow.zoomIn({ duration: 120 })}
      />
      <IconButton
        size="sm"
        tooltipSide="top"
        label="Fit all"
        shortcut="F"
        icon={<Maximize />}
        onClick={() => void flow.fitView(fitOptions)}
      />
      <span className="canvas-toolbar-rule" />
      <IconButton size="sm" tooltipSide="top" label="Auto layout" shortcut="L" icon={<Network />} onClick={() => void layOut(flow)} />
      <IconButton
        size="sm"
        tooltipSide="top"
        label={hasMap ? 'Minimap' : `No minimap above ${mapLimit.toLocaleString('en-GB')} nodes`}
        shortcut="M"
        icon={<MapIcon />}
        pressed={hasMap && isMinimapOpen}
        disabled={!hasMap}
        onClick={() => setCanvas({ isMinimapOpen: !isMinimapOpen })}
      />
    </FlowPanel>
  )
}
