import type { Rng } from '@/lib/rng'
import { openPredictors } from '../../graph/locks'
import type { Predictor } from '../../graph/predictors'
import type { Demo, ProgramState } from '../../program/program'
import type { AskOptions, RunContext } from '../kit/run-context'
import type { InstructionProposal, RunEvent } from '../../record/events'
import { summariseDataset } from './dataset-summary'
import { describeModule, describeProgram } from '../kit/describe-program'
import { cleanProposal, instructionsOf, unlessRefused } from '../kit/instructions'
import { describeOneModule, describeWholeProgram, noDemos, proposeInstruction, rowsHeading, tips } from './text'
import { showDemo, showRows } from '../kit/show-rows'

export interface ProposerSettings {
  /** Instructions for each predictor, the current one counted. */
  readonly count: number
  /** States with the bootstrapped demos; empty states nothing. */
  readonly demoSets: readonly ProgramState[]
  readonly rng: Rng
  readonly temperature: number
  readonly rowsInView: number
  readonly isProgramAware: boolean
  readonly isDataAware: boolean
  readonly isTipAware: boolean
  readonly isFewshotAware: boolean
  readonly stage: string
}

/** One request to come: everything that is drawn for it is drawn before the first is sent. */
interface Draft {
  readonly predictor: Predictor
  readonly index: number
  readonly tip: (typeof tips)[number] | undefined
  readonly demos: string
  readonly rows: string
  readonly options: AskOptions
}

/**
 * Instructions for every open predictor, grounded in data, program, demos and a tip (Opsahl-Ong et al. 2024, §3.1; dspy-spec §6.7,
 * step 2). In place 0 stands the current one; the proposal made for it is shown and not tried, as in DSPy.
 * Differs: the dataset description ends with rows of the data, other ones for each proposal. A summary alone loses which sign goes
 * with which answer, and proposals that saw the same differ only in style.
 */
export async function* proposeGrounded(
  run: RunContext<unknown>,
  settings: ProposerSettings,
): AsyncGenerator<RunEvent, ReadonlyMap<Predictor, readonly string[]>> {
  const open = openPredictors(run.student.graph, 'instructions')
  const { stage } = settings
  const step = (number: number, title: string): RunEvent => ({ type: 'stage-step', stage, step: number, steps: 4, title })
  if (open.length === 0) return new Map()

  yield step(0, 'Look at the data')
  const summary = settings.isDataAware ? await summariseDataset(run, run.trainset, settings.rowsInView) : undefined
  if (summary !== undefined) yield { type: 'note', text: `What the data is like, in the words of the prompt model: ${summary}` }

  const drafts = open.flatMap(predictor => Array.from({ length: settings.count }, (_, index) => draftOf(run, settings, predictor, index)))
  yield step(1, 'Describe the program')
  const program = describeProgram(run.student)
  const descriptions = await forAll(drafts, async ({ demos, options }) => {
    if (!settings.isProgramAware) return undefined
    const answer = await unlessRefused(run.ask(describeWholeProgram, { program_code: program, program_example: demos }, options))
    return answer && String(answer.values['program_description'])
  })
  yield step(2, 'Describe the steps')
  const modules = await forAll(drafts, async ({ predictor, demos, options }, index) => {
    const program_description = descriptions[index]
    if (program_description === undefined) return undefined
    const module = describeModule(predictor, run.student)
    const inputs = { program_code: program, program_example: demos, program_description, module }
    const answer = await unlessRefused(run.ask(describeOneModule, inputs, options))
    const module_description = answer && String(answer.values['module_description'])
    return module_description && { program_code: program, program_description, module, module_description }
  })
  yield step(3, `Write ${drafts.length} instructions`)
  const answers = await forAll(drafts, async ({ predictor, tip, demos, rows, options }, index) => {
    const about = modules[index]
    const hasTip = tip !== undefined && tip.text !== ''
    const signature = proposeInstruction({ hasData: summary !== undefined, hasProgram: about !== undefined, hasTip })
    const inputs = {
      ...(summary !== undefined && { dataset_description: `${summary}\n\n${rowsHeading}\n\n${rows}` }),
      ...about,
      task_demos: demos,
      basic_instruction: instructionsOf(predictor, run.student.state),
      ...(hasTip && { tip: tip.text }),
    }
    return unlessRefused(run.ask(signature, inputs, options))
  })

  const proposals = new Map<Predictor, readonly string[]>()
  for (const predictor of open) {
    const current = instructionsOf(predictor, run.student.state)
    const own = drafts.flatMap((draft, at): readonly InstructionProposal[] => {
      const answer = answers[at]
      if (draft.predictor !== predictor || answer === undefined) return []
      const note = [...(draft.tip ? [`tip: ${draft.tip.key}`] : []), ...(draft.index === 0 ? [notTried] : [])].join('; ')
      const text = cleanProposal(String(answer.values['proposed_instruction'])) || current
      return [{ text, call: answer.call, ...(note !== '' && { note }) }]
    })
    yield {
      type: 'instructions-propose',
      predictor: predictor.id,
      how: 'grounded',
      proposals: [{ text: current, note: 'current' }, ...own],
    }
    proposals.set(predictor, [current, ...own.flatMap(({ text, note }) => (note?.includes(notTried) ? [] : [text]))])
  }
  return proposals
}

const notTried = 'not tried, since the current instructions take its place'

/** Draws in DSPy's order: the tip, then which sample of the prompt model. */
function draftOf(run: RunContext<unknown>, settings: ProposerSettings, predictor: Predictor, index: number): Draft {
  const { rng } = settings
  const tip = settings.isTipAware ? rng.choice(tips) : undefined
  const rollout = rng.randint(0, 1_000_000_000)
  const size = Math.min(settings.rowsInView, run.trainset.length)
  return {
    predictor,
    index,
    tip,
    demos: settings.isFewshotAware ? demosInContext(predictor, settings.demoSets, index) : noDemos,
    rows: showRows(rng.fork(`rows ${predictor.id} ${index}`).sample(run.trainset, size)),
    options: { purpose: 'propose', predictor: predictor.id, temperature: settings.temperature, rollout },
  }
}

/** Up to three bootstrapped demos, from this proposal's own set on; the first proposal sees none. */
function demosInContext(predictor: Predictor, sets: readonly ProgramState[], index: number): string {
  if (index === 0) return noDemos
  const ordered = [...sets.slice(index), ...sets.slice(0, index)]
  const demos = ordered.flatMap((state): readonly Demo[] => state[predictor.id]?.demos.filter(demo => demo['augmented'] === true) ?? [])
  const shown = demos.slice(0, 3).map(demo => showDemo(predictor.signature({}), demo))
  return shown.length > 0 ? shown.join('\n\n') : noDemos
}

/** All at once, in slots of the run; results in the order of the drafts. */
function forAll<T>(drafts: readonly Draft[], work: (draft: Draft, index: number) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(drafts.map(work))
}
