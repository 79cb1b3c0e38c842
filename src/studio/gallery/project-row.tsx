import { Copy, Ellipsis, FolderOpen, PenLine, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Project } from '@/engine/project/project'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { formatAgo } from '@/ui/format'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'
import { TextInput } from '@/ui/text-input'
import { duplicate, renameStored } from './gallery-actions'
import { GraphThumbnail } from './graph-thumbnail'
import { modelOf } from './template-facts'

interface ProjectRowProps {
  readonly project: Project
  readonly onDelete: () => void
}

export function ProjectRow({ project, onDelete }: ProjectRowProps) {
  const [draft, setDraft] = useState<string>()
  const rename = () => {
    const name = draft?.trim() ?? ''
    if (name !== '' && name !== project.name) void renameStored(project.id, name)
    setDraft(undefined)
  }
  const path = paths.project(project.id)
  const count = project.graph.nodes.length
  return (
    <li className="relative flex items-center gap-3 px-3 py-2 hover:bg-hover">
      <GraphThumbnail graph={project.graph} layout={project.layout} className="h-9 w-16 shrink-0 rounded-sm border border-line bg-canvas" />
      <div className="min-w-0 flex-1">
        {draft === undefined ? (
          // The link covers the row, so that all of it opens the project.
          <Link href={path} className="block truncate font-medium after:absolute after:inset-0">
            {project.name}
          </Link>
        ) : (
          <TextInput
            autoFocus
            label="Project name"
            value={draft}
            onFocus={event => event.target.select()}
            onChange={setDraft}
            onBlur={rename}
            onKeyDown={event => {
              if (event.key === 'Enter') rename()
              if (event.key === 'Escape') setDraft(undefined)
            }}
            className="max-w-sm"
          />
        )}
        <p className="truncate text-sm text-faint">
          {count} {count === 1 ? 'node' : 'nodes'} · {modelOf(project)?.label ?? 'no model'}
        </p>
      </div>
      <span className="text-sm text-faint">{formatAgo(project.updatedAt)}</span>
      <span className="relative">
        <Menu
          align="end"
          trigger={<IconButton label={`Actions for ${project.name}`} icon={<Ellipsis />} />}
          items={[
            { id: 'open', label: 'Open', icon: <FolderOpen />, onSelect: () => goTo(path) },
            { id: 'rename', label: 'Rename', icon: <PenLine />, onSelect: () => setDraft(project.name) },
            { id: 'duplicate', label: 'Duplicate', icon: <Copy />, onSelect: () => void duplicate(project) },
            'separator',
            { id: 'delete', label: 'Delete…', icon: <Trash2 />, danger: true, onSelect: onDelete },
          ]}
        />
      </span>
    </li>
  )
}
