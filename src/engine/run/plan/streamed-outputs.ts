import { outputNames } from '../../graph/output-names'
import type { ProgramGraph } from '../../program/program'
import type { RunSettings } from '../../project/project'
import type { RunSpec } from '../../record/spec'

/** Which outputs of a row are shown while their answers are written, as a spec says it; undefined for none. */
export function streamOf(graph: ProgramGraph, { stream }: Pick<RunSettings, 'stream'>): RunSpec['stream'] {
  if (stream === 'off') return undefined
  if (stream === undefined || stream.except.length === 0) return { fields: 'all' }
  const fields = outputNames(graph).filter(name => !stream.except.includes(name))
  return fields.length === 0 ? undefined : { fields }
}
