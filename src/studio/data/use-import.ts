import { useEffect, useRef, useState } from 'react'
import type { Column } from '@/engine/project/project'
import { confirmImport, discardImport, previewImport } from '@/state/dataset-commands'
import { errorSentence } from '@/state/notices'
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

export interface Importer {
  readonly step: ImportStep
  begin(file: Blob, name: string): void
  confirm(name: string, columns: readonly Column[]): void
  cancel(): void
}

/** An import from the file to the stored dataset. A file that comes while another is read takes its place. */
export function useImport(): Importer {
  const [step, setStep] = useState<ImportStep>({ kind: 'idle' })
  const turn = useRef(0)
  const openId = useRef<string>(undefined)

  function drop() {
    turn.current += 1
    if (openId.current !== undefined) void discardImport(openId.current)
    openId.current = undefined
  }

  // What was previewed but not confirmed must not stay in the worker when the screen goes.
  useEffect(() => drop, [])

  async function read(file: Blob, name: string) {
    drop()
    const mine = turn.current
    const isCurrent = () => mine === turn.current
    setStep({ kind: 'reading', name, share: 0 })
    try {
      const preview = await previewImport(file, name, share => isCurrent() && setStep({ kind: 'reading', name, share }))
      if (!isCurrent()) return void discardImport(preview.importId)
      openId.current = preview.importId
      setStep({ kind: 'preview', name, preview, isStoring: false })
    } catch (error) {
      if (isCurrent()) setStep({ kind: 'failed', name, problem: errorSentence(error) })
    }
  }

  async function store(name: string, columns: readonly Column[]) {
    if (step.kind !== 'preview') return
    setStep({ ...step, isStoring: true, problem: undefined })
    try {
      await confirmImport(step.preview.importId, name, columns)
      openId.current = undefined
      setStep({ kind: 'idle' })
    } catch (error) {
      setStep({ ...step, isStoring: false, problem: errorSentence(error) })
    }
  }

  return {
    step,
    begin: (file, name) => void read(file, name),
    confirm: (name, columns) => void store(name, columns),
    cancel: () => {
      drop()
      setStep({ kind: 'idle' })
    },
  }
}
