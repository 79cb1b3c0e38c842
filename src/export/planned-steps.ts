import { nodeKinds } from '@/engine/modules/registry'
import type { StepBase } from '@/engine/modules/step'
import type { StepNode } from '@/engine/program/program'
import { defaultInstructions } from '@/engine/signature/default-instructions'
import type { Field } from '@/engine/signature/signature'
import type { FoundField } from './dspy-field-names'
import type { FoundStep } from './dspy-steps'

/** A step on its way into a program: everything but its id and its final name. */
export interface PlannedStep {
  /** The attribute path it has in DSPy; empty where it is the whole program. */
  readonly path: string
  readonly name: string
  readonly fields: readonly Field[]
  /** Outputs that it adds itself, which later steps may take. */
  readonly added: readonly Field[]
  readonly make: (base: StepBase) => StepNode
}

/** The found steps with their inputs told from their outputs; what was guessed is added to `told`. */
export function stepsOf(found: readonly FoundStep[], told: string[]): readonly PlannedStep[] {
  const names = found.map(step =>
    ('all' in step.fields ? step.fields.all : [...step.fields.inputs, ...step.fields.outputs]).map(({ name }) => name),
  )
  return found.map((step, index): PlannedStep => {
    const { kind, moduleParams, path } = step
    const title = path === '' ? kind.dspyName : path
    const earlier = new Set(names.slice(0, index).flat())
    const later = new Set(names.slice(index + 1).flat())
    const { inputs, outputs } = 'all' in step.fields ? parted(step, step.fields.all, { earlier, later, title, told }) : step.fields
    const fields = [...inputs.map(asField('input')), ...outputs.map(asField('output'))]
    const make = (base: StepBase): StepNode => {
      const node = kind.starter(base)
      return { ...node, moduleParams: { ...node.moduleParams, ...moduleParams } }
    }
    told.push(...remarksOn(step, title))
    const name = path === '' ? (nodeKinds.find(({ steps }) => steps.includes(kind))?.start.name ?? kind.id) : wordsOf(path)
    const plain = make({ id: 'n', name, fields })
    return { path, name, fields, added: plain.kind === 'signature' ? kind.addedOutputs(plain) : [], make }
  })
}

function asField(role: Field['role']): (field: FoundField, index: number) => Field {
  return (field, index) => ({ id: `${role === 'input' ? 'i' : 'o'}${index + 1}`, role, ...field })
}

interface Around {
  readonly earlier: ReadonlySet<string>
  readonly later: ReadonlySet<string>
  readonly title: string
  readonly told: string[]
}

type Parted = { readonly inputs: readonly FoundField[]; readonly outputs: readonly FoundField[] }

/**
 * Tells the inputs of a Predict from its outputs, which its entry does not: by instructions that nobody changed, since these name both; else
 * the last field is an output, and those from the first decision on, and right before it those that a later step takes and no earlier one has.
 */
function parted(step: FoundStep, all: readonly FoundField[], { earlier, later, title, told }: Around): Parted {
  const [entry] = step.entries.values()
  const at = (start: number): Parted => ({ inputs: all.slice(0, start), outputs: all.slice(start) })
  for (let start = 0; start < all.length; start++) {
    const { inputs, outputs } = at(start)
    if (isUntouched(entry?.instructions, inputs, outputs)) return { inputs, outputs }
  }
  let start = Math.max(0, all.length - 1)
  const decided = all.findIndex(({ name }) => Object.hasOwn(entry?.decisions ?? {}, name))
  if (decided >= 0) start = Math.min(start, decided)
  while (start > 1 && isPassedOn(all[start - 1]?.name ?? '')) start -= 1
  const { inputs, outputs } = at(start)
  told.push(
    `The file does not say which fields of "${title}" are outputs: taken for outputs ${outputs.length === 1 ? 'was' : 'were'} ${namesOf(outputs)}, for inputs ${inputs.length === 0 ? 'none' : namesOf(inputs)}.`,
  )
  return { inputs, outputs }

  function isPassedOn(name: string): boolean {
    return later.has(name) && !earlier.has(name)
  }
}

function isUntouched(instructions: string | undefined, inputs: readonly FoundField[], outputs: readonly FoundField[]): boolean {
  if (instructions === undefined) return false
  const named = (fields: readonly FoundField[]): string => fields.map(({ name }) => `\`${name}\``).join(', ')
  const roles = [
    ...inputs.map(({ name }) => ({ name, role: 'input' as const })),
    ...outputs.map(({ name }) => ({ name, role: 'output' as const })),
  ]
  const parts = instructions.split(', produce the fields ')
  return (
    instructions === defaultInstructions(roles) ||
    (parts.length === 2 && parts[0]?.endsWith(`the fields ${named(inputs)}`) === true && parts[1] === `${named(outputs)}.`)
  )
}

function remarksOn({ kind, moduleParams, path }: FoundStep, title: string): readonly string[] {
  const told: string[] = []
  if ('module' in kind.params.shape)
    told.push(
      `"${title}" is taken for a ${kind.dspyName}, as its inner step is called "module": its reward, threshold and attempts are not in the file. Choose Refine if it was one.`,
    )
  if ('tools' in kind.params.shape)
    told.push(
      'tools' in moduleParams
        ? `The tools of "${title}" are named in its instructions, but their code is not in the file: write it in JavaScript.`
        : `The tools of "${title}" are not in the file: write them in JavaScript.`,
    )
  if (path.includes('[') || path.includes('.')) told.push(`"${path}" keeps this name in files for DSPy.`)
  return told
}

function namesOf(fields: readonly FoundField[]): string {
  return fields.map(({ name }) => name).join(', ')
}

/** `inner.gen` as words for the canvas: `inner gen`. */
function wordsOf(path: string): string {
  return (path.match(/\w+/g) ?? ['step']).join(' ').slice(0, 100)
}
