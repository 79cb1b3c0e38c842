import { ArrowLeft, ChevronDown, ChevronRight } from 'lucide-react'
import { nodeAt, pathWithin, stagesOf, type BodyPath } from '@/engine/program/bodies'
import { stepOf } from '@/engine/modules/registry'
import type { ProgramGraph } from '@/engine/program/program'
import { useProject } from '@/state/document/project-store'
import { leaveBody, openBody, useShownPath } from '@/state/document/shown-program'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'
import { keepFromCanvas } from './folded-list'

/** Where the shown program stands: the way back out of a step, and to the programs beside it. Nothing for the whole program. */
export function ProgramCrumbs() {
  const path = useShownPath()
  const graph = useProject(project => project.graph)
  const crumbs = crumbsOf(graph, path)
  const last = crumbs.at(-1)
  if (last === undefined) return null
  return (
    <nav className="program-crumbs" aria-label="Shown program">
      <IconButton
        size="sm"
        tooltipSide="bottom"
        label={`Back to ${crumbs.at(-2)?.name ?? 'the whole program'}`}
        shortcut="Escape"
        icon={<ArrowLeft />}
        onClick={leaveBody}
        onKeyDown={keepFromCanvas}
      />
      <ol>
        <li>
          <button
            type="button"
            className="program-crumb"
            onClick={() => openBody(undefined, [crumbs[0]?.stepId ?? ''])}
            onKeyDown={keepFromCanvas}
          >
            Whole program
          </button>
        </li>
        {crumbs.map((crumb, index) => (
          <li key={crumb.path}>
            <ChevronRight size={12} aria-hidden />
            <span className="program-crumb-step">{crumb.step}</span>
            <ChevronRight size={12} aria-hidden />
            {crumb === last ? (
              <Menu
                trigger={
                  <button
                    type="button"
                    className="program-crumb"
                    aria-current="page"
                    onKeyDown={keepFromCanvas}
                    aria-label={`${last.name}, a program of ${last.step}`}
                  >
                    <span>{last.name}</span>
                    <ChevronDown size={12} aria-hidden />
                  </button>
                }
                items={last.siblings.map(({ path: other, name }) => ({
                  id: other,
                  label: name,
                  checked: other === last.path,
                  onSelect: () => openBody(other),
                }))}
              />
            ) : (
              <button
                type="button"
                className="program-crumb"
                onClick={() => openBody(crumb.path, [crumbs[index + 1]?.stepId ?? ''])}
                onKeyDown={keepFromCanvas}
              >
                <span>{crumb.name}</span>
              </button>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}

interface Crumb {
  readonly path: BodyPath
  readonly stepId: string
  readonly step: string
  readonly name: string
  /** All programs of the step, this one among them. */
  readonly siblings: readonly { readonly path: BodyPath; readonly name: string }[]
}

function crumbsOf(graph: ProgramGraph, path: BodyPath | undefined): readonly Crumb[] {
  let outer: BodyPath | undefined
  return stagesOf(path).flatMap(stage => {
    const stepPath = pathWithin(outer, stage.node)
    outer = stage.path
    const node = nodeAt(graph, stepPath)
    const step = node && stepOf(node)
    if (step === undefined) return []
    const siblings = step.bodies().map(({ body }) => ({ path: `${stepPath}/${body.id}`, name: body.name }))
    const name = siblings.find(sibling => sibling.path === stage.path)?.name ?? ''
    return [{ path: stage.path, stepId: stage.node, step: step.node.name, name, siblings }]
  })
}
