import type { Json, JsonObject } from '@/lib/json'
import type { Clock } from '../base/clock'
import type { LiveKeys } from '../lm/keys/live-keys'
import type { Fetch } from '../providers/base/host'
import type { CodeRunner } from '../user-code/code-runner'
import type { McpSessions } from './mcp-sessions'
import type { ToolBase } from './tool-base'

/** What tools that reach outside may use of the place they run in. */
export interface ToolHost {
  readonly fetch: Fetch
  readonly clock: Clock
  /** Whether the user has allowed this project to call this origin. */
  allows(origin: string): Promise<boolean>
  /** The secret saved under this name for exactly this origin; undefined where there is none. */
  secret(origin: string, name: string): Promise<string | undefined>
  /** The keys that are taken out of what comes back. */
  readonly keys: LiveKeys
  /** What is open to MCP servers. */
  readonly sessions: McpSessions
}

/** One call of a tool. */
export interface ToolCallContext {
  readonly runner: CodeRunner
  /** Absent where nothing outside may be reached. */
  readonly host?: ToolHost
  readonly signal: AbortSignal
}

/** What is wrong with a tool, and at which of its settings. */
export interface ToolKindFault {
  readonly part: string
  /** Goes after the name of the tool: `has no code. Write the body of a function of inputs.` */
  readonly words: string
}

/** Where a tool goes, and what it takes along. */
export interface ToolReach {
  readonly origin: string
  /** Names of secrets. */
  readonly secrets: readonly string[]
}

/** A kind of tool: one file and one line in the registry. Shared code never asks which kind it holds. */
export interface ToolKind<T extends ToolBase> {
  readonly id: string
  readonly title: string
  /** What it does, in one line. */
  readonly help: string
  /** A tool of this kind that shows how one is written. */
  starter(name: string): T
  faults(tool: T): readonly ToolKindFault[]
  /** The addresses it contacts; empty for one that stays in the code runner. */
  reaches(tool: T): readonly ToolReach[]
  /** Whether a call that was cut off may be made once more. */
  isRepeatable(tool: T): boolean
  /** JavaScript of the user that it runs. */
  source?(tool: T): string
  /** What it does, given arguments that fit. Throws `tool-failed` for what a model may do something about, and `tool-refused` before anything is contacted that was not allowed. */
  call(tool: T, args: JsonObject, context: ToolCallContext): Promise<Json>
}
