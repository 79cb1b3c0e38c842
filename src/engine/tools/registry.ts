import { z } from 'zod'
import { httpTool, httpToolSchema, type HttpTool } from './http-tool'
import { javaScriptTool, javaScriptToolSchema, type JavaScriptTool } from './javascript-tool'
import { mcpTool, mcpToolSchema, type McpTool } from './mcp-tool'
import type { ToolKind } from './tool-kind'

/** A tool that a model may call, as a step keeps it among its settings. One without a kind is JavaScript: there was no other. */
export const toolSchema = z.union([httpToolSchema, mcpToolSchema, javaScriptToolSchema], 'is not a tool that this version knows')
export type Tool = JavaScriptTool | HttpTool | McpTool

/** By id, in the order in which they are offered. */
export const toolKinds = { javascript: javaScriptTool, http: httpTool, mcp: mcpTool } as const
export type ToolKindId = keyof typeof toolKinds

/** What a tool does: its kind, which takes tools of this shape only. */
export function toolKindOf(tool: Tool): ToolKind<Tool> {
  // The kind that a tool names is the one that reads tools of its shape; here that is forgotten, once for all callers.
  return toolKinds[tool.kind ?? 'javascript'] as unknown as ToolKind<Tool>
}
