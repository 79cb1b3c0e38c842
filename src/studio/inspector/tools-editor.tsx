import { Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { z } from 'zod'
import type { StepNode } from '@/engine/program/program'
import { toolFaults, toolSchema, type Tool } from '@/engine/modules/react-tools'
import { toolKinds } from '@/engine/tools/registry'
import type { Json, JsonObject } from '@/lib/json'
import { arrangeTools, setModuleParams } from '@/state/document/edits/node-edits'
import { announce } from '@/ui/announcer'
import { Button } from '@/ui/button'
import { ErrorBox } from '@/ui/error-box'
import { PanelSection } from '@/ui/panel'
import { ErrorBoundary } from '@/ui/error-boundary'
import { ToolCard } from './tool-card'

interface ToolsEditorProps {
  readonly node: StepNode
  /** The setting that holds them. */
  readonly param: string
  /** The name that no tool can have, as it ends the work. */
  readonly endTool: string | undefined
  readonly value: Json | undefined
}

/** The tools that the model may call, in the order the prompt names them. */
export function ToolsEditor({ node, param, endTool, value }: ToolsEditorProps) {
  const read = useMemo(() => toolList.safeParse(value ?? []), [value])
  const tools = useMemo(() => (read.success ? read.data : []), [read])
  const faults = useMemo(() => toolFaults(node.name, tools, endTool), [node.name, tools, endTool])
  const [open, setOpen] = useState<number | undefined>(tools.length === 1 ? 0 : undefined)
  // A tool is parsed JSON: it goes back as such.
  const params = (next: readonly Tool[]): JsonObject => ({ ...node.moduleParams, [param]: next as unknown as Json })
  const arrange = (label: string, next: readonly Tool[]) => arrangeTools(node.id, label, params(next))
  const add = () => {
    arrange('Add tool', [...tools, toolKinds.javascript.starter(freeName(tools, 'tool'))])
    setOpen(tools.length)
    announce(`Tool ${tools.length + 1} added`)
  }
  const move = (index: number, to: number) => {
    const moved = tools[index]
    if (moved === undefined || to < 0 || to >= tools.length) return
    const others = tools.filter((_, place) => place !== index)
    arrange('Move tool', [...others.slice(0, to), moved, ...others.slice(to)])
    setOpen(open === index ? to : open === to ? index : open)
    announce(`${moved.name} is now ${to + 1} of ${tools.length}`)
  }
  const duplicate = (index: number) => {
    const source = tools[index]
    if (source === undefined) return
    const copy = { ...source, name: freeName(tools, source.name) }
    arrange('Duplicate tool', [...tools.slice(0, index + 1), copy, ...tools.slice(index + 1)])
    setOpen(index + 1)
    announce(`${copy.name} added`)
  }
  const remove = (index: number) => {
    arrange(
      'Remove tool',
      tools.filter((_, place) => place !== index),
    )
    setOpen(undefined)
    announce(`${tools[index]?.name} removed`)
  }
  return (
    <PanelSection
      title={tools.length === 0 ? 'Tools' : `Tools (${tools.length})`}
      actions={
        read.success && (
          <Button size="sm" variant="ghost" icon={<Plus />} onClick={add}>
            Add tool
          </Button>
        )
      }
    >
      {!read.success && (
        <ErrorBox
          title="The tools cannot be shown"
          message={
            <>
              <p>They have another form than this version knows, and are kept as they are. Undo what changed them, or start with none.</p>
              <Button size="sm" className="mt-2" onClick={() => arrange('Remove all tools', [])}>
                Start with none
              </Button>
            </>
          }
          detail={z.prettifyError(read.error)}
        />
      )}
      {read.success && tools.length === 0 && (
        <p className="inspector-faint">
          None yet. A tool is something that the model may call while it thinks: a function of yours, an API, or a tool of an MCP server.
        </p>
      )}
      <ol className="tool-list">
        {tools.map((tool, index) => (
          // Tools have no identity but their place: a name is typed.
          <ErrorBoundary key={index} isItem place="This tool" resetKey={tool}>
            <ToolCard
              tool={tool}
              index={index}
              count={tools.length}
              faults={faults.filter(fault => fault.tool === index)}
              isOpen={open === index}
              onToggle={() => setOpen(open === index ? undefined : index)}
              onType={(place, next) =>
                setModuleParams(node.id, params(tools.map((other, at) => (at === index ? next : other))), `${param}.${index}.${place}`)
              }
              onArrange={(label, next) =>
                arrange(
                  label,
                  tools.map((other, at) => (at === index ? next : other)),
                )
              }
              onMove={to => move(index, to)}
              onDuplicate={() => duplicate(index)}
              onRemove={() => remove(index)}
            />
          </ErrorBoundary>
        ))}
      </ol>
    </PanelSection>
  )
}

const toolList = z.array(toolSchema)

function freeName(tools: readonly Tool[], wanted: string): string {
  const stem = wanted.replace(/_\d+$/, '') || 'tool'
  let number = 1
  while (tools.some(tool => tool.name === `${stem}_${number}`)) number += 1
  return `${stem}_${number}`
}
