import { Position, type NodeHandle } from '@xyflow/react'
import { comfortableProgram } from '@/state/document/shown-program'
import type { Ports } from './graph-index'

/** From so many nodes on, only the cards in view are drawn. */
export const manyNodes = 60
/** From so many nodes on there is no minimap: it would draw and follow every one of them. */
export const mapLimit = comfortableProgram

export interface ExpectedCard {
  readonly size: { readonly width: number; readonly height: number }
  readonly handles: NodeHandle[]
}

/**
 * A card's size and handles as they are before it was ever drawn. React Flow draws each card once to measure it, in view or not, unless it
 * is told these; a card that comes into view is then measured as any other.
 */
export function expectedCard({ inputs, outputs }: Ports, isEnd: boolean): ExpectedCard {
  const width = isEnd ? 208 : 260
  const rows = inputs.length + outputs.length
  const handle = (id: string, row: number, type: 'source' | 'target'): NodeHandle => ({
    id,
    type,
    position: type === 'source' ? Position.Right : Position.Left,
    x: type === 'source' ? width - handleSize / 2 : -handleSize / 2,
    y: headHeight + (isEnd ? 0 : factsHeight) + rowHeight * (row + 0.5) - handleSize / 2,
    width: handleSize,
    height: handleSize,
  })
  return {
    // No real card is half a pixel high: what is measured always differs, and is taken.
    size: { width, height: headHeight + (isEnd ? 0 : factsHeight) + rowHeight * Math.max(1, rows) + 10.5 },
    handles: [
      ...inputs.map(({ id }, index) => handle(id, index, 'target')),
      ...outputs.map(({ id }, index) => handle(id, inputs.length + index, 'source')),
    ],
  }
}

const headHeight = 38
const factsHeight = 30
const rowHeight = 24
const handleSize = 12
