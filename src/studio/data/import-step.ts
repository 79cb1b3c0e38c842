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

/** What happened to an import. Those of an earlier file never get here: they go through its turn. */
export type ImportMessage =
  | { readonly type: 'begin'; readonly name: string }
  | { readonly type: 'progress'; readonly share: number }
  | { readonly type: 'preview'; readonly preview: ImportPreview }
  | { readonly type: 'store' }
  | { readonly type: 'refuse'; readonly problem: string }
  | { readonly type: 'end' }

export const noImport: ImportStep = { kind: 'idle' }

/**
 * The next step of an import. Messages of a worker come in any order: one that its step has left behind, such as progress of a file that
 * has been read, changes nothing.
 */
export function nextImport(step: ImportStep, message: ImportMessage): ImportStep {
  switch (message.type) {
    case 'begin':
      return { kind: 'reading', name: message.name, share: 0 }
    case 'end':
      return noImport
    case 'progress':
      return step.kind === 'reading' ? { ...step, share: Math.max(step.share, message.share) } : step
    case 'preview':
      return step.kind === 'reading' ? { kind: 'preview', name: step.name, preview: message.preview, isStoring: false } : step
    case 'store':
      return step.kind === 'preview' ? { ...withoutProblem(step), isStoring: true } : step
    case 'refuse':
      if (step.kind === 'reading') return { kind: 'failed', name: step.name, problem: message.problem }
      return step.kind === 'preview' ? { ...step, isStoring: false, problem: message.problem } : step
  }
}

function withoutProblem({ problem: _problem, ...step }: Extract<ImportStep, { kind: 'preview' }>) {
  return step
}
