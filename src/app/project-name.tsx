import { useState } from 'react'
import { renameProject } from '@/state/document/edits/project-edits'
import { useProject } from '@/state/document/project-store'

/** The project's name; a press turns it into a box. Enter and leaving keep the new name, Escape the old one. */
export function ProjectName() {
  const name = useProject(project => project.name)
  const [draft, setDraft] = useState<string>()
  const commit = () => {
    const next = draft?.trim() ?? ''
    if (next !== '' && next !== name) renameProject(next)
    setDraft(undefined)
  }
  if (draft === undefined) {
    return (
      <h1 className="flex min-w-0">
        <button
          type="button"
          aria-label={`Rename project ${name}`}
          onClick={() => setDraft(name)}
          className="min-w-0 truncate rounded-md px-1.5 py-0.5 text-left text-base font-semibold hover:bg-hover"
        >
          {name}
        </button>
      </h1>
    )
  }
  return (
    <input
      autoFocus
      aria-label="Project name"
      value={draft}
      maxLength={120}
      onFocus={event => event.target.select()}
      onChange={event => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={event => {
        if (event.key === 'Enter') commit()
        if (event.key === 'Escape') setDraft(undefined)
      }}
      className="h-7 w-48 min-w-0 rounded-md border border-control bg-surface px-1.5 text-base font-semibold"
    />
  )
}
