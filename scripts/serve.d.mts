export interface ServeOptions {
  readonly port?: number
  readonly strict?: boolean
  readonly host?: string
  readonly allow?: readonly string[]
  readonly folder?: string
}
export interface LocalServer {
  readonly url: string
  close(): void
}
export function serve(options?: ServeOptions): Promise<LocalServer>
