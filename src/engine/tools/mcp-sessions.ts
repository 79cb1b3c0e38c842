/** What a server and a client agreed on when they met. */
export interface McpSession {
  /** Absent where the server keeps none, or does not let a page read it. */
  readonly id?: string
  readonly protocol: string
}

/** Open sessions by server, each begun once for all who ask at the same time. */
export type McpSessions = Map<string, Promise<McpSession>>
