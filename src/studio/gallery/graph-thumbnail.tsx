import type { ProgramGraph, ProgramNode } from '@/engine/program/program'
import type { Position, Project } from '@/engine/project/project'
import { inputFields, outputFields } from '@/engine/graph/ports'
import { stepOf } from '@/engine/modules/registry'
import { cx } from '@/ui/cx'

interface GraphThumbnailProps {
  readonly graph: ProgramGraph
  readonly layout: Project['layout']
  readonly className?: string
}

/** A program as it lies on the canvas, small: boxes, their fields as bars, wires. */
export function GraphThumbnail({ graph, layout, className }: GraphThumbnailProps) {
  const places = graph.nodes.map((node, index) => layout[node.id] ?? { x: index * canvasPitch, y: 0 })
  const boxes = new Map(graph.nodes.map((node, index) => [node.id, boxOf(node, squeeze(places[index] ?? { x: 0, y: 0 }))]))
  const all = [...boxes.values()]
  if (all.length === 0) return <div className={className} />
  const left = Math.min(...all.map(box => box.x)) - pad
  const top = Math.min(...all.map(box => box.y)) - pad
  const right = Math.max(...all.map(box => box.x + nodeWidth)) + pad
  const bottom = Math.max(...all.map(box => box.y + box.height)) + pad
  return (
    <svg
      viewBox={`${left} ${top} ${right - left} ${bottom - top}`}
      aria-hidden="true"
      preserveAspectRatio="xMidYMid meet"
      className={className}
    >
      {graph.edges.map(edge => {
        const from = boxes.get(edge.from.node)
        const to = boxes.get(edge.to.node)
        if (!from || !to) return null
        const start = { x: from.x + nodeWidth, y: rowY(from, from.outputs.indexOf(edge.from.field)) }
        const end = { x: to.x, y: rowY(to, to.inputs.indexOf(edge.to.field)) }
        const bend = Math.max(40, (end.x - start.x) / 2)
        return (
          <path
            key={edge.id}
            d={`M${start.x} ${start.y}C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}`}
            fill="none"
            strokeWidth="4"
            className="stroke-control"
          />
        )
      })}
      {graph.nodes.map(node => {
        const box = boxes.get(node.id)
        return box && <NodeBox key={node.id} node={node} box={box} />
      })}
    </svg>
  )
}

function NodeBox({ node, box }: { readonly node: ProgramNode; readonly box: Box }) {
  const step = stepOf(node)
  const isPredictor = step !== undefined && (step.slots().length > 0 || step.bodies().length > 0)
  return (
    <g>
      <rect
        x={box.x}
        y={box.y}
        width={nodeWidth}
        height={box.height}
        rx="14"
        strokeWidth="3"
        className={cx('fill-raised', isPredictor ? 'stroke-accent' : 'stroke-line-strong')}
      />
      <circle cx={box.x + 22} cy={box.y + 24} r="8" className={isPredictor ? 'fill-accent' : 'fill-control'} />
      <rect x={box.x + 40} y={box.y + 18} width={Math.min(92, node.name.length * 9)} height="12" rx="6" className="fill-soft" />
      {box.inputs.map((id, row) => (
        <rect key={id} x={box.x + 18} y={rowY(box, row) - 4} width="46" height="8" rx="4" className="fill-line-strong" />
      ))}
      {box.outputs.map((id, row) => (
        <rect key={id} x={box.x + nodeWidth - 64} y={rowY(box, row) - 4} width="46" height="8" rx="4" className="fill-line-strong" />
      ))}
    </g>
  )
}

interface Box {
  readonly x: number
  readonly y: number
  readonly height: number
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

const nodeWidth = 150
/** How far apart two steps lie on the canvas, and here: a long program would else be all wires. */
const canvasPitch = 300
const pitch = 205
const headHeight = 52
const rowHeight = 26
const pad = 24

function boxOf(node: ProgramNode, at: Position): Box {
  const inputs = inputFields(node).map(field => field.id)
  const outputs = outputFields(node).map(field => field.id)
  const rows = Math.max(1, inputs.length, outputs.length)
  return { x: at.x, y: at.y, height: headHeight + rows * rowHeight + 8, inputs, outputs }
}

function squeeze({ x, y }: Position): Position {
  return { x: (x * pitch) / canvasPitch, y: y * 0.8 }
}

function rowY(box: Box, row: number): number {
  return box.y + headHeight + Math.max(0, row) * rowHeight + rowHeight / 2
}
