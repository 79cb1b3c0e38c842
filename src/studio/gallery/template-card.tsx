import { traitsOf } from '@/engine/providers/registry'
import { useMemo, useState } from 'react'
import { modelOf, optimizerTitle } from './template-facts'
import { Badge } from '@/ui/badge'
import { Spinner } from '@/ui/spinner'
import type { Template } from '@/templates/registry'
import { openTemplate } from './gallery-actions'
import { GraphThumbnail } from './graph-thumbnail'
import { useTurns } from '@/ui/use-turns'

export function TemplateCard({ template }: { readonly template: Template }) {
  const file = useMemo(() => buildPreview(template), [template])
  const [isOpening, setOpening] = useState(false)
  const turns = useTurns()
  const open = async () => {
    const turn = turns.next()
    setOpening(true)
    await openTemplate(template)
    turn.take(setOpening)(false)
  }
  const model = modelOf(file.project)
  return (
    <button
      type="button"
      disabled={isOpening}
      onClick={() => void open()}
      className="group flex w-full flex-col overflow-hidden rounded-xl border border-line bg-surface text-left shadow-card transition-colors hover:border-accent"
    >
      <GraphThumbnail graph={file.project.graph} layout={file.project.layout} className="h-32 w-full border-b border-line bg-canvas" />
      <span className="flex flex-1 flex-col gap-2 p-3.5">
        <span className="flex items-center gap-2 text-lg font-semibold">
          {template.title}
          {isOpening && <Spinner label="Opening" />}
        </span>
        <span className="text-soft">{template.summary}</span>
        <span className="text-sm text-soft">
          <span className="font-medium text-ink">You learn</span> {template.learn}
        </span>
        <span className="mt-auto flex flex-wrap gap-1 pt-1">
          <span className="rounded-sm bg-accent-soft px-1.5 py-0.5 text-xs font-medium text-accent-text">
            {optimizerTitle(file.project.optimizer.id)}
          </span>
          {file.dataset && <Badge>{file.dataset.rows.length} rows</Badge>}
          {model && !traitsOf(model).isLanguageModel ? (
            <Badge tone="warn">{model.label}, not an LLM</Badge>
          ) : (
            model && <Badge>{model.label}</Badge>
          )}
        </span>
      </span>
    </button>
  )
}

/** The template's file for a look at it; the ids are thrown away with it. */
function buildPreview(template: Template) {
  let count = 0
  return template.build(prefix => `${prefix}_${(count += 1)}`)
}
