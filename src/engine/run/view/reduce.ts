import { joinFacts } from '../../lm/refusable'
import type { FrontierRow, JournalEvent, RunEvent, StageId } from '../../record/events'
import type { CandidateId } from '../../program/program'
import { isLesson } from '../story/story'
import type { CandidateView, RunView, StageView } from './run-view'

export const emptyRunView: RunView = {
  kind: 'evaluate',
  stages: [],
  candidates: [],
  proposals: [],
  bootstraps: [],
  notes: [],
  plannedCalls: 0,
  seq: -1,
}

/**
 * Adds one event to what a run adds up to: the one way to read a story, live or old. Pure. An event that was applied already, or
 * that a newer version wrote and this one does not know, changes nothing but the sequence number.
 */
export function reduceRun(view: RunView, event: JournalEvent): RunView {
  if (event.seq <= view.seq) return view
  // A run that goes on after an end was taken up again.
  const { end, ...open } = view
  const base = end && !closes(event) && !isLesson(event) ? open : view
  const missing = (view.missing ?? 0) + event.seq - view.seq - 1
  return { ...apply(base, event), seq: event.seq, ...(missing > 0 && { missing }) }
}

function apply(view: RunView, event: JournalEvent): RunView {
  switch (event.type) {
    case 'run-start': {
      const stages = event.stages.map((stage): StageView => ({
        id: stage.id,
        title: stage.title,
        status: 'waiting',
        plannedCalls: stage.calls.expected,
      }))
      return withPlan({ ...view, kind: event.kind, stages })
    }
    case 'stage-start':
      return withPlan({ ...view, stages: startStage(view.stages, event.stage, event.title) })
    case 'stage-step':
      return { ...view, stages: changeStage(view.stages, event.stage, stage => ({ ...stage, detail: event.title })) }
    case 'stage-end':
      return withPlan({ ...view, stages: changeStage(view.stages, event.stage, stage => endStage(stage, event.calls)) })
    case 'candidate-propose':
      return propose(view, event)
    case 'minibatch-score':
      return changeCandidate(view, event.candidate, candidate => {
        const { batch, examples, scores } = event
        return { ...candidate, minibatches: [...candidate.minibatches, { batch, examples, scores }] }
      })
    case 'fullset-score': {
      const { batch, examples, scores, summary } = event
      return changeCandidate(view, event.candidate, candidate => ({ ...candidate, full: { batch, examples, scores, summary } }))
    }
    case 'candidate-accept':
      return changeCandidate(view, event.candidate, candidate => ({ ...candidate, verdict: { kind: 'accept', reason: event.reason } }))
    case 'candidate-reject':
      return changeCandidate(view, event.candidate, candidate => ({ ...candidate, verdict: { kind: 'reject', reason: event.reason } }))
    case 'frontier-change':
      return { ...view, frontier: { rows: joinRows(view.frontier?.rows ?? [], event.rows), members: event.members } }
    case 'best-change':
      return { ...view, best: { candidate: event.candidate, score: event.score } }
    case 'note':
      return { ...view, notes: [...view.notes, event.text] }
    case 'model-facts': {
      const { type: _type, seq: _seq, at: _at, ...facts } = event
      return { ...view, facts: joinFacts([...(view.facts ?? []), facts]) }
    }
    case 'answer-give-up':
      return view
    case 'run-end':
      return { ...view, end: { reason: event.reason, sentence: event.sentence, result: event.result } }
    case 'run-cancel':
      return { ...view, end: { reason: 'cancelled', sentence: event.sentence } }
    case 'run-error':
      return {
        ...view,
        end: { reason: 'error', sentence: event.error.message, error: event.error, ...(event.result && { result: event.result }) },
      }
    case 'run-diverge':
      return { ...view, divergence: { seq: event.divergedAt, expected: event.expected, got: event.got } }
    case 'instructions-propose': {
      const { predictor, how, proposals } = event
      return { ...view, proposals: [...view.proposals, { predictor, how, proposals }] }
    }
    case 'demos-bootstrap': {
      const { predictor, demos, examples } = event
      return { ...view, bootstraps: [...view.bootstraps, { predictor, demos: demos.length, successes: examples.length }] }
    }
    default:
      // The compiler sees that every known event is handled; a record of a newer version may hold others.
      event satisfies never
      return view
  }
}

function closes(event: RunEvent): boolean {
  return event.type === 'run-end' || event.type === 'run-cancel' || event.type === 'run-error'
}

function startStage(stages: readonly StageView[], id: StageId, title: string): readonly StageView[] {
  if (!stages.some(stage => stage.id === id)) return [...stages, { id, title, status: 'running', plannedCalls: 0 }]
  return changeStage(stages, id, stage => ({ ...stage, status: 'running' }))
}

/** From now on the plan holds what the stage really took. */
function endStage({ detail: _detail, ...stage }: StageView, calls: number | undefined): StageView {
  return { ...stage, status: 'done', plannedCalls: calls ?? stage.plannedCalls }
}

function changeStage(stages: readonly StageView[], id: StageId, change: (stage: StageView) => StageView): readonly StageView[] {
  return stages.map(stage => (stage.id === id ? change(stage) : stage))
}

function withPlan(view: RunView): RunView {
  return { ...view, plannedCalls: view.stages.reduce((sum, stage) => sum + stage.plannedCalls, 0) }
}

/** A state that is proposed again keeps the name it had first. */
function propose(view: RunView, event: Extract<RunEvent, { type: 'candidate-propose' }>): RunView {
  const baseline = event.how === 'student' ? { baseline: event.candidate } : {}
  if (view.candidates.some(({ id }) => id === event.candidate)) {
    return {
      ...changeCandidate(view, event.candidate, candidate => ({
        ...(event.choice && { choice: event.choice }),
        ...candidate,
        repeats: (candidate.repeats ?? 0) + 1,
      })),
      ...baseline,
    }
  }
  const { candidate: id, label, how, parents, state, graph, choice } = event
  return {
    ...view,
    ...baseline,
    candidates: [
      ...view.candidates,
      {
        id,
        trial: view.candidates.length,
        label,
        how,
        parents,
        state,
        ...(graph && { graph }),
        ...(choice && { choice }),
        minibatches: [],
      },
    ],
  }
}

function joinRows(rows: readonly FrontierRow[], changed: readonly FrontierRow[]): readonly FrontierRow[] {
  const byExample = new Map(rows.map(row => [row.example, row]))
  for (const row of changed) byExample.set(row.example, row)
  return [...byExample.values()]
}

function changeCandidate(view: RunView, id: CandidateId, change: (candidate: CandidateView) => CandidateView): RunView {
  return { ...view, candidates: view.candidates.map(candidate => (candidate.id === id ? change(candidate) : candidate)) }
}
