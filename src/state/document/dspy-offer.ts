import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { EngineError } from '@/engine/base/errors'
import { isDspyFile, isDspyState, isWholeProgram, wholeProgramWords } from '@/export/is-dspy-state'
import { parseExactJson } from '@/lib/exact-json'
import { sendSessionEvent } from '../session/session-events'

/** A state file of DSPy that was dropped, pasted or chosen: the user says whether it becomes a project or goes onto one. */
export interface DspyOffer {
  readonly name: string
  readonly text: string
}

const offered = createStore<{ readonly offer?: DspyOffer }>(() => ({}))

export function useDspyOffer(): DspyOffer | undefined {
  return useStore(offered, state => state.offer)
}

export function offerDspyFile(offer: DspyOffer): undefined {
  offered.setState({ offer })
  sendSessionEvent('open-dspy')
}

/** The same for a text that may be anything: false for what is no state file. */
export function offerDspyText(text: string): boolean {
  if (!text.trimStart().startsWith('{') || !text.includes('"signature"')) return false
  const parsed = parseExactJson(text)
  if (!parsed.ok || !isDspyState(parsed.value)) return false
  offerDspyFile({ name: 'Pasted text', text })
  return true
}

/** A file that was dropped on a program: a state file is offered, for that program first. Throws `project-invalid` for any other file. */
export async function offerDroppedFile(file: File): Promise<void> {
  if (file.name.endsWith('.pkl')) throw new EngineError('project-invalid', wholeProgramWords)
  const text = await file.text()
  const parsed = parseExactJson(text)
  if (parsed.ok && isDspyFile(parsed.value)) return offerDspyFile({ name: file.name, text })
  throw new EngineError(
    'project-invalid',
    parsed.ok && isWholeProgram(parsed.value)
      ? wholeProgramWords
      : 'Only a state file of DSPy can be dropped on a program. Open a project on the start page, and import rows in Data.',
  )
}
