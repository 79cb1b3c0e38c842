import { predictorsOf } from '@/engine/graph/predictors'
import { userSources } from '@/engine/graph/user-sources'
import type { ModelSpec } from '@/engine/lm/lm'
import { asksJudge } from '@/engine/metrics/registry'
import type { Program, ProgramGraph, StepNode } from '@/engine/program/program'
import { nativeTools } from '@/engine/modules/native-tools'
import { isStepNode } from '@/engine/modules/registry'
import { dspyLm, dspyLmRemarks } from '../dspy-lm'
import { ownWordsOf, type MessagesSource } from './messages-json'
import { pythonNameOf } from './python-parts'

/** What the exported Python package does otherwise than the studio, as sentences. */
export function pythonRemarks({ program, models, metric, wording }: MessagesSource): readonly string[] {
  const { graph } = program
  const steps = stepsWithin(graph)
  return [
    ...(wording === 'dspy' ? [ownWording] : []),
    ...(graph.dspyExact ? [] : [readers]),
    cutAnswers,
    ...(graph.nativeTools && predictorsOf(graph).some(({ signature }) => nativeTools(signature({}))) ? [toolsInWords] : []),
    ...(steps.length > 1 ? [oneByOne] : []),
    ...javaScriptRemarks(steps, userSources(graph).length > 0),
    ...wordsRemarks({ program, models }),
    ...nearestRemarks({ program, models }),
    ...nameRemarks(steps),
    ...modelRemarks(program, models),
    ...(asksJudge(metric) ? [judge] : []),
  ]
}

const ownWording =
  'DSPy’s own adapters word the prompts: a model is asked otherwise than it was while the program was compiled, and scores may differ. An answer that cannot be read is asked for once more, in JSON.'
const readers =
  'Answers are read by DSPy’s own readers, which refuse some that the studio reads, such as markers in bold. Such an answer is asked for again in JSON.'
const cutAnswers = 'An answer that was cut off is read as far as it goes, as DSPy does. The studio refuses it.'
const toolsInWords =
  'Tools are described in the prompt and called in words. The studio offers them to the model through its API, as this program says.'
const oneByOne = 'Steps, attempts and programs of a vote run one after another. The studio asks side by side where nothing has to wait.'
const judge =
  'The judge that scores this program in the studio is not part of the folder. To score or compile it in Python, write a metric that asks a model by the same criteria.'

function stepsWithin(graph: ProgramGraph): readonly StepNode[] {
  return graph.nodes.filter(isStepNode).flatMap(node => [node, ...(node.bodies ?? []).flatMap(body => stepsWithin(body.graph))])
}

function javaScriptRemarks(steps: readonly StepNode[], hasSources: boolean): readonly string[] {
  const modules = steps.flatMap(node => (node.kind === 'signature' ? [{ name: node.name, module: node.module }] : []))
  const written = modules.filter(({ module }) => module === 'program-of-thought' || module === 'code-act')
  const agents = modules.filter(({ module }) => module === 'react' || module === 'react-v2')
  return [
    ...(hasSources || written.length > 0
      ? [
          'JavaScript runs in the QuickJS for Python, which is of an older version: what is new in the language may be missing there, and errors are worded otherwise, also where a model is told of them.',
        ]
      : []),
    ...(written.length > 0
      ? [
          `${listed(written)} stops a program of the model’s after 10 seconds of work. The studio counts its steps, so that it stops at the same place each time.`,
        ]
      : []),
    ...(agents.length > 0 ? [`${listed(agents)} tells the model in Python’s words which argument of a tool does not fit.`] : []),
  ]
}

const reasons: Readonly<Record<NonNullable<ReturnType<typeof ownWordsOf>>, string>> = {
  documents: 'it shows documents',
  'native outputs': 'it takes outputs that the model gives beside its words',
  decisions: 'it asks for probabilities',
}

function wordsRemarks(source: Pick<MessagesSource, 'program' | 'models'>): readonly string[] {
  return predictorsOf(source.program.graph).flatMap(predictor => {
    const reason = ownWordsOf(predictor, source)
    if (reason === undefined) return []
    const why = reasons[reason]
    return [`"${predictor.stepName}" is asked in DSPy’s own words, since ${why}, which DSPy does in a way of its own.`]
  })
}

function nearestRemarks({ program: { graph, state }, models }: Pick<MessagesSource, 'program' | 'models'>): readonly string[] {
  return predictorsOf(graph).flatMap(({ id, stepName }) => {
    const { nearest, demos = [] } = state[id] ?? {}
    if (nearest?.embedder === undefined || demos.length === 0) return []
    const model = models.overrides[nearest.embedder]
    const name = model?.model ?? nearest.embedder
    return model !== undefined && dspyLm(model) !== null
      ? [`"${stepName}" finds its demos by embeddings of "${name}", which dspy.Embedder asks for: one request more a call.`]
      : [
          `"${stepName}" finds its demos by embeddings of "${name}", which only the studio has. In Python it finds them by the words they share.`,
        ]
  })
}

function nameRemarks(steps: readonly StepNode[]): readonly string[] {
  const renamed = steps.filter(node => pythonNameOf(node).isOther)
  const placed = steps.filter(node => node.dspyPath !== undefined)
  return [
    ...renamed.map(
      node =>
        `The step "${node.name}" is called ${pythonNameOf(node).attribute} in Python, where a module has something of its own under that name.`,
    ),
    ...(placed.length > 0
      ? [
          `${listed(placed)} goes by its name in the module and in state.json, and not by the attribute of the DSPy program that it came from.`,
        ]
      : []),
  ]
}

function modelRemarks({ graph, state }: Program, { task, overrides }: MessagesSource['models']): readonly string[] {
  const own = predictorsOf(graph).flatMap(({ id, stepName }) => {
    const lm = state[id]?.lm
    const model = lm === undefined ? undefined : overrides[lm]
    return model ? dspyLmRemarks(atHome(model), `"${stepName}"`) : []
  })
  const main =
    dspyLm(task) === null
      ? [`The ${task.label} answers only in the studio: set OPENAI_MODEL, and OPENAI_API_KEY or OPENAI_BASE_URL, before main.py runs.`]
      : dspyLmRemarks(atHome(task), 'the program')
  return [...main, ...own]
}

/** The package takes the addresses that stand in it. */
function atHome(model: ModelSpec): ModelSpec {
  const { baseUrl: _, ...own } = model
  return own
}

function listed(steps: readonly { readonly name: string }[]): string {
  const names = [...new Set(steps.map(({ name }) => `"${name}"`))]
  return names.length === 1 ? `The step ${names[0]}` : `Each of ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
