import { useState } from 'react'
import { toolsOf } from '@/engine/graph/tools-of'
import { reachesOf } from '@/engine/tools/require-reach'
import { useProject } from '@/state/document/project-store'
import { allowToolHosts, useToolHosts } from '@/state/session/tool-hosts'
import { Button } from '@/ui/button'

/**
 * Asks once whether the tools that a project came with may contact their addresses: it may be somebody else's. Those of tools that are made here are
 * allowed where they are made.
 */
export function ToolHostsBar({ projectId }: { readonly projectId: string }) {
  const graph = useProject(project => project.graph)
  const [opened] = useState(() => graph)
  const [isPutOff, setPutOff] = useState(false)
  const hosts = useToolHosts(projectId)
  if (isPutOff || hosts === undefined) return null
  const still = new Set(reachesOf(toolsOf(graph)).map(({ origin }) => origin))
  const wanted = reachesOf(toolsOf(opened)).filter(({ origin }) => still.has(origin) && !hosts.includes(origin))
  if (wanted.length === 0) return null
  const origins = [...new Set(wanted.map(({ origin }) => origin))]
  const tools = [...new Set(wanted.map(({ tool }) => tool))]
  return (
    <div role="status" className="flex flex-wrap items-center gap-2 border-b border-line bg-warn-soft px-4 py-1.5 text-warn-text">
      <p className="min-w-0 flex-1 basis-60 break-words">
        <strong className="font-medium">{tools.length === 1 ? 'A tool wants' : 'Tools want'} to reach outside.</strong> {tools.join(', ')}{' '}
        {tools.length === 1 ? 'contacts' : 'contact'} <code>{origins.join(', ')}</code>. Nothing is sent there until you allow it. Allow it
        only if you trust who made this project.
      </p>
      <Button size="sm" onClick={() => void allowToolHosts(projectId, origins, true)}>
        Allow
      </Button>
      <Button size="sm" variant="ghost" onClick={() => setPutOff(true)}>
        Not now
      </Button>
    </div>
  )
}
