import { Ban } from 'lucide-react'
import { useCanvas } from './canvas-store'

/** Why a wire was refused, beside the pointer that dropped it. */
export function DropNote() {
  const note = useCanvas(state => state.note)
  if (!note) return null
  return (
    <div
      key={note.id}
      className="drop-note"
      style={{ left: Math.max(8, Math.min(note.screen.x + 12, innerWidth - 300)), top: Math.min(note.screen.y + 12, innerHeight - 80) }}
    >
      <Ban size={14} aria-hidden />
      {note.text}
    </div>
  )
}
