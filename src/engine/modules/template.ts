import { z } from 'zod'
import { exactly } from '../lm/call-range'
import type { TemplateNode } from '../program/program'
import { typeMismatch } from '../program/type-compatible'
import type { Field } from '../signature/signature'
import { fieldNameProblem } from '../signature/types/field-name'
import type { NodeKind } from './node-kind'
import { bindStep, runOnUse, type StepKind } from './step'
import { stepParams } from './step-params'
import { readTemplate, templateNames } from './template-text'

const title = 'Template'
const params = z.object({
  text: z.string().default('').meta({
    title: 'Text',
    help: '{name} stands for the value of the input "name". Write {{ and }} for braces of the text.',
    widget: 'hidden',
  }),
})
export const templateParams = stepParams({ title, params })

/** Text with the values of its inputs in it. Asks no model. DSPy has no such module: there it is an f-string between two others. */
export const templateStep: StepKind<TemplateNode> = {
  id: 'template',
  title,
  help: 'Text with the values of its inputs in it: {name} stands for the input "name". Asks no model.',
  dspyName: 'f-string',
  params,
  starter: base => ({
    ...base,
    kind: 'template',
    fields: startFields(base.fields),
    moduleParams: { text: base.fields.flatMap(({ name, role }) => (role === 'input' ? [`{${name}}`] : [])).join('\n') },
  }),
  takesText: true,
  needsInput: false,
  namesPerSide: true,
  editor: 'text',
  addedOutputs: () => [],
  slots: () => [],
  ownCalls: () => exactly(0),
  bodies: () => [],
  bodyCalls: () => exactly(0),
  facts: node => templateParams.of(node).text.replaceAll(/\s+/g, ' ').trim() || 'Empty text',
  account: node => templateParams.of(node).text,
  problems(node) {
    const unfit = templateParams.problem(node)
    if (unfit !== undefined) return [unfit]
    return [...textProblems(node), ...outputProblems(node)]
  },
  sources: () => [],
  remarks: (_node, subject) => ({
    dspy: [
      `${subject} puts values into a text, which DSPy’s file does not hold. Write it as an f-string between the modules of your program.`,
    ],
    typeScript: [],
  }),
  run: runOnUse(async () => (await import('./template-run')).runTemplate),
}

export const templateNodes: NodeKind = {
  id: 'template',
  title,
  help: 'Text with values in it: {name} makes an input',
  steps: [templateStep],
  step: node => (node.kind === 'template' ? bindStep(templateStep, node) : undefined),
  start: { name: 'template', inputs: ['question'], outputs: ['text'] },
  make: templateStep.starter,
}

/** It gives one text; a type that holds none, as that of a wire that was dropped, becomes str. */
function startFields(fields: readonly Field[]): readonly Field[] {
  const first = fields.find(({ role }) => role === 'output')
  return fields
    .filter(field => field.role === 'input' || field === first)
    .map(field => (field === first && typeMismatch(text, field.type) !== undefined ? { ...field, type: text } : field))
}

const text = { kind: 'str' } as const

function textProblems(node: TemplateNode): readonly string[] {
  const written = templateParams.of(node).text
  const reading = readTemplate(written)
  if (!reading.ok) return [`The text of ${node.name} cannot be read. ${reading.problem}`]
  const inputs = new Set(node.fields.flatMap(({ name, role }) => (role === 'input' ? [name] : [])))
  return (templateNames(written) ?? []).flatMap(name => {
    if (fieldNameProblem(name) !== undefined)
      return [
        `The text of ${node.name} has {${name}}, which cannot be the name of an input. Change it, or write {{ and }} for braces of the text.`,
      ]
    return inputs.has(name)
      ? []
      : [`The text of ${node.name} reads {${name}}, which it has no input for. Add it, or take it out of the text.`]
  })
}

function outputProblems(node: TemplateNode): readonly string[] {
  const outputs = node.fields.filter(({ role }) => role === 'output')
  if (outputs.length > 1) return [`${node.name} gives one text. Remove all of its outputs but one.`]
  return outputs.flatMap(({ name, type }) => {
    const reason = typeMismatch(text, type)
    return reason === undefined ? [] : [`The output "${name}" of ${node.name} is a text: ${reason}. Give it the type str.`]
  })
}
