import { metricKinds, firstMetric } from '@/engine/metrics/registry'
import { stepOf } from '@/engine/modules/registry'
import { programOutputs } from '@/engine/program/ends'
import { isEngineError } from '@/engine/base/errors'
import type { BlobRef } from '@/engine/blobs/blob-ref'
import type { BlobStore } from '@/engine/blobs/blob-store'
import { inColumns, keptLayout } from '@/engine/project/kept-layout'
import type { Project } from '@/engine/project/project'
import { takeDspyFiles } from '@/export/dspy-files'
import { readDspyState } from '@/export/from-dspy-json'
import { keptFile, parseDspyText, withDspyState } from '@/export/open-dspy-file'
import { programOfDspy } from '@/export/program-of-dspy'
import { newId } from '@/lib/ids'
import { fileStem } from '@/lib/file-stem'
import { systemClock } from '@/lib/system-clock'
import { settleBlobs, storedBlobs } from '@/storage/blobs'
import { getProject, listProjects, putProject } from '@/storage/projects'
import { blankProject } from '../document/blank-project'
import type { DspyOffer } from '../document/dspy-offer'
import { currentProject, edit, flushSave, projectStore, projectTurn } from '../document/project-store'

/** What can become of a state file. */
export interface DspyChoices {
  /** The steps of the program that would be made of it, and what was guessed or stays behind. */
  readonly steps: readonly { readonly id: string; readonly name: string; readonly module: string; readonly signature: string }[]
  readonly remarks: readonly string[]
  /** Projects whose program it fits, the open one first, then the last edited. */
  readonly fitting: readonly { readonly id: string; readonly name: string; readonly isOpen: boolean; readonly remarks: readonly string[] }[]
}

/** Reads an offered file, and looks for the projects that it fits. Throws `project-invalid` for one that nothing can be made of. */
export async function dspyChoices({ name, text }: DspyOffer): Promise<DspyChoices> {
  const json = parseDspyText(text, `“${name}”`)
  const { graph, remarks } = programOfDspy(json)
  await flushSave()
  const openId = projectStore.getState().project?.id
  const { projects } = await listProjects()
  const fitting = projects.flatMap(project => {
    try {
      const { notCarried, hasSameFields } = readDspyState(json, project)
      const isOpen = project.id === openId
      return isOpen || hasSameFields ? [{ id: project.id, name: project.name, isOpen, remarks: notCarried }] : []
    } catch (error) {
      if (isEngineError(error)) return []
      throw error
    }
  })
  const steps = graph.nodes.flatMap(node => {
    const step = stepOf(node)
    if (step === undefined) return []
    const names = (role: 'input' | 'output') => node.fields.filter(field => field.role === role).map(field => field.name)
    return [{ id: node.id, name: node.name, module: step.title, signature: `${names('input').join(', ')} → ${names('output').join(', ')}` }]
  })
  return { steps, remarks, fitting: fitting.sort((a, b) => Number(b.isOpen) - Number(a.isOpen)) }
}

/** Stores a project made of the file alone; returns its id. */
export function makeDspyProject({ name, text }: DspyOffer): Promise<string> {
  return settled(async store => {
    const { graph, state, models } = programOfDspy(parseDspyText(text))
    const blank = blankProject(newId('project'), fileStem(name.replace(/\.json$/i, '')) || 'DSPy program', systemClock.date())
    const outputs = programOutputs(graph).map(field => field.name)
    const project: Project = {
      ...blank,
      graph,
      state: await takeDspyFiles(store, state),
      layout: keptLayout(graph, {}, inColumns),
      models: [...blank.models, ...models],
      metric: firstMetric(metricKinds[0]?.id ?? blank.metric.kind, outputs),
      ...(await keptFile(text, store)),
    }
    await putProject(project)
    return project.id
  })
}

/** Puts the file onto the program of a project: one step of undo where it is open. Returns its id. */
export function applyDspyFile({ text }: DspyOffer, id: string): Promise<string> {
  return settled(async store => {
    const isOpen = projectStore.getState().project?.id === id
    const turn = isOpen ? projectTurn() : undefined
    const before = isOpen ? currentProject() : await getProject(id)
    if (before === undefined) return id
    const { project } = await withDspyState(before, text, store)
    const { graph, state, models, dspyFile } = project
    turn?.take(() => edit('Open DSPy state', draft => void Object.assign(draft, { graph, state, models, dspyFile })))()
    if (isOpen) await flushSave()
    else await putProject({ ...project, updatedAt: systemClock.date() })
    return id
  })
}

/** Files that were stored on the way belong to the project once it is written, or to nobody. */
async function settled<T>(work: (store: Pick<BlobStore, 'put'>) => Promise<T>): Promise<T> {
  const refs: BlobRef[] = []
  const store: Pick<BlobStore, 'put'> = {
    async put(bytes, mime) {
      const ref = await storedBlobs.put(bytes, mime)
      refs.push(ref)
      return ref
    },
  }
  try {
    return await work(store)
  } finally {
    await settleBlobs(refs)
  }
}
