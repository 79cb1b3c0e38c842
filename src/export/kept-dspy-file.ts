import { blobRefOf, type BlobStore } from '@/engine/blobs/blob-store'
import { isEngineError } from '@/engine/base/errors'
import { predictorsOf } from '@/engine/graph/predictors'
import type { ModelSpec } from '@/engine/lm/lm'
import type { Program, ProgramState } from '@/engine/program/program'
import type { Project } from '@/engine/project/project'
import { canonicalJson } from '@/lib/canonical-json'
import { parseExactJson } from '@/lib/exact-json'
import { takeDspyFiles } from './dspy-files'
import { decisionFieldsJson } from './dspy-decisions'
import { readDspyState } from './from-dspy-json'

/** The state file that a project's program was opened from, where it still says all that the program has learned. */
export async function keptDspyText(store: Pick<BlobStore, 'get'>, project: Project): Promise<string | undefined> {
  const bytes = project.dspyFile && (await store.get(project.dspyFile))
  const text = bytes && new TextDecoder().decode(bytes)
  return text !== undefined && (await saysTheSame(text, project)) ? text : undefined
}

/**
 * True where a state file still says all that the program has learned: whoever opened it gets it back to the byte, also with what has no
 * place in a program (settings of Python, how a float was written).
 */
async function saysTheSame(text: string, program: Program & { readonly models: readonly ModelSpec[] }): Promise<boolean> {
  const parsed = parseExactJson(text)
  if (!parsed.ok) return false
  try {
    const read = readDspyState(parsed.value, { ...program, state: {} })
    if (read.graph !== program.graph) return false
    const saved = await takeDspyFiles({ put: async (bytes, mime) => blobRefOf(bytes, mime) }, read.state)
    return predictorsOf(program.graph).every(({ id, defaultInstructions }) => {
      const untouched = { instructions: defaultInstructions, demos: [] }
      return learned(saved[id] ?? untouched) === learned(program.state[id] ?? untouched)
    })
  } catch (error) {
    // The program has other steps by now.
    if (isEngineError(error)) return false
    throw error
  }
}

function learned({ instructions, demos, lm, nearest, fields }: ProgramState[string]): string {
  const decisions = decisionFieldsJson(fields)
  return canonicalJson({ instructions, demos, lm: lm ?? null, nearest: nearest ? { ...nearest } : null, decisions })
}
