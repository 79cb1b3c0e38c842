import { useEffect, useReducer, useRef } from 'react'
import type { Column } from '@/engine/project/project'
import { confirmImport, discardImport, previewImport } from '@/state/data/dataset-commands'
import { errorSentence } from '@/state/session/notices'
import { useTurns } from '@/ui/use-turns'
import { nextImport, noImport, type ImportStep } from './import-step'

export interface Importer {
  readonly step: ImportStep
  begin(file: Blob, name: string): void
  /** Reads the same file once more, in the encoding the user chose. */
  readAgain(encoding: string): void
  confirm(name: string, columns: readonly Column[]): void
  cancel(): void
}

/** An import from the file to the stored dataset. A file that comes while another is read takes its place. */
export function useImport(): Importer {
  const [step, tell] = useReducer(nextImport, noImport)
  const turns = useTurns()
  const openId = useRef<string>(undefined)
  const chosen = useRef<{ readonly file: Blob; readonly name: string }>(undefined)

  function discardOpen(): void {
    if (openId.current !== undefined) void discardImport(openId.current)
    openId.current = undefined
  }

  // What was previewed but not confirmed must not stay in the worker when the screen goes.
  useEffect(() => discardOpen, [])

  async function read(file: Blob, name: string, encoding?: string) {
    const turn = turns.next()
    const say = turn.take(tell)
    discardOpen()
    chosen.current = { file, name }
    say({ type: 'begin', name })
    try {
      const preview = await previewImport(file, name, { encoding, onProgress: share => say({ type: 'progress', share }) })
      if (turn.isOver()) return void discardImport(preview.importId)
      openId.current = preview.importId
      say({ type: 'preview', preview })
    } catch (error) {
      say({ type: 'refuse', problem: errorSentence(error) })
    }
  }

  async function store(name: string, columns: readonly Column[]) {
    if (step.kind !== 'preview') return
    const turn = turns.next()
    const say = turn.take(tell)
    say({ type: 'store' })
    // From here on it is the worker that ends it.
    openId.current = undefined
    try {
      await confirmImport(step.preview.importId, name, columns)
      say({ type: 'end' })
    } catch (error) {
      if (turn.isOver()) return void discardImport(step.preview.importId)
      openId.current = step.preview.importId
      say({ type: 'refuse', problem: errorSentence(error) })
    }
  }

  return {
    step,
    begin: (file, name) => void read(file, name),
    readAgain: encoding => {
      if (chosen.current) void read(chosen.current.file, chosen.current.name, encoding)
    },
    confirm: (name, columns) => void store(name, columns),
    cancel: () => {
      turns.end()
      discardOpen()
      tell({ type: 'end' })
    },
  }
}
