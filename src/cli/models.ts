import { EngineError } from '@/engine/errors'
import type { ModelSpec, Price } from '@/engine/lm/lm'
import { sandboxModel } from '@/engine/lm/providers/sandbox-model'
import type { Project } from '@/engine/project/project'
import type { RunModels } from '@/engine/run/spec'
import { integerFlag, numberFlag, type Flags } from './arguments'

/** The models of a run: `--lm` stands in for the project's task LM, and for its prompt LM unless `--prompt-lm` is given. */
export function runModels(project: Project, flags: Flags): RunModels {
  const task = flags.lm === undefined ? projectModel(project, project.roles.task) : parseLm(flags.lm, flags)
  const prompt =
    flags['prompt-lm'] === undefined
      ? flags.lm === undefined
        ? projectModel(project, project.roles.prompt)
        : task
      : parseLm(flags['prompt-lm'], flags)
  const teacher = project.roles.teacher === undefined || flags.lm !== undefined ? undefined : projectModel(project, project.roles.teacher)
  const overrides = flags.lm === undefined ? Object.fromEntries(project.models.map(model => [model.id, model])) : {}
  return { task, prompt, ...(teacher && { teacher }), overrides }
}

/** `sandbox`, or `BASE_URL#MODEL` of an OpenAI-compatible endpoint. */
function parseLm(text: string, flags: Flags): ModelSpec {
  const temperature = numberFlag(flags, 'temperature')
  const maxTokens = integerFlag(flags, 'max-tokens', 1)
  const settings = { ...(temperature !== undefined && { temperature }), ...(maxTokens !== undefined && { maxTokens }) }
  if (text === 'sandbox') return { ...sandboxModel, settings }
  const at = text.lastIndexOf('#')
  const baseUrl = at > 0 ? text.slice(0, at) : ''
  const model = text.slice(at + 1)
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl) || model === '') {
    throw new EngineError(
      'params-invalid',
      `--lm must be "sandbox" or BASE_URL#MODEL, such as https://api.openai.com/v1#gpt-4o-mini, not "${text}".`,
    )
  }
  const price = parsePrice(flags.price)
  const concurrency = integerFlag(flags, 'concurrency', 1)
  return {
    id: text,
    label: model,
    provider: 'openai-compatible',
    model,
    baseUrl,
    settings,
    ...(price && { price }),
    ...(concurrency !== undefined && { limits: { concurrency } }),
  }
}

function parsePrice(text: string | undefined): Price | undefined {
  if (text === undefined) return undefined
  const [input, output] = text.split(',').map(Number)
  if (input === undefined || output === undefined || !(input >= 0) || !(output >= 0)) {
    throw new EngineError(
      'params-invalid',
      `--price must be two numbers, US dollars per million tokens in and out, such as 0.15,0.6, not "${text}".`,
    )
  }
  return { input, output }
}

function projectModel(project: Project, id: string): ModelSpec {
  const model = project.models.find(one => one.id === id)
  if (!model) throw new EngineError('project-invalid', `The project names a model "${id}" that it does not hold. Give one with --lm.`)
  return model
}
