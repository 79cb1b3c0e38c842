import { noSecret, notAllowed, nothingAllowed } from './refusals'
import { toolKindOf, type Tool } from './registry'
import type { ToolHost, ToolReach } from './tool-kind'

/** Where some tools go, each origin and secret with the first tool that needs it. */
export function reachesOf(tools: readonly Tool[]): readonly (ToolReach & { readonly tool: string })[] {
  return tools.flatMap(tool =>
    toolKindOf(tool)
      .reaches(tool)
      .map(reach => ({ ...reach, tool: tool.name })),
  )
}

/**
 * Contacts nothing. Throws `tool-refused` where one of these tools goes to an address that was not allowed, all of them named, or needs a secret
 * that is not saved.
 */
export async function requireReach(host: ToolHost | undefined, tools: readonly Tool[]): Promise<void> {
  const wanted = reachesOf(tools)
  const [first] = wanted
  if (first === undefined) return
  if (host === undefined) throw nothingAllowed(first.tool)
  const allowed = await Promise.all(wanted.map(({ origin }) => host.allows(origin)))
  const refused = wanted.filter((_, index) => allowed[index] !== true)
  if (refused.length > 0) throw notAllowed(refused)
  for (const { tool, origin, secrets } of wanted)
    for (const name of secrets) if (!(await host.secret(origin, name))?.trim()) throw noSecret(tool, origin, name)
}
