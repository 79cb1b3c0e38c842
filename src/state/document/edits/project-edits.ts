import { castDraft } from 'immer'
import { newId } from '@/lib/ids'
import { createTurns } from '@/lib/turns'
import type { JsonObject } from '@/lib/json'
import { defaultAdapterId, type AdapterId } from '@/engine/program/adapter-id'
import type { JsonFallback } from '@/engine/program/json-fallback'
import { guessMapping } from '@/engine/data/mapping'
import { predictorsOf } from '@/engine/graph/predictors'
import type { ModelId } from '@/engine/program/program'
import type { ModelSpec } from '@/engine/lm/lm'
import type { MetricSpec } from '@/engine/metrics/metric'
import type { Mapping, Project, ProjectRoles, SplitSpec } from '@/engine/project/project'
import { getDataset } from '@/storage/datasets'
import { currentProject, edit, projectTurn, type ProjectDraft } from '../project-store'
import type { Verdict } from './verdict'

export type Role = keyof ProjectRoles

export function renameProject(name: string): void {
  edit('Rename project', draft => void (draft.name = name), { undo: 'merge', mergeKey: 'project-name' })
}

/** How steps ask that choose nothing themselves. Chat is what a program without a choice has, so it is not stored. */
export function setAdapter(adapter: AdapterId): void {
  edit('Change adapter', draft => {
    if (adapter !== defaultAdapterId) draft.graph.adapter = adapter
    else delete draft.graph.adapter
  })
}

/** How often an answer that cannot be read is asked for again. `twice` is what a program without a choice does, so it is not stored. */
/** Whether answers are read to DSPy's letter. */
export function setDspyExact(isExact: boolean): void {
  edit('Change how answers are read', draft => {
    if (isExact) draft.graph.dspyExact = true
    else delete draft.graph.dspyExact
  })
}

/** Whether tools are offered to models through their API. */
export function setNativeTools(isOn: boolean): void {
  edit('Change how tools are called', draft => {
    if (isOn) draft.graph.nativeTools = true
    else delete draft.graph.nativeTools
  })
}

export function setJsonFallback(jsonFallback: JsonFallback): void {
  edit('Change what follows an unreadable answer', draft => {
    if (jsonFallback === 'twice') delete draft.graph.jsonFallback
    else draft.graph.jsonFallback = jsonFallback
  })
}

/** Each metric keeps its own settings while others are tried. What is typed is one step; what a button does is one of its own. */
export function setMetric(metric: MetricSpec, undo: 'merge' | 'now' = 'merge'): void {
  const change = (draft: ProjectDraft): void => {
    const { kind, params } = draft.metric
    if (kind !== metric.kind) draft.otherMetrics = { ...draft.otherMetrics, [kind]: params }
    draft.metric = castDraft(metric)
  }
  edit('Change metric', change, { undo, mergeKey: `metric:${metric.kind}` })
}

export function setOptimizer(id: string): void {
  edit('Change optimizer', draft => void (draft.optimizer.id = id))
}

/** Each optimizer keeps its own settings while others are tried. */
export function setOptimizerParams(id: string, params: JsonObject): void {
  edit('Change optimizer settings', draft => void (draft.optimizer.params[id] = castDraft(params)), {
    undo: 'merge',
    mergeKey: `optimizer:${id}`,
  })
}

/** Takes an optimizer with these settings and no others, as one step to undo. */
export function takeOptimizer(id: string, params: JsonObject): void {
  edit('Choose optimizer', draft => {
    draft.optimizer.id = id
    draft.optimizer.params[id] = castDraft(params)
  })
}

/** The task LM and the prompt LM are always chosen; a role without a model falls back on one of them, or on nothing. */
export function setRole(role: Role, modelId: ModelId | undefined): void {
  edit('Change model', draft => {
    if (modelId !== undefined) draft.roles[role] = modelId
    else if (role !== 'task' && role !== 'prompt') delete draft.roles[role]
  })
}

export function addModel(model: ModelSpec): void {
  edit('Add model', draft => void draft.models.push(castDraft(model)))
}

export function updateModel(id: ModelId, patch: Partial<Omit<ModelSpec, 'id'>>): void {
  edit(
    'Edit model',
    draft => {
      const index = draft.models.findIndex(model => model.id === id)
      const model = draft.models[index]
      if (model !== undefined) draft.models[index] = { ...model, ...castDraft(patch) }
    },
    { undo: 'merge', mergeKey: `model:${id}:${Object.keys(patch).sort().join()}` },
  )
}

/** The same endpoint once more, for other settings. Returns the new model. */
export function duplicateModel(id: ModelId): ModelSpec | undefined {
  const { models } = currentProject()
  const index = models.findIndex(model => model.id === id)
  const model = models[index]
  if (model === undefined) return undefined
  const copy: ModelSpec = { ...model, id: newId('model'), label: copyLabel(model.label, models) }
  edit('Duplicate model', draft => void draft.models.splice(index + 1, 0, castDraft(copy)))
  return copy
}

/** `GPT copy`, then `GPT copy 2`: a copy of a copy is one more of the same. */
function copyLabel(label: string, models: readonly ModelSpec[]): string {
  const taken = new Set(models.map(model => model.label))
  const base = `${label.replace(/ copy(?: \d+)?$/, '')} copy`
  let name = base
  for (let n = 2; taken.has(name); n++) name = `${base} ${n}`
  return name
}

/** Roles and predictors that used the model fall back to the first one left; steps that picked demos by its embeddings, to words. */
export function removeModel(id: ModelId): Verdict {
  const rest = currentProject().models.filter(model => model.id !== id)
  const [first] = rest
  if (first === undefined) return { ok: false, reason: 'A project needs at least one model. Add another one first.' }
  edit('Remove model', draft => {
    draft.models = draft.models.filter(model => model.id !== id)
    if (draft.roles.task === id) draft.roles.task = first.id
    if (draft.roles.prompt === id) draft.roles.prompt = first.id
    for (const role of ['teacher', 'reflection', 'judge', 'extraction', 'embedding'] as const)
      if (draft.roles[role] === id) delete draft.roles[role]
    for (const state of Object.values(draft.state)) {
      if (state.lm === id) delete state.lm
      // Without its embedder a step picks demos by their words.
      if (state.nearest?.embedder === id) delete state.nearest.embedder
    }
  })
  return { ok: true }
}

/** Names of the steps that pick their demos by the embeddings of this model. */
export function stepsPickingBy(id: ModelId): readonly string[] {
  const { graph, state } = currentProject()
  return predictorsOf(graph).flatMap(predictor => (state[predictor.id]?.nearest?.embedder === id ? [predictor.stepName] : []))
}

export function setMapping(mapping: Mapping): void {
  edit('Change mapping', draft => void (draft.mapping = castDraft(mapping)))
}

export function setSplit(split: SplitSpec, undo: 'merge' | 'now' = 'merge'): void {
  edit('Change split', draft => void (draft.split = { ...split }), { undo, mergeKey: 'split' })
}

export function setRunSettings(patch: Partial<Project['run']>, undo: 'merge' | 'now' = 'merge'): void {
  edit('Change run settings', draft => void Object.assign(draft.run, patch), {
    undo,
    mergeKey: `run:${Object.keys(patch).sort().join()}`,
  })
}

/** Most calls of a try or a check; undefined for the usual number. */
export function setTryCalls(count: number | undefined): void {
  const change = ({ run }: { run: { tryCalls?: number } }): void => {
    if (count === undefined) delete run.tryCalls
    else run.tryCalls = count
  }
  edit('Change calls of a try', change, { undo: 'merge', mergeKey: 'run:tryCalls' })
}

/** Which outputs of a row are shown while their answers are written; undefined for all of them. */
export function setStream(stream: Project['run']['stream']): void {
  const change = ({ run }: { run: { stream?: Project['run']['stream'] } }): void => {
    if (stream === undefined) delete run.stream
    else run.stream = stream
  }
  edit('Change what is shown while it is written', change, { undo: 'now' })
}

/** How many of a hundred rows may fail; undefined for the usual share. */
export function setErrorShare(percent: number | undefined): void {
  const change = ({ run }: { run: { maxErrorShare?: number } }): void => {
    if (percent === undefined) delete run.maxErrorShare
    else run.maxErrorShare = percent / 100
  }
  edit('Change errors allowed', change, { undo: 'merge', mergeKey: 'run:maxErrorShare' })
}

/** Takes a dataset for this project (or none) and matches its columns to the program by name. Of two choices the later one counts. */
export async function setDataset(id: string | undefined, project = projectTurn()): Promise<void> {
  const choice = datasetChoices.next()
  const dataset = id === undefined ? undefined : await getDataset(id)
  const change = (draft: ProjectDraft): void => {
    if (dataset === undefined) {
      delete draft.datasetId
      draft.mapping = { inputs: {}, labels: {} }
      return
    }
    draft.datasetId = dataset.id
    draft.mapping = castDraft(guessMapping(currentProject().graph, dataset.columns))
  }
  // The user may be on another screen by now.
  const take = choice.take(() => edit('Change dataset', change, { places: ['data'] }))
  project.take(take)()
}

const datasetChoices = createTurns()
