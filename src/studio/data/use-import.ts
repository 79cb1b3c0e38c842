import { useEffect, useReducer, useRef } from 'react'
import type { Column } from '@/engine/project/project'
import { confirmImport, discardImport, previewImport } from '@/state/data/dataset-commands'
import { errorSentence } from '@/state/session/notices'
import { nextImport, noImport, type ImportStep } from './import-step'

export interface Importer {
  readonly step: ImportStep
  begin(file: Blob, name: string): void
  confirm(name: string, columns: readonly Column[]): void
  cancel(): void
}

/** An import from the file to the stored dataset. A file that comes while another is read takes its place. */
export function useImport(): Importer {
  const [{ turn, step }, tell] = useReducer(nextImport, noImport)
  const latest = useRef(0)
  const openId = useRef<string>(undefined)

  /** Ends what is under way and hands out the next turn. */
  function nextTurn(): number {
    if (openId.current !== undefined) void discardImport(openId.current)
    openId.current = undefined
    return ++latest.current
  }

  // What was previewed but not confirmed must not stay in the worker when the screen goes.
  useEffect(() => () => void nextTurn(), [])

  async function read(file: Blob, name: string) {
    const mine = nextTurn()
    tell({ type: 'begin', turn: mine, name })
    try {
      const preview = await previewImport(file, name, share => tell({ type: 'progress', turn: mine, share }))
      if (mine !== latest.current) return void discardImport(preview.importId)
      openId.current = preview.importId
      tell({ type: 'preview', turn: mine, preview })
    } catch (error) {
      tell({ type: 'refuse', turn: mine, problem: errorSentence(error) })
    }
  }

  async function store(name: string, columns: readonly Column[]) {
    if (step.kind !== 'preview') return
    tell({ type: 'store', turn })
    try {
      await confirmImport(step.preview.importId, name, columns)
      if (openId.current === step.preview.importId) openId.current = undefined
      tell({ type: 'end', turn })
    } catch (error) {
      tell({ type: 'refuse', turn, problem: errorSentence(error) })
    }
  }

  return {
    step,
    begin: (file, name) => void read(file, name),
    confirm: (name, columns) => void store(name, columns),
    cancel: () => tell({ type: 'end', turn: nextTurn() }),
  }
}
