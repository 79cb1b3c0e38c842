import { ChevronDown, ChevronRight } from 'lucide-react'
import type { KeyboardEvent, ReactNode } from 'react'
import { setCanvas, useCanvas } from './canvas-store'

interface FoldedListProps {
  readonly nodeId: string
  /** What the list is, for those who hear the card. */
  readonly label: string
  /** What stands on the card while it is folded. */
  readonly words: string
  /** Items of the list, unfolded. */
  readonly children: ReactNode
}

/** Parts of a step on its card: folded to a few words, unfolded to a list. */
export function FoldedList({ nodeId, label, words, children }: FoldedListProps) {
  const expanded = useCanvas(state => state.expandedNodes)
  const isOpen = expanded.has(nodeId)
  const toggle = () => {
    const next = new Set(expanded)
    if (!next.delete(nodeId)) next.add(nodeId)
    setCanvas({ expandedNodes: next })
  }
  return (
    <div className="node-parts">
      <button
        type="button"
        className="node-parts-fold nodrag nopan"
        aria-expanded={isOpen}
        aria-label={`${label}: ${words}`}
        onClick={toggle}
        onKeyDown={keepFromCanvas}
      >
        {isOpen ? <ChevronDown size={11} aria-hidden /> : <ChevronRight size={11} aria-hidden />}
        {words}
      </button>
      {isOpen && <ul aria-label={label}>{children}</ul>}
    </div>
  )
}

interface PartButtonProps {
  readonly title: string
  readonly facts: string
  /** What a press does, read aloud after the facts. */
  readonly action: string
  onPress(): void
}

export function PartButton({ title, facts, action, onPress }: PartButtonProps) {
  return (
    <button
      type="button"
      className="node-part nodrag nopan"
      aria-label={`${title}: ${facts.replaceAll(' · ', ', ')}. ${action}`}
      onClick={onPress}
      onKeyDown={keepFromCanvas}
    >
      <span className="node-part-name" title={title}>
        {title}
      </span>
      <span className="node-part-facts">{facts}</span>
    </button>
  )
}

/** Enter and Space press the button; the canvas would take them for the node. */
export function keepFromCanvas(event: KeyboardEvent): void {
  if (event.key === 'Enter' || event.key === ' ') event.stopPropagation()
}
