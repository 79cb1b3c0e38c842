export interface BuiltChunk {
  readonly part: 'page' | 'worker'
  readonly name: string
  readonly isEntry: boolean
  readonly imports: readonly string[]
  readonly modules: readonly string[]
}
export interface Build {
  readonly chunks: Readonly<Record<string, BuiltChunk>>
  readonly sizes: ReadonlyMap<string, number>
}
export function readBuild(folder?: string): Build
export function measure(build?: Build): Readonly<Record<string, number>>
export function faultsOf(build: Build): readonly string[]
