import { EngineError } from '@/engine/base/errors'
import { adapterIdOf } from '@/engine/program/adapter-id'
import type { NodeId, ProgramGraph, SignatureNode } from '@/engine/program/program'
import type { Predictor } from '@/engine/graph/predictors'
import { innerModule } from '@/engine/modules/inner-module'
import { toolSchema, type Tool } from '@/engine/modules/react-tools'
import { submitOf, toolValue } from '@/engine/modules/react-v2-tools'
import { hintField } from '@/engine/modules/refine'
import { adviceName, describeInner } from '@/engine/modules/refine-run'
import type { Step } from '@/engine/modules/registry'
import type { FieldType } from '@/engine/signature/types/field-type'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { pythonLiteral, pythonString } from './python-parts'

/** A step as it is written into program.py. */
export interface WrittenStep {
  readonly graph: ProgramGraph
  readonly step: Step
  readonly node: SignatureNode
  /** The id of the step in the whole program. */
  readonly path: string
  readonly predictors: readonly Predictor[]
  /** The class of the signature of each predictor, by its key. */
  readonly classes: ReadonlyMap<string, string>
  /** Whether a predictor picks demos for each call. */
  readonly picks: boolean
  /** The annotation of a type. */
  annotation(type: FieldType): string
}

/** The Python that makes the module of a step. Throws `graph-invalid` for a module that has none in Python. */
export function moduleExpression(written: WrittenStep): string {
  const { step, node, graph, classes } = written
  const params = step.params.parse(node.moduleParams) as JsonObject
  const layout = pythonString(adapterIdOf(graph, node))
  const start = `${predictorTable(written)}, ${layout}`
  switch (step.id) {
    case 'predict':
    case 'chain-of-thought':
      return askingModule(written, params)
    case 'react':
      return `agents.ReAct(${start}, ${toolList(written, params)}, ${numberOf(params, 'max_iters')})`
    case 'react-v2': {
      const submit = toolExpression(written, submitOf(node), 'None')
      const desc = pythonString(hintField.desc)
      return `agents.ReActV2(${start}, ${toolList(written, params)}, ${submit}, ${numberOf(params, 'max_iters')}, ${desc})`
    }
    case 'program-of-thought':
      return `agents.ProgramOfThought(${start}, ${numberOf(params, 'max_iters')})`
    case 'code-act':
      return `agents.CodeAct(${start}, ${toolList(written, params)}, ${numberOf(params, 'max_iters')})`
    case 'best-of-n':
    case 'refine':
      return `steps.BestOf(${start}, ${attempts(written, params)})`
    case 'multi-chain-comparison': {
      const last = node.fields.filter(({ role }) => role === 'output').at(-1)?.name ?? ''
      return `steps.MultiChainComparison(${start}, ${numberOf(params, 'M')}, ${pythonLiteral(params['temperature'] ?? null)}, ${pythonString(last)})`
    }
    default:
      throw new EngineError(
        'graph-invalid',
        `The step "${node.name}" is a ${step.title}, which the Python package does not have. Export TypeScript, or use another module.`,
        { node: node.id, classes: classes.size },
      )
  }
}

/** What stands in `code.json` under the id of a source of this step. */
export function sourceKey(path: NodeId, key: string): string {
  return `CODE[${pythonString(key === '' ? path : `${path}.${key}`)}]`
}

function predictorTable({ step, classes }: WrittenStep): string {
  const entries = step.slots().map(({ key, dspyPath }) => `${pythonString(key)}: (${pythonString(dspyPath)}, ${classes.get(key) ?? ''})`)
  return `{${entries.join(', ')}}`
}

/** DSPy's own module where that does it all. */
function askingModule({ step, node, classes, picks }: WrittenStep, params: JsonObject): string {
  const name = classes.get('') ?? ''
  const isThought = step.id === 'chain-of-thought'
  const { n, reduce_fn, field, normalize } = params
  const settings = Object.fromEntries(
    ['temperature', 'max_tokens', 'top_p', 'stop', 'seed', 'reasoning_effort'].flatMap(key =>
      params[key] === undefined ? [] : [[key, params[key] ?? null]],
    ),
  )
  const hasOwnRationale =
    ['rationaleDesc', 'rationalePrefix'].some(key => (params[key] ?? '') !== '') || (params['rationaleType'] ?? 'str') !== 'str'
  const isPlain = n === 1 && Object.keys(settings).length === 0 && !picks && !(isThought && (hasOwnRationale || asksForReasoning(node)))
  if (isPlain) return `dspy.${isThought ? 'ChainOfThought' : 'Predict'}(${name})`
  const types = Object.fromEntries(
    node.fields.filter(({ role }) => role === 'output').map(({ name, type }) => [name, type as unknown as Json]),
  )
  const options = [
    ...(n === 1
      ? []
      : [
          `n=${pythonLiteral(n ?? 1)}, reduce=${pythonLiteral(reduce_fn ?? 'first')}, field=${pythonLiteral(field ?? null)}, rule=${pythonLiteral(normalize ?? 'distinct')}, types=${pythonLiteral(types)}`,
        ]),
    ...(Object.keys(settings).length === 0 ? [] : [`settings=${pythonLiteral(settings)}`]),
  ]
  return `steps.${isThought ? 'ChainOfThought' : 'Predict'}(${[name, ...options].join(', ')})`
}

/** Whether the class that is written holds the reasoning itself, instead of DSPy's module adding it. */
export function writesReasoning(step: Step, node: SignatureNode, picks: boolean): boolean {
  if (step.id !== 'chain-of-thought') return true
  return askingModule(
    { step, node, picks, classes: new Map() } as unknown as WrittenStep,
    step.params.parse(node.moduleParams) as JsonObject,
  ).startsWith('steps.')
}

function asksForReasoning({ fields }: SignatureNode): boolean {
  return fields.some(({ name }) => name === 'reasoning')
}

function toolList(written: WrittenStep, params: JsonObject): string {
  const tools = toolSchema.array().parse(params['tools'])
  return `[${tools.map(tool => toolExpression(written, tool, sourceKey(written.path, `tools.${tool.name}`))).join(', ')}]`
}

function toolExpression({ annotation }: WrittenStep, tool: Tool, source: string): string {
  const args = tool.args.map(
    ({ name, type }) => `${pythonString(name)}: (${annotation(type)}, ${type.kind === 'optional' ? 'True' : 'False'})`,
  )
  return `agents.Tool(${pythonString(tool.name)}, {${args.join(', ')}}, ${source}, ${pythonLiteral(toolValue(tool))})`
}

function attempts({ step, node, path }: WrittenStep, params: JsonObject): string {
  const inner = innerModule(node, params['module'] === 'predict' ? 'predict' : 'chain-of-thought')
  const outputs = node.fields.filter(({ role }) => role === 'output').map(({ name }) => name)
  const n = params['N'] ?? 1
  const common = [n, params['threshold'] ?? null, params['fail_count'] ?? n, outputs].map(pythonLiteral)
  const [count, threshold, failures, names] = common
  const reward = sourceKey(path, 'reward')
  const rest = `${count}, ${reward}, ${threshold}, ${failures}, ${names}`
  if (step.id !== 'refine') return rest
  const [slot] = inner.kind.slots(inner.node)
  const advice: Json = {
    name: adviceName(slot?.key ?? ''),
    program: describeInner(inner),
    instructions: slot?.defaultInstructions ?? '',
    reward: typeof params['reward'] === 'string' ? params['reward'] : '',
    hint_desc: hintField.desc,
  }
  const fields = isJsonObject(advice) ? pythonLiteral(advice).slice(1, -1) : ''
  return `${rest}, {'signature': Advice, ${fields}}`
}

function numberOf(params: JsonObject, name: string): string {
  return pythonLiteral(params[name] ?? null)
}
