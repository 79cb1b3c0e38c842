import { pythonJson } from '@/lib/python-text'
import { finishTool } from '../base/agent-words'
import { fieldNameProblem } from '../signature/types/field-name'
import { jsonSchemaOf } from '../signature/json-schema'
import { joinLines } from '@/lib/trim-of'
import { toolKindOf, type Tool } from '../tools/registry'
import type { UserSource } from './step'

export { toolSchema, type Tool } from '../tools/registry'

/** The tool that a step of tools begins with: one that can be tried, and shows how one is written. */
export const starterTool: Tool = {
  name: 'look_up',
  desc: 'Says what is known about a word. Replace it by a tool of your own.',
  args: [{ name: 'word', type: { kind: 'str' }, desc: 'What to look up.' }],
  source: 'return `Nothing is known about ${inputs.word}.`\n',
}

/** The code of the tools, as sources of their step. */
export function toolSources(tools: readonly Tool[]): readonly UserSource[] {
  return tools.flatMap((tool): readonly UserSource[] => {
    const source = toolKindOf(tool).source?.(tool)
    return source === undefined ? [] : [{ key: `tools.${tool.name}`, kind: 'tool', source }]
  })
}

/** What keeps a list of tools from being used, as sentences. */
export function toolProblems(step: string, tools: readonly Tool[], endTool?: string): readonly string[] {
  if (tools.length === 0) return [`${step} has no tool. Add one: a name, a description and what it does.`]
  return toolFaults(step, tools, endTool).map(({ message }) => message)
}

/** What is wrong, and where: the tool by its place, and its name, a setting of its kind or one of its arguments by theirs. */
export interface ToolFault {
  readonly tool: number
  readonly part: string | number
  readonly message: string
}

/** `endTool` is the name by which the model ends its work, and which no tool can have. */
export function toolFaults(step: string, tools: readonly Tool[], endTool: string = finishTool): readonly ToolFault[] {
  const seen = new Set<string>([endTool])
  return tools.flatMap((whole, tool) => {
    const { name, args } = whole
    const faults: ToolFault[] = []
    const fault = (part: ToolFault['part'], message: string): void => void faults.push({ tool, part, message })
    if (fieldNameProblem(name) !== undefined)
      fault('name', `The tool "${name}" of ${step} needs a name of letters, digits and underscores.`)
    else if (name === endTool) fault('name', `A tool of ${step} is called "${endTool}", which ends the loop. Rename it.`)
    else if (seen.has(name)) fault('name', `${step} has two tools called "${name}". Rename one.`)
    seen.add(name)
    for (const { part, words } of toolKindOf(whole).faults(whole)) fault(part, `The tool "${name}" of ${step} ${words}`)
    const names = new Set<string>()
    for (const [index, argument] of args.entries()) {
      if (fieldNameProblem(argument.name) !== undefined)
        fault(index, `An argument of the tool "${name}" needs a name of letters, digits and underscores.`)
      else if (names.has(argument.name)) fault(index, `The tool "${name}" has two arguments called "${argument.name}". Rename one.`)
      names.add(argument.name)
    }
    return faults
  })
}

/** One line a tool, as a prompt shows it: name, what it does, its arguments as a JSON schema. */
export function toolLine({ name, desc, args }: Tool): string {
  const schema = Object.fromEntries(
    args.map(argument => [argument.name, { ...jsonSchemaOf(argument.type), ...(argument.desc && { description: argument.desc }) }]),
  )
  const about = joinLines(desc)
  return `\`${name}\`${about ? `: ${about}` : ''} Arguments: ${pythonJson(schema)}`
}
