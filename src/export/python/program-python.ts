import { EngineError } from '@/engine/base/errors'
import { topologicalOrder } from '@/engine/program/order'
import { stepOf } from '@/engine/modules/registry'
import { planOf, type PlannedNode, type Wire } from '@/engine/graph/plan'
import { predictorsOfNode, type Predictor } from '@/engine/graph/predictors'
import { adviceSignature } from '@/engine/modules/refine-run'
import { templateParams } from '@/engine/modules/template'
import { readTemplate } from '@/engine/modules/template-text'
import { askedOf, outputsOf, voteParams } from '@/engine/modules/vote'
import { adapterIdOf } from '@/engine/program/adapter-id'
import { bodyGraph, bodyPath } from '@/engine/program/bodies'
import { programInputs } from '@/engine/program/ends'
import type { Program, ProgramGraph, ProgramState, SignatureNode, VoteNode } from '@/engine/program/program'
import { pythonValue } from '@/engine/signature/python-classes'
import { pythonName } from '@/engine/signature/python-name'
import type { Field, Signature } from '@/engine/signature/signature'
import { fieldNameProblem } from '@/engine/signature/types/field-name'
import type { FieldType } from '@/engine/signature/types/field-type'
import { fieldPrefix, inferPrefix } from '@/engine/signature/label'
import type { Json } from '@/lib/json'
import { annotations } from './annotations-python'
import { moduleExpression, writesReasoning } from './python-modules'
import { freeName, pythonClassName, pythonLiteral, pythonString } from './python-parts'

/**
 * program.py: the classes of the types, a signature class for each predictor, and a module whose `forward` goes through the steps in
 * their order. Throws `graph-invalid` for names that Python or DSPy cannot take.
 */
export function programPython(name: string, program: Program): string {
  const { graph, state } = program
  const types = annotations(graph, state)
  const writer: Writer = {
    state,
    taken: new Set([...types.taken, 'Program', 'Advice']),
    annotation: types.of,
    signatures: [],
    modules: [],
    refines: false,
  }
  const main = moduleClass(writer, graph, { className: 'Program', title: name, start: '' })
  const inputs = programInputs(graph).map(
    field => `    ${pythonString(field.name)}: steps.Given(${types.of(field.type)}${usual(field)}),\n`,
  )
  const advice = writer.refines ? [signatureClass('Advice', adviceSignature, types.of)] : []
  const sections = [
    types.classes,
    ...writer.signatures,
    ...advice,
    `# What a row has.\nINPUTS = {\n${inputs.join('')}}\n`,
    ...writer.modules,
    main,
  ].filter(text => text !== '')
  return `${head(types.imports)}\n\n${sections.map(text => text.trimEnd()).join('\n\n\n')}\n\n\n${loader(writer.refines)}`
}

interface Writer {
  readonly state: ProgramState
  readonly taken: Set<string>
  annotation(type: FieldType): string
  readonly signatures: string[]
  readonly modules: string[]
  refines: boolean
}

function head(imports: readonly string[]): string {
  const own = imports.filter(line => line !== 'import dspy')
  return `"""The program as DSPy runs it. Written by DSPy Studio: see README.md."""

${own.map(line => `${line}\n`).join('')}import json
from pathlib import Path

import dspy

import agents
import steps
from adapter import StudioAdapter, own_adapter, with_hint

HERE = Path(__file__).parent
CODE = json.loads((HERE / "code.json").read_text(encoding="utf-8"))
MESSAGES = json.loads((HERE / "messages.json").read_text(encoding="utf-8"))`
}

function loader(refines: boolean): string {
  return `def load(wording=None, extraction_lm=None, keys=None):
    """The compiled program. wording is "studio" for the studio's own prompts, or "dspy" for those of DSPy.

    A model of a step's own that lies at another address than the main one gets no key, unless keys has one for its address.
    """
    program = Program(wording or MESSAGES["wording"], extraction_lm)
    program.load(HERE / "state.json", allow_unsafe_lm_state=True)
    for name, predictor in program.named_predictors():
        about = MESSAGES["predictors"][name]
        if "nearest" in about:
            nearest = about["nearest"]
            embedder = None if "embedder" not in nearest else dspy.Embedder(**nearest["embedder"])
            predictor.nearest = {"k": nearest["k"], "names": nearest["names"], "embedder": embedder}
        if predictor.lm is not None and predictor.lm.kwargs.get("api_base") not in (None, MESSAGES["address"]):
            predictor.lm.kwargs["api_key"] = (keys or {}).get(predictor.lm.kwargs["api_base"], "none")
        adapter = program.adapters[about["adapter"]]
        if isinstance(adapter, StudioAdapter) and about["plans"]:
            adapter.learn(predictor.signature, about["plans"])
            if "hinted" in about:
                adapter.learn(with_hint(predictor.signature, MESSAGES["hint"]), about["hinted"])
${
  refines
    ? `    for name, plans in MESSAGES["advice"].items():
        if isinstance(program.adapters[name], StudioAdapter):
            program.adapters[name].learn(Advice, plans)
`
    : ''
}    return program


def metric(example, prediction, trace=None, *rest):
    """The metric of the project, for dspy.Evaluate and optimizers: a score from 0 to 1, and True or False while demos are made."""
    if MESSAGES["metric"] is None:
        raise ValueError("The metric of this project asks a model, and is not part of this folder. Write one of your own.")
    scored = steps.score(MESSAGES["metric"], MESSAGES["outputs"], example, prediction)
    return scored if rest else scored.score if trace is None else scored.score >= 1


def adapters(wording, extraction_lm):
    names = MESSAGES["adapters"]
    if wording == "studio":
        return {name: StudioAdapter(name, extraction_lm) for name in names}
    return {name: own_adapter(name, extraction_lm, MESSAGES["fallback"]) for name in names}
`
}

interface ModulePlace {
  readonly className: string
  readonly title: string
  /** What the ids of its steps begin with in the whole program. */
  readonly start: string
}

function moduleClass(writer: Writer, graph: ProgramGraph, { className, title, start }: ModulePlace): string {
  const plan = planOf(graph)
  const isMain = start === ''
  const attributes = attributesOf(graph)
  const taken = new Set(attributes.values())
  const made: string[] = []
  const lines: string[] = []
  const names = new Map(plan.inputs.map(({ node }): [string, string] => [node, 'inputs']))
  const common = adapterIdOf(graph)
  for (const planned of plan.layers.flat()) {
    const own = attributes.get(planned.node.id)
    const asks = own !== undefined
    const attribute = own ?? pythonName(planned.node.name, taken)
    taken.add(attribute)
    names.set(planned.node.id, `at_${attribute}`)
    if (asks) made.push(`        self.${attribute} = ${stepExpression(writer, graph, planned, start)}\n`)
    const call = stepCall(writer, planned, { attribute, names, start })
    const adapter = adapterIdOf(graph, planned.node)
    lines.push(
      adapter === common || !asks
        ? `        ${names.get(planned.node.id)} = ${call}\n`
        : `        with dspy.context(adapter=self.adapters[${pythonString(adapter)}]):\n            ${names.get(planned.node.id)} = ${call}\n`,
    )
  }
  const results = plan.outputs.flatMap(({ wires, defaults }) => [
    ...Object.entries(defaults)
      .filter(([name]) => !wires.some(({ field }) => field.name === name))
      .map(([name, value]) => `${pythonString(name)}: ${pythonLiteral(value)}`),
    ...wires.map(wire => `${pythonString(wire.field.name)}: ${wireText(wire, names, true)}`),
  ])
  const returned = `        return steps.result({${results.join(', ')}})\n`
  const initial = isMain
    ? `    def __init__(self, wording="studio", extraction_lm=None):\n        super().__init__()\n        self.adapters = adapters(wording, extraction_lm)\n`
    : `    def __init__(self, adapters):\n        super().__init__()\n        self.adapters = adapters\n`
  const entry = isMain
    ? `    def forward(self, **row):\n        with dspy.context(adapter=self.adapters[${pythonString(common)}]):\n            return self.run(steps.given(INPUTS, row))\n\n    def run(self, inputs):\n`
    : `    def forward(self, **inputs):\n`
  return `class ${className}(dspy.Module):\n    ${pythonString(title)}\n\n${initial}${made.join('')}\n${entry}${lines.join('')}${returned}`
}

/** What `predictorsOf` calls the steps that ask models. */
function attributesOf(graph: ProgramGraph): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  const names = new Map<string, string>()
  for (const node of topologicalOrder(graph)) {
    const step = stepOf(node)
    if (step === undefined || (step.slots().length === 0 && step.bodies().length === 0)) continue
    const name = pythonName(node.name, taken)
    taken.add(name)
    names.set(node.id, name)
  }
  return names
}

function stepExpression(writer: Writer, graph: ProgramGraph, planned: PlannedNode, start: string): string {
  const { node } = planned
  if (node.kind === 'vote') return voteExpression(writer, graph, node, start)
  if (node.kind !== 'signature')
    throw new EngineError(
      'graph-invalid',
      `${node.name} is a kind of step ("${node.kind}") that the Python package does not have. Export TypeScript, or take it out first.`,
      { node: node.id },
    )
  const path = start + node.id
  const predictors = predictorsOfNode(graph, node.id)
  const picks = predictors.some(({ key }) => writer.state[key === '' ? path : `${path}.${key}`]?.nearest !== undefined)
  const classes = new Map(predictors.map(predictor => [predictor.key, signatureOf(writer, predictor, { node, path, picks, planned })]))
  if (planned.id === 'refine') writer.refines = true
  return moduleExpression({ graph, step: planned, node, path, predictors, classes, picks, annotation: writer.annotation })
}

function signatureOf(
  writer: Writer,
  predictor: Predictor,
  {
    node,
    path,
    picks,
    planned,
  }: { readonly node: SignatureNode; readonly path: string; readonly picks: boolean; readonly planned: PlannedNode },
): string {
  const suffix =
    predictor.slotTitle === '' || predictorsOfNodeCount(planned) === 1 ? '' : pythonClassName(predictor.key || predictor.slotTitle)
  const name = freeName(`${pythonClassName(node.name)}${suffix}`, writer.taken)
  const own = writer.state[predictor.key === '' ? path : `${path}.${predictor.key}`]
  const whole = predictor.signature(own ? { [predictor.id]: own } : {})
  const signature = writesReasoning(planned, node, picks) ? whole : { instructions: whole.instructions, fields: node.fields }
  writer.signatures.push(signatureClass(name, signature, writer.annotation))
  return name
}

function predictorsOfNodeCount(planned: PlannedNode): number {
  return planned.slots().length
}

function voteExpression(writer: Writer, graph: ProgramGraph, node: VoteNode, start: string): string {
  const { reduce_fn, normalize, seed } = voteParams.of(node)
  const programs = node.bodies.map(body => {
    const className = freeName(`${pythonClassName(node.name)}${pythonClassName(body.name)}`, writer.taken)
    const place = { className, title: body.name, start: `${bodyPath(start + node.id, body.id)}/` }
    writer.modules.push(moduleClass(writer, bodyGraph(graph, node, body), place))
    return `${className}(self.adapters)`
  })
  const outputs = outputsOf(node)
  const types = Object.fromEntries(outputs.map(({ name, type }) => [name, type as unknown as Json]))
  const names = pythonLiteral(outputs.map(({ name }) => name))
  return `steps.Vote([${programs.join(', ')}], ${names}, ${pythonString(reduce_fn)}, ${pythonString(normalize)}, ${askedOf(node)}, ${seed}, ${pythonLiteral(types)})`
}

interface CallPlace {
  readonly attribute: string
  readonly names: ReadonlyMap<string, string>
  readonly start: string
}

function stepCall(
  writer: Writer,
  { node, wires, defaults, takesText, outputs }: PlannedNode,
  { attribute, names, start }: CallPlace,
): string {
  const given = [
    ...wires.map(wire => [wire.field.name, wireText(wire, names, takesText)] as const),
    ...Object.entries(defaults)
      .filter(([name]) => !wires.some(({ field }) => field.name === name))
      .map(([name, value]) => {
        const type = node.fields.find(field => field.role === 'input' && field.name === name)?.type
        return [name, type ? pythonValue(type, value) : pythonLiteral(value)] as const
      }),
  ]
  if (node.kind === 'code') {
    const values = given.map(([name, text]) => `${pythonString(name)}: ${text}`).join(', ')
    const results = outputs.map(
      ({ name, type }) => `${pythonString(name)}: (${writer.annotation(type)}, ${type.kind === 'optional' ? 'True' : 'False'})`,
    )
    return `steps.run_code(${pythonString(node.name)}, CODE[${pythonString(start + node.id)}], {${values}}, {${results.join(', ')}})`
  }
  if (node.kind === 'template') {
    const reading = readTemplate(templateParams.of(node).text)
    const values = new Map(given)
    const parts = reading.ok ? reading.parts : []
    const texts = parts.map(part => ('name' in part ? `steps.filled(${values.get(part.name) ?? 'None'})` : pythonString(part.text)))
    return `steps.result({${outputs.map(({ name }) => `${pythonString(name)}: "".join([${texts.join(', ')}])`).join(', ')}})`
  }
  if (node.kind === 'constant')
    return `steps.result({${outputs.map(({ name, type, default: value = null }) => `${pythonString(name)}: ${pythonValue(type, value)}`).join(', ')}})`
  if (node.kind !== 'signature' && node.kind !== 'vote')
    throw new EngineError(
      'graph-invalid',
      `${node.name} is a kind of step ("${node.kind}") that the Python package does not have. Export TypeScript, or take it out first.`,
      { node: node.id },
    )
  for (const [name] of given) refuseName(node.name, name)
  return `self.${attribute}(${given.map(([name, text]) => `${name}=${text}`).join(', ')})`
}

/** A value on its way: out of the row, or out of what a step returned. */
function wireText({ field, from, name }: Wire, names: ReadonlyMap<string, string>, asText: boolean): string {
  const value = `${names.get(from) ?? 'inputs'}[${pythonString(name)}]`
  return asText && field.type.kind === 'str' ? `steps.text_of(${value})` : value
}

/** What `dspy.Predict` takes for itself, and what is no name at all. */
function refuseName(step: string, name: string): void {
  if (fieldNameProblem(name) === undefined && !ownParameters.has(name)) return
  throw new EngineError(
    'graph-invalid',
    `The input "${name}" of ${step} has a name that DSPy keeps for itself. Rename the field, then export again.`,
    { field: name },
  )
}
const ownParameters: ReadonlySet<string> = new Set(['self', 'signature', 'new_signature', 'demos', 'config', 'lm', 'prediction', 'hint_'])

function usual({ type, default: value }: Field): string {
  if (value !== undefined) return `, default=${pythonValue(type, value)}`
  return type.kind === 'optional' ? ', default=None' : ''
}

function signatureClass(name: string, { instructions, fields }: Signature, annotation: (type: FieldType) => string): string {
  const lines = fields.map(field => {
    if (fieldNameProblem(field.name) !== undefined && field.name !== 'hint_')
      throw new EngineError('graph-invalid', `"${field.name}" is no name that Python takes. Rename the field, then export again.`, {
        field: field.name,
      })
    return `    ${field.name}: ${annotation(field.type)} = dspy.${field.role === 'input' ? 'InputField' : 'OutputField'}(${fieldOptions(field)})\n`
  })
  return `class ${name}(dspy.Signature):\n    ${pythonString(instructions)}\n\n${lines.join('')}`
}

function fieldOptions(field: Field): string {
  const { desc, default: value, type, constraints = {} } = field
  const prefix = fieldPrefix(field)
  const bounds: Readonly<Record<string, Json | undefined>> = {
    gt: constraints.gt,
    ge: constraints.ge,
    lt: constraints.lt,
    le: constraints.le,
    multiple_of: constraints.multipleOf,
    min_length: constraints.minLength,
    max_length: constraints.maxLength,
    pattern: constraints.pattern,
  }
  return [
    ...(desc ? [`desc=${pythonString(desc)}`] : []),
    ...(prefix === `${inferPrefix(field.name)}:` ? [] : [`prefix=${pythonString(prefix)}`]),
    ...(value === undefined ? [] : [`default=${pythonValue(type, value)}`]),
    ...Object.entries(bounds).flatMap(([key, bound]) => (bound === undefined ? [] : [`${key}=${pythonLiteral(bound)}`])),
  ].join(', ')
}
