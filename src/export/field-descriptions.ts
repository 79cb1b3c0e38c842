import type { Predictor } from '@/engine/graph/predictors'
import type { NodeId, ProgramGraph } from '@/engine/program/program'
import { fieldPrefix } from '@/engine/signature/label'
import type { Field, FieldId } from '@/engine/signature/signature'
import type { DspyField } from './dspy-entries'
import { isAdded } from './dspy-field-names'

/**
 * Takes the descriptions and prefixes of a state file's `signature.fields` over, as DSPy's own load does. A
 * field is found by its prefix, or by its place where prefixes were changed. What has no place in the program is added to `notCarried`.
 */
export function fieldDescriptions(notCarried: string[]) {
  const taken = new Map<string, string>()
  let isSame = true
  const prefixes = new Map<string, string>()
  return {
    take(predictor: Predictor, saved: readonly DspyField[]): void {
      const { fields } = predictor.signature({})
      const named = new Map(fields.map(field => [fieldPrefix(field), field]))
      const places = new Set<Field>()
      saved.forEach(({ prefix, description }, place) => {
        const field = (prefix === undefined ? undefined : named.get(prefix)) ?? (saved.length === fields.length ? fields[place] : undefined)
        if (!field || places.has(field)) {
          isSame = false
          notCarried.push(`The field ${quoted(prefix)} of "${predictor.dspyName}" is none of this program${wordsOf(description)}.`)
          return
        }
        places.add(field)
        if (prefix !== undefined) takePrefix(predictor, field, prefix)
        if (description !== undefined) takeOne(predictor, field, description === `\${${field.name}}` ? '' : description)
      })
      if (saved.length === 0) return
      for (const field of fields.filter(one => !places.has(one))) {
        isSame = false
        notCarried.push(`The file does not know the field "${field.name}" of "${predictor.dspyName}": the program stays as it is.`)
      }
    },
    /** False where the file has another field than the program. */
    hasSameFields: (): boolean => isSame,
    /** The program with the descriptions taken; the same object where none differs. */
    applied(graph: ProgramGraph): ProgramGraph {
      let isChanged = false
      const nodes = graph.nodes.map(node => {
        const fields = node.fields.map(field => {
          const desc = taken.get(keyOf(node.id, field.id)) ?? field.desc
          const prefix = prefixes.get(keyOf(node.id, field.id)) ?? fieldPrefix(field)
          if (desc === field.desc && prefix === fieldPrefix(field)) return field
          isChanged = true
          const { prefix: _, ...rest } = field
          return { ...rest, desc, ...(prefix !== fieldPrefix(rest) && { prefix }) }
        })
        return fields.some((field, index) => field !== node.fields[index]) ? { ...node, fields } : node
      })
      return isChanged ? { ...graph, nodes } : graph
    },
  }

  function takePrefix({ node, dspyName }: Predictor, field: Field, prefix: string): void {
    const own = node.fields.find(one => one.id === field.id && one.name === field.name)
    if (own) {
      if (prefix !== fieldPrefix(field)) isSame = false
      prefixes.set(keyOf(node.id, own.id), prefix)
    } else if (prefix !== fieldPrefix(field) && !isAdded({ prefix }, field.name))
      notCarried.push(
        `The prefix ${quoted(prefix)} of "${field.name}" in "${dspyName}" was left out, since the step makes that field itself.`,
      )
  }

  function takeOne({ node, dspyName }: Predictor, field: Field, desc: string): void {
    const own = node.fields.find(one => one.id === field.id && one.name === field.name)
    if (!own) {
      // A field that the step adds itself (reasoning, a trajectory) has the step's own description.
      if (desc !== '' && desc !== field.desc)
        notCarried.push(
          `The description of "${field.name}" in "${dspyName}" was left out, since the step writes it itself: ${quoted(desc)}.`,
        )
      return
    }
    const key = keyOf(node.id, own.id)
    const before = taken.get(key)
    if (before !== undefined && before !== desc) {
      notCarried.push(
        `"${dspyName}" describes "${field.name}" otherwise than another predictor of its step, and that was left out: ${quoted(desc)}.`,
      )
    } else taken.set(key, desc)
  }
}

function keyOf(node: NodeId, field: FieldId): string {
  return JSON.stringify([node, field])
}

function quoted(value: string | undefined): string {
  return typeof value === 'string' ? JSON.stringify(value) : 'without a name'
}

function wordsOf(description: string | undefined): string {
  return typeof description === 'string' ? ` and was left out; its description is ${JSON.stringify(description)}` : ' and was left out'
}
