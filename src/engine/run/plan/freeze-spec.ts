import { appVersion } from '@/lib/app-version'
import { completeState } from '../../graph/default-state'
import type { ModelFacts } from '../../lm/refusable'
import { usualErrorShare, type Project } from '../../project/project'
import { callKeysVersion, runSpecVersion, scoringVersion, type ExampleSetRef, type RunModels, type RunSpec } from '../../record/spec'
import { streamOf } from './streamed-outputs'

/** What of a spec does not follow from the project, or may be set otherwise for this run. */
export interface SpecParts
  extends
    Pick<RunSpec, 'kind' | 'title'>,
    Partial<Pick<RunSpec, 'metric' | 'optimizer' | 'seed' | 'concurrency' | 'maxErrors' | 'maxErrorShare' | 'budget' | 'stream'>> {
  readonly models: RunModels
  readonly split: RunSpec['data']['split']
  /** What is known of the models. */
  readonly facts?: readonly ModelFacts[]
  /** A name of its own for a run that asks afresh; see `CallKeys`. */
  readonly fresh?: string
}

/** All of a spec but the references to its rows. */
export type FrozenSpec = Omit<RunSpec, 'data'> & { readonly data: Pick<RunSpec['data'], 'split'> }

/** The one place that freezes what decides what a run does: a new part of a run gets its place in the spec here. */
export function freezeSpec({ graph, state, run }: Pick<Project, 'graph' | 'state' | 'run'>, parts: SpecParts): FrozenSpec {
  const { kind, title, models, split, metric, optimizer, facts = [], fresh } = parts
  const { seed = run.seed, concurrency = run.concurrency, maxErrors = run.maxErrors, budget = run.budget } = parts
  // Whoever runs many rows watches none of them.
  const stream = kind === 'row' ? streamOf(graph, run) : parts.stream
  const { maxErrorShare = run.maxErrorShare ?? usualErrorShare } = parts
  return {
    schemaVersion: runSpecVersion,
    engineVersion: appVersion,
    kind,
    title,
    graph,
    state: completeState(graph, state),
    ...(metric && { metric }),
    ...(optimizer && { optimizer }),
    models,
    data: { split },
    seed,
    concurrency,
    maxErrors,
    ...(maxErrorShare > 0 && { maxErrorShare }),
    budget,
    callKeys: { version: callKeysVersion, ...(fresh !== undefined && { fresh }) },
    scoring: { version: scoringVersion },
    ...(facts.length > 0 && { facts }),
    ...(stream && { stream }),
  }
}

/** The spec with the rows it names. */
export function withRows({ data, ...spec }: FrozenSpec, rows: { readonly train: ExampleSetRef; readonly val: ExampleSetRef }): RunSpec {
  return { ...spec, data: { ...data, ...rows } }
}
