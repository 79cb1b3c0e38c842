import { EngineError } from '@/engine/base/errors'
import type { ModelId } from '@/engine/program/program'
import type { ModelSpec, Price } from '@/engine/lm/lm'
import { openAiProvider } from '@/engine/providers/openai/openai-provider'
import { providers, traitsOf } from '@/engine/providers/registry'
import type { Project } from '@/engine/project/project'
import type { RunModels } from '@/engine/record/spec'
import { integerFlag, numberFlag, type Flags } from './arguments'

/**
 * The models of a run. `--lm` answers for every step and for every role without a flag of its own, but for embeddings, which a chat
 * model does not make; without it the project's own models do. Settings given as flags go over those of the models.
 */
export function runModels(project: Project, flags: Flags): RunModels {
  const changed = changesOf(flags)
  const own = (id: string): ModelSpec => changed(projectModel(project, id))
  const given = flags.lm === undefined ? undefined : changed(parseLm('lm', flags.lm))
  const task = given ?? own(project.roles.task)
  const prompt = flags['prompt-lm'] === undefined ? (given ?? own(project.roles.prompt)) : changed(parseLm('prompt-lm', flags['prompt-lm']))
  const teacher = roleModel('teacher-lm', given ? undefined : project.roles.teacher)
  const reflection = roleModel('reflection-lm', given ? undefined : project.roles.reflection)
  const judge = roleModel('judge-lm', given ? undefined : project.roles.judge)
  const extraction = roleModel('extraction-lm', given ? undefined : project.roles.extraction)
  const embedding = embeddingModel(project, flags, own)
  return {
    task,
    prompt,
    ...(teacher && { teacher }),
    ...(reflection && { reflection }),
    ...(judge && { judge }),
    ...(extraction && { extraction }),
    ...(embedding && { embedding }),
    overrides: {
      ...(given ? everywhere(project, given) : Object.fromEntries(project.models.map(model => [model.id, changed(model)]))),
      ...embedders(project, flags, own),
    },
  }

  function roleModel(flag: 'teacher-lm' | 'reflection-lm' | 'judge-lm' | 'extraction-lm', id: ModelId | undefined): ModelSpec | undefined {
    const text = flags[flag]
    if (text !== undefined) return changed(parseLm(flag, text))
    return id === undefined ? undefined : own(id)
  }
}

/** A step that names a model of its own gets the given one too: that model may not be reachable from here. */
function everywhere(project: Project, model: ModelSpec): RunModels['overrides'] {
  const named = Object.values(project.state).flatMap(state => (state.lm === undefined ? [] : [state.lm]))
  return Object.fromEntries(named.map(id => [id, model]))
}

/**
 * The model of `--embedding-lm`, under the id of the same model in the project where there is one. Else the id is made of its name
 * alone: it goes into the state that is compiled, which must not change with the address.
 */
function embeddingModel(project: Project, flags: Flags, own: (id: ModelId) => ModelSpec): ModelSpec | undefined {
  const text = flags['embedding-lm']
  const { embedding } = project.roles
  if (text === undefined) return embedding === undefined ? undefined : own(embedding)
  const given = parseLm('embedding-lm', text)
  const known = project.models.find(({ model, baseUrl }) => model === given.model && baseUrl === given.baseUrl)
  const price = parsePrice(flags.price)
  return known ? own(known.id) : { ...given, id: `embedding ${given.model}`, ...(price && { price }) }
}

/** Models by whose embeddings steps pick their demos: the one given as a flag for all, else each its own. */
function embedders(project: Project, flags: Flags, own: (id: ModelId) => ModelSpec): RunModels['overrides'] {
  const named = Object.values(project.state).flatMap(({ nearest }) => nearest?.embedder ?? [])
  const given = flags['embedding-lm'] === undefined ? undefined : embeddingModel(project, flags, own)
  return Object.fromEntries(named.map(id => [id, given ? { ...given, id } : embedderOf(project, id, own)]))
}

function embedderOf(project: Project, id: ModelId, own: (id: ModelId) => ModelSpec): ModelSpec {
  if (project.models.some(model => model.id === id)) return own(id)
  throw new EngineError(
    'project-invalid',
    `A step of the project picks its demos by the embeddings of a model "${id}" that the project does not hold. Give one with --embedding-lm.`,
  )
}

function changesOf(flags: Flags): (model: ModelSpec) => ModelSpec {
  const temperature = numberFlag(flags, 'temperature')
  const maxTokens = integerFlag(flags, 'max-tokens', 1)
  const concurrency = integerFlag(flags, 'concurrency', 1)
  const price = parsePrice(flags.price)
  return model => ({
    ...model,
    settings: { ...model.settings, ...(temperature !== undefined && { temperature }), ...(maxTokens !== undefined && { maxTokens }) },
    ...(price && !traitsOf(model).free && { price }),
    ...(concurrency !== undefined && !traitsOf(model).local && { limits: { ...model.limits, concurrency } }),
  })
}

/** `sandbox`, or `BASE_URL#MODEL` of an OpenAI-compatible endpoint. */
function parseLm(flag: string, text: string): ModelSpec {
  const builtIn = providers.find(({ id, only }) => id === text && only !== undefined)?.only
  if (builtIn) return builtIn
  const at = text.lastIndexOf('#')
  const baseUrl = at > 0 ? text.slice(0, at) : ''
  const model = text.slice(at + 1)
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl) || model === '') {
    throw new EngineError(
      'params-invalid',
      `--${flag} must be "sandbox" or BASE_URL#MODEL, such as https://api.openai.com/v1#gpt-4o-mini, not "${text}".`,
    )
  }
  return { id: text, label: model, provider: openAiProvider.id, model, baseUrl, settings: {} }
}

function parsePrice(text: string | undefined): Price | undefined {
  if (text === undefined) return undefined
  const [input = '', output = '', ...more] = text.split(',').map(part => part.trim())
  const price = { input: Number(input), output: Number(output) }
  if (input === '' || output === '' || more.length > 0 || !(price.input >= 0) || !(price.output >= 0)) {
    throw new EngineError(
      'params-invalid',
      `--price must be two numbers, US dollars per million tokens in and out, such as 0.15,0.6, not "${text}".`,
    )
  }
  return price
}

function projectModel(project: Project, id: string): ModelSpec {
  const model = project.models.find(one => one.id === id)
  if (!model) throw new EngineError('project-invalid', `The project names a model "${id}" that it does not hold. Give one with --lm.`)
  return model
}
