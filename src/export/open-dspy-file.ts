import { EngineError } from '@/engine/base/errors'
import { maxBlobBytes, type BlobStore } from '@/engine/blobs/blob-store'
import type { Project } from '@/engine/project/project'
import { parseExactJson } from '@/lib/exact-json'
import type { Json } from '@/lib/json'
import { wholeProgramWords } from './is-dspy-state'
import { takeDspyFiles } from './dspy-files'
import { readDspyState } from './from-dspy-json'

/** The JSON of a state file. Throws `project-invalid` for anything else; a pickle is told what to do in Python. */
export function parseDspyText(text: string, name = 'The state file'): Json {
  const parsed = parseExactJson(text, { allowNonFinite: true })
  if (parsed.ok) return parsed.value
  // A pickle begins with its protocol, which is no character of UTF-8.
  throw new EngineError('project-invalid', /^[\u0080\ufffd]/.test(text) ? wholeProgramWords : `${name} is not JSON: ${parsed.reason}.`)
}

/**
 * A project with a state file of DSPy on its program: what it has learned, the models of its steps, and the file itself, which an export
 * writes again as long as nothing changes. `notCarried` as `readDspyState`, which also says what is thrown.
 */
export async function withDspyState(
  project: Project,
  text: string,
  store: Pick<BlobStore, 'put'>,
): Promise<{ readonly project: Project; readonly notCarried: readonly string[] }> {
  const { graph, state, models, notCarried } = readDspyState(parseDspyText(text), project)
  const { dspyFile: _before, ...rest } = project
  const kept = await keptFile(text, store)
  return { project: { ...rest, graph, state: await takeDspyFiles(store, state), models, ...kept }, notCarried }
}

/** A file too large to keep is written anew by an export. */
export async function keptFile(text: string, store: Pick<BlobStore, 'put'>): Promise<Pick<Project, 'dspyFile'>> {
  const bytes = new TextEncoder().encode(text)
  return bytes.length > maxBlobBytes ? {} : { dspyFile: await store.put(bytes, 'application/json') }
}
