import type { ProjectFile } from '@/engine/project/project'

/** A ready-made project: canvas, data, metric, optimizer and models chosen, so that one press on Compile works. */
export interface Template {
  readonly id: string
  readonly title: string
  readonly summary: string
  /** What a user takes away from it, as the rest of a sentence that starts with "You learn". */
  readonly learn: string
  /** A project file with fresh project ids; ids of nodes and fields are the template's own. */
  build(newId: (prefix: string) => string): ProjectFile
}
