import type { ImportPreview } from '@/worker/api'

export type ImportStep =
  | { readonly kind: 'idle' }
  | { readonly kind: 'reading'; readonly name: string; readonly share: number }
  | {
      readonly kind: 'preview'
      readonly name: string
      readonly preview: ImportPreview
      readonly isStoring: boolean
      readonly problem?: string
    }
  | { readonly kind: 'failed'; readonly name: string; readonly problem: string }

/** An import and whose turn it is: each file that is begun, and each cancel, begins a new turn. */
export interface ImportTurn {
  readonly turn: number
  readonly step: ImportStep
}

/** What happened to the import of one turn. */
export type ImportMessage =
  | { readonly type: 'begin'; readonly turn: number; readonly name: string }
  | { readonly type: 'progress'; readonly turn: number; readonly share: number }
  | { readonly type: 'preview'; readonly turn: number; readonly preview: ImportPreview }
  | { readonly type: 'store'; readonly turn: number }
  | { readonly type: 'refuse'; readonly turn: number; readonly problem: string }
  | { readonly type: 'end'; readonly turn: number }

export const noImport: ImportTurn = { turn: 0, step: { kind: 'idle' } }

/**
 * The next step of an import. Messages of workers come in any order: one of an earlier turn changes nothing, and neither does one that
 * its step has left behind, such as progress of a file that has been read.
 */
export function nextImport(now: ImportTurn, message: ImportMessage): ImportTurn {
  const { turn, step } = now
  if (message.turn < turn) return now
  if (message.type === 'begin') return { turn: message.turn, step: { kind: 'reading', name: message.name, share: 0 } }
  if (message.type === 'end') return { turn: message.turn, step: { kind: 'idle' } }
  if (message.turn > turn) return now
  switch (message.type) {
    case 'progress':
      return step.kind === 'reading' ? { turn, step: { ...step, share: Math.max(step.share, message.share) } } : now
    case 'preview':
      return step.kind === 'reading'
        ? { turn, step: { kind: 'preview', name: step.name, preview: message.preview, isStoring: false } }
        : now
    case 'store':
      return step.kind === 'preview' ? { turn, step: { ...withoutProblem(step), isStoring: true } } : now
    case 'refuse':
      if (step.kind === 'reading') return { turn, step: { kind: 'failed', name: step.name, problem: message.problem } }
      return step.kind === 'preview' ? { turn, step: { ...step, isStoring: false, problem: message.problem } } : now
  }
}

function withoutProblem({ problem: _problem, ...step }: Extract<ImportStep, { kind: 'preview' }>) {
  return step
}
