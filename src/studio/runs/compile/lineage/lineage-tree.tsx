import { useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { CandidateId } from '@/engine/program/program'
import { scorePercent } from '@/lib/percent'
import { Badge } from '@/ui/badge'
import { cx } from '@/ui/cx'
import { Segmented } from '@/ui/segmented'
import type { CandidateRow } from '../../kit/candidate-rows'
import { howWords, verdictOf } from '../../kit/candidate-words'
import { lineageOf, type LineageNode } from './lineage'

interface LineageTreeProps {
  readonly rows: readonly CandidateRow[]
  readonly selectedId: CandidateId | undefined
  readonly onSelect: (id: CandidateId | undefined) => void
}

/** Which candidate came from which. Arrow keys walk the tree as in any tree; Enter opens a candidate. */
export function LineageTree({ rows, selectedId, onSelect }: LineageTreeProps) {
  const [which, setWhich] = useState<'all' | 'kept'>('all')
  const kept = useMemo(() => rows.filter(row => row.isBaseline || row.isBest || row.candidate.verdict?.kind !== 'reject'), [rows])
  const nodes = useMemo(() => lineageOf(which === 'all' ? rows : kept), [which, rows, kept])
  const [focused, setFocused] = useState<CandidateId>()
  const list = useRef<HTMLUListElement>(null)
  const current = nodes.find(({ row }) => row.candidate.id === (focused ?? selectedId)) ?? nodes[0]

  const go = (node: LineageNode | undefined) => {
    if (node === undefined) return
    setFocused(node.row.candidate.id)
    list.current?.querySelector<HTMLElement>(`[data-candidate="${CSS.escape(node.row.candidate.id)}"]`)?.focus()
  }
  const onKey = (event: KeyboardEvent, node: LineageNode) => {
    const at = nodes.indexOf(node)
    const aims: Readonly<Record<string, () => LineageNode | undefined>> = {
      ArrowDown: () => nodes[at + 1],
      ArrowUp: () => nodes[at - 1],
      ArrowLeft: () => nodes.find(each => each.row.candidate.id === node.parent),
      ArrowRight: () => (node.childCount > 0 ? nodes[at + 1] : undefined),
      Home: () => nodes[0],
      End: () => nodes.at(-1),
    }
    const aim = aims[event.key]
    if (aim !== undefined) {
      event.preventDefault()
      go(aim())
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      onSelect(node.row.candidate.id)
    }
  }

  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      <div className="flex shrink-0 items-center gap-3 border-b border-line px-3 py-2">
        <Segmented
          label="Which candidates"
          size="sm"
          value={which}
          onChange={setWhich}
          options={[
            { value: 'all', label: `All ${rows.length}` },
            { value: 'kept', label: `Without rejected ${kept.length}` },
          ]}
        />
      </div>
      <ul ref={list} role="tree" aria-label="Lineage" className="min-h-0 flex-1 overflow-auto py-1">
        {nodes.map(node => (
          <TreeRow
            key={node.row.candidate.id}
            node={node}
            isSelected={node.row.candidate.id === selectedId}
            isTabStop={node === current}
            onClick={() => {
              setFocused(node.row.candidate.id)
              onSelect(node.row.candidate.id === selectedId ? undefined : node.row.candidate.id)
            }}
            onKeyDown={event => onKey(event, node)}
          />
        ))}
      </ul>
    </div>
  )
}

interface TreeRowProps {
  readonly node: LineageNode
  readonly isSelected: boolean
  readonly isTabStop: boolean
  readonly onClick: () => void
  readonly onKeyDown: (event: KeyboardEvent) => void
}

function TreeRow({ node, isSelected, isTabStop, onClick, onKeyDown }: TreeRowProps) {
  const { candidate, score } = node.row
  const verdict = verdictOf(node.row)
  const isRejected = candidate.verdict?.kind === 'reject' && !node.row.isBest
  return (
    <li
      role="treeitem"
      data-candidate={candidate.id}
      aria-level={node.depth + 1}
      aria-posinset={node.place}
      aria-setsize={node.siblingCount}
      aria-selected={isSelected}
      {...(node.childCount > 0 && { 'aria-expanded': true })}
      tabIndex={isTabStop ? 0 : -1}
      onClick={onClick}
      onKeyDown={onKeyDown}
      className={cx(
        'flex h-8 min-w-fit cursor-default items-center gap-2 pr-3 pl-3 whitespace-nowrap outline-offset-[-2px]',
        isSelected ? 'bg-accent-soft' : 'hover:bg-hover',
        isRejected && 'text-soft',
      )}
    >
      <Branch node={node} />
      <span className="max-w-72 truncate font-medium">{candidate.label}</span>
      {score !== undefined && (
        <span className="text-soft tabular">
          {scorePercent(score)}
          {candidate.full === undefined && <span className="text-faint"> on a minibatch</span>}
        </span>
      )}
      {verdict !== undefined && <Badge tone={verdict.tone}>{verdict.label}</Badge>}
      <span className="text-sm text-faint">
        {howWords(candidate.how)}
        {node.otherParents.length > 0 && `, also from ${node.otherParents.map(row => row.candidate.label).join(' and ')}`}
        {candidate.verdict !== undefined && ` · ${candidate.verdict.reason}`}
      </span>
    </li>
  )
}

/** Rails and the elbow to the parent; the dot is hollow for a minibatch, solid for a full evaluation, gold for the best. */
function Branch({ node: { depth, rails, isLastChild, childCount, row } }: { readonly node: LineageNode }) {
  const x = (level: number) => level * step + 8
  const width = x(depth) + 8
  return (
    <svg width={width} height={rowHeight} aria-hidden="true" className="shrink-0 overflow-visible">
      <g className="fill-none stroke-line-strong" strokeWidth="1.25">
        {rails.slice(1).map((goesOn, index) => goesOn && <path key={index} d={`M${x(index)} 0V${rowHeight}`} />)}
        {depth > 0 && (
          <path d={`M${x(depth - 1)} 0V${isLastChild ? middle - 5 : rowHeight}M${x(depth - 1)} ${middle - 5}q0 5 5 5H${x(depth) - 5}`} />
        )}
        {childCount > 0 && <path d={`M${x(depth)} ${middle + 5}V${rowHeight}`} />}
      </g>
      <circle
        cx={x(depth)}
        cy={middle}
        r="4"
        strokeWidth="1.5"
        className={
          row.isBest
            ? 'fill-gold stroke-gold-text'
            : row.candidate.full === undefined
              ? 'fill-surface stroke-accent'
              : 'fill-accent stroke-accent'
        }
      />
    </svg>
  )
}

const rowHeight = 32
const middle = rowHeight / 2
const step = 20
