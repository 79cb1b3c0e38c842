import { EngineError } from '@/engine/base/errors'
import { predictorsOf } from '@/engine/graph/predictors'
import { adviceSignature } from '@/engine/modules/refine-run'
import { toolSchema } from '@/engine/modules/react-tools'
import type { ProgramGraph, ProgramState } from '@/engine/program/program'
import { pythonTypes } from '@/engine/signature/python-classes'
import type { Field } from '@/engine/signature/signature'
import { fieldNameProblem } from '@/engine/signature/types/field-name'
import type { FieldType } from '@/engine/signature/types/field-type'
import { classesIn } from '@/engine/signature/types/registry'
import { canonicalJson } from '@/lib/canonical-json'
import type { Json } from '@/lib/json'

/** How the types of a program are written in program.py. */
export interface Annotations {
  readonly imports: readonly string[]
  readonly classes: string
  readonly taken: ReadonlySet<string>
  of(type: FieldType): string
}

/** The annotations of all types of a program, whose classes are written once. */
export function annotations(graph: ProgramGraph, state: ProgramState): Annotations {
  const uses = [...new Map(usesIn(graph, state).map(use => [keyOf(use.type), use])).values()]
  const classes = classesIn(uses.map(({ type }) => type))
  const bad = classes.find(({ name }) => importedNames.has(name) || fieldNameProblem(name) !== undefined)
  if (bad)
    throw new EngineError(
      'graph-invalid',
      `A type is called "${bad.name}", which has a meaning of its own in Python. Rename it, then export again.`,
      {
        type: bad.name,
      },
    )
  const written = pythonTypes(uses)
  const byType = new Map(uses.map(({ type }, at) => [keyOf(type), written.annotations[at] ?? 'object']))
  return {
    imports: written.imports,
    classes: written.classes,
    taken: new Set(
      [...importedNames, ...written.classes.matchAll(/^class (\w+)\(/gm)].map(found =>
        typeof found === 'string' ? found : (found[1] ?? ''),
      ),
    ),
    of(type) {
      const found = byType.get(keyOf(type))
      if (found === undefined) throw new Error('a type was not gathered')
      return found
    },
  }
}

function keyOf(type: FieldType): string {
  return canonicalJson(type as unknown as Json)
}

/** Every field of a signature, of code, of a tool, and of the program itself. */
function usesIn(graph: ProgramGraph, state: ProgramState): readonly Pick<Field, 'name' | 'type'>[] {
  const steps = (within: ProgramGraph): readonly Pick<Field, 'name' | 'type'>[] =>
    within.nodes.flatMap(node => [
      ...node.fields,
      ...(node.kind === 'signature' ? toolsOf(node.moduleParams['tools']) : []),
      ...(node.kind === 'vote' ? node.bodies.flatMap(body => steps(body.graph)) : []),
    ])
  return [...steps(graph), ...predictorsOf(graph).flatMap(predictor => predictor.signature(state).fields), ...adviceSignature.fields]
}

function toolsOf(tools: Json | undefined): readonly Pick<Field, 'name' | 'type'>[] {
  const read = toolSchema.array().safeParse(tools)
  return read.success ? read.data.flatMap(({ args }) => args) : []
}

/** What program.py names beside the types of the program. */
const importedNames: ReadonlySet<string> = new Set(
  (
    'Any Literal Optional Union Annotated BaseModel Field Enum datetime dspy json os Path agents steps StudioAdapter own_adapter with_hint HERE CODE ' +
    'MESSAGES INPUTS Program Advice load metric adapters str int float bool list dict set tuple object super isinstance type print'
  ).split(' '),
)
