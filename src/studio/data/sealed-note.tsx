import { Lock } from 'lucide-react'

export function SealedNote() {
  return (
    <p className="flex items-center gap-2 border-b border-line bg-gold-soft px-4 py-1.5 text-sm text-gold-text">
      <Lock className="size-3.5 shrink-0" aria-hidden="true" />
      These rows are sealed: no run uses them. Tuning the program on what you read here makes its final score worth less.
    </p>
  )
}
