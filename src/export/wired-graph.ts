import { newJsonFallback } from '@/engine/program/json-fallback'
import type { Edge, ProgramGraph, ProgramNode } from '@/engine/program/program'
import { pythonName } from '@/engine/signature/python-name'
import type { Field } from '@/engine/signature/signature'
import type { FieldType } from '@/engine/signature/types/field-type'
import { distinctNames } from '@/lib/distinct-name'
import type { PlannedStep } from './planned-steps'

/**
 * Steps in their order, connected by the names of their fields: an input takes the last output of an earlier step with its name, and is an
 * input of the program where there is none. What no step takes is an output of the program. Fields of one name have one type.
 */
export function wiredGraph(steps: readonly PlannedStep[]): ProgramGraph {
  const typeOf = commonTypes(steps)
  const nameOf = distinctNames(['input', 'output'])
  const made = new Map<string, Edge['from']>()
  const inputs = new Map<string, Field>()
  const used = new Set<string>()
  const wires: Omit<Edge, 'id'>[] = []
  const outputs = new Map<string, { readonly from: Edge['from']; readonly field: Field }>()
  const nodes = steps.map((step, index): ProgramNode => {
    const id = `n${index + 2}`
    const fields = step.fields.map(field => ({ ...field, type: typeOf(field.name) }))
    for (const field of fields.filter(({ role }) => role === 'input')) {
      const from = made.get(field.name) ?? entering(field)
      used.add(keyOf(from))
      wires.push({ from, to: { node: id, field: field.id } })
    }
    for (const field of [...step.added, ...fields.filter(({ role }) => role === 'output')])
      made.set(field.name, { node: id, field: field.id })
    for (const field of fields.filter(({ role }) => role === 'output'))
      outputs.set(field.name, { from: { node: id, field: field.id }, field })
    const name = nameOf(step.name)
    const node = step.make({ id, name, fields })
    return step.path === '' || step.path === pythonName(name) ? node : { ...node, dspyPath: step.path }
  })
  const left = [...outputs.values()].filter(({ from }) => !used.has(keyOf(from)))
  const leaving = (left.length > 0 ? left : [...outputs.values()].slice(-1)).map(({ from, field }, index) => ({
    from,
    field: { ...field, id: `x${index + 1}`, role: 'input' as const, desc: '' },
  }))
  for (const { from, field } of leaving) wires.push({ from, to: { node: 'out', field: field.id } })
  const first: ProgramNode = { id: 'in', kind: 'input', name: 'input', fields: [...inputs.values()] }
  const last: ProgramNode = { id: 'out', kind: 'output', name: 'output', fields: leaving.map(({ field }) => field) }
  return {
    nodes: [first, ...nodes, last],
    edges: wires.map((wire, index) => ({ ...wire, id: `w${index + 1}` })),
    jsonFallback: newJsonFallback,
  }

  function entering(field: Field): Edge['from'] {
    const known = inputs.get(field.name) ?? { ...field, id: `e${inputs.size + 1}`, role: 'output' as const, desc: '' }
    inputs.set(field.name, known)
    return { node: 'in', field: known.id }
  }
}

/** The first type of a name that says more than text. */
function commonTypes(steps: readonly PlannedStep[]): (name: string) => FieldType {
  const types = new Map<string, FieldType>()
  for (const { fields, added } of steps) {
    for (const { name, type } of [...added, ...fields]) if ((types.get(name)?.kind ?? 'str') === 'str') types.set(name, type)
  }
  return name => types.get(name) ?? { kind: 'str' }
}

function keyOf({ node, field }: Edge['from']): string {
  return JSON.stringify([node, field])
}
