import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts, type MemoryDisk } from '@/testing/memory-ports'
import { field, oneStep, toyLabelOf, toyLabels, twoSteps } from '@/testing/toy-programs'
import { finish, toyRun } from '@/testing/toy-run'
import type { Program } from '../../program/program'
import type { Lm } from '../../lm/lm'
import { type PlainChatRequest, chatOf } from '@/testing/chat-of'
import { estimateRun } from '../../run/plan/estimate'
import type { RunEvent } from '../../record/events'
import { emptyRunView, reduceRun } from '../../run/view/reduce'
import { gepa } from './gepa'
import { gepaBudget, gepaProblem } from './params'

const sizes = { train: 40, val: 50, predictors: 1, openInstructions: 1, openDemos: 1, callsPerRun: 1 }

describe('the budget of GEPA', () => {
  it.each([
    ['light', 4, 380],
    ['medium', 5, 690],
    ['heavy', 7, 1035],
  ])('%s is %i V + %i program runs for one predictor', (auto, passes, rest) => {
    for (const val of [1, 50, 333]) {
      expect(gepaBudget(gepa.params.parse({ auto }), { ...sizes, val })).toBe(passes * val + rest)
    }
  })

  it('grows with the predictors whose instructions are open', () => {
    expect(gepaBudget(gepa.params.parse({}), { ...sizes, openInstructions: 2 })).toBe(50 + 30 + 20 * 35 + 5 * 50)
  })

  it('is a number of your own when it is set by hand', () => {
    expect(gepaBudget(gepa.params.parse({ auto: 'manual', max_metric_calls: 123 }), sizes)).toBe(123)
    expect(gepaBudget(gepa.params.parse({ auto: 'manual', max_full_evals: 3 }), sizes)).toBe(270)
  })

  it.each([
    [{}, {}, /none/],
    [{ auto: 'manual', max_full_evals: 2 }, {}, /none/],
    [{ max_metric_calls: 100 }, {}, /manual/],
    [{ auto: 'manual' }, {}, /Set the number/],
    [{ auto: 'manual', max_full_evals: 2, max_metric_calls: 200 }, {}, /not both/],
    [{ auto: 'manual', max_metric_calls: 50 }, {}, /nothing would be left/],
    [{}, { openInstructions: 0 }, /locked/],
  ])('%j %j: %s', (params, changes, problem) => {
    const told = gepaProblem(gepa.params.parse(params), { ...sizes, ...changes })
    expect(told ?? 'none').toMatch(problem)
  })
})

interface Told {
  readonly disk: MemoryDisk
  readonly events: readonly RunEvent[]
  readonly asked: readonly string[]
  readonly result: Awaited<ReturnType<typeof finish>>['result']
  readonly answered: number
}

/** Runs GEPA on a model whose answers and reflections the test writes. */
async function compile(
  model: {
    readonly answer: (request: PlainChatRequest, user: string) => Record<string, string>
    readonly reflect: (message: string, turn: number) => string
  },
  params: Record<string, unknown>,
  { program = oneStep(), train = 60, val = 10 }: { program?: Program; train?: number; val?: number } = {},
): Promise<Told> {
  const asked: string[] = []
  const lm: Lm = {
    capabilities: { responseFormats: [] },
    generate(given) {
      const request = chatOf(given)
      const user = request.messages.at(-1)?.content ?? ''
      const isReflection = request.messages.length === 1
      if (isReflection) asked.push(user)
      const text = isReflection
        ? model.reflect(user, asked.length)
        : [
            ...Object.entries(model.answer(request, user)).map(([name, value]) => `[[ ## ${name} ## ]]\n${value}`),
            '[[ ## completed ## ]]',
          ].join('\n\n')
      const usage = { inputTokens: 1, outputTokens: 1 }
      return Promise.resolve({ text, finish: 'stop', usage, ms: 1, cached: false, attempts: 1 })
    },
  }
  const disk = memoryDisk()
  const optimizer = { id: 'gepa', params: params as Record<string, number> }
  const outcome = await finish(toyRun({ optimizer, program, train, val, concurrency: 1 }), memoryPorts({ lm, disk }))
  expect({ status: outcome.status, sentence: outcome.sentence }).toMatchObject({ status: 'done' })
  return { disk, events: disk.events, asked, result: outcome.result, answered: outcome.totals.answered }
}

const rowIn = (text: string): string => /order \d+ for item \w+/.exec(text)?.[0] ?? ''
const order = (text: string): string => /order (\d+)/.exec(text)?.[1] ?? ''
const rightFor = (text: string): string => toyLabelOf(/item (\w+)/.exec(text)?.[1] ?? '')
const wrongFor = (text: string): string => toyLabels.find(label => label !== rightFor(text)) ?? ''
const runsOf = ({ disk }: Told, purpose: string): number => [...disk.rollouts.values()].filter(record => record.purpose === purpose).length
const eventsOf = <T extends RunEvent['type']>({ events }: Told, type: T): readonly Extract<RunEvent, { type: T }>[] =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)

describe('the program runs of GEPA', () => {
  it.each([
    [oneStep(), 10, 100, 3],
    [twoSteps(), 6, 83, 4],
  ])('are V + 2m for each proposal that is not better', async (program, val, budget, m) => {
    const model = {
      answer: (_: PlainChatRequest, user: string) => ({ keyword: rowIn(user), reasoning: 'No.', label: wrongFor(user) }),
      reflect: (_: string, turn: number) => `\`\`\`\nTry ${turn}.\n\`\`\``,
    }
    const params = { auto: 'manual', max_metric_calls: budget, reflection_minibatch_size: m }
    const told = await compile(model, params, { program, val })
    const proposals = Math.ceil((budget - val) / (2 * m))
    expect(runsOf(told, 'evaluate')).toBe(val)
    expect(runsOf(told, 'trial')).toBe(proposals * 2 * m)
    expect(told.asked).toHaveLength(proposals)
    expect(eventsOf(told, 'candidate-reject')).toHaveLength(proposals)
    const { total } = estimateRun({ kind: 'compile', graph: program.graph, train: 60, val, optimizer: { id: 'gepa', params } })
    expect(told.answered).toBeLessThanOrEqual(total.high)
    expect(told.answered).toBeGreaterThanOrEqual(total.low)
  })

  it.each([
    [oneStep(), 10, 100, 3],
    [twoSteps(), 4, 60, 2],
  ])('are V + (2m + V) for each proposal that is', async (program, val, budget, m) => {
    // Knows the rows that its instruction names; a reflection adds those it was shown. That helps on no val row.
    const model = {
      answer(request: PlainChatRequest, user: string) {
        const known = /knows ([\d ]*)/.exec(request.messages[0]?.content ?? '')?.[1]?.split(' ') ?? []
        const isKnown = known.includes(order(user)) || user.includes('known')
        return {
          keyword: `${rowIn(user)}${isKnown ? ' known' : ''}`,
          reasoning: 'No.',
          label: isKnown ? rightFor(user) : wrongFor(user),
        }
      },
      reflect: (message: string) => {
        const known = /knows ([\d ]*)/.exec(message)?.[1] ?? ''
        const shown = [...message.matchAll(/order (\d+)/g)].map(match => match[1])
        return `\`\`\`\nknows ${known} ${shown.join(' ')}\n\`\`\``
      },
    }
    const params = { auto: 'manual', max_metric_calls: budget, reflection_minibatch_size: m, use_merge: false, component_selector: 'all' }
    const told = await compile(model, params, { program, val })
    const proposals = Math.ceil((budget - val) / (2 * m + val))
    expect(runsOf(told, 'trial')).toBe(proposals * 2 * m)
    expect(runsOf(told, 'evaluate')).toBe(val + proposals * val)
    const perProposal = program.graph.nodes.length - 2
    expect(told.asked).toHaveLength(proposals * perProposal)
    expect(eventsOf(told, 'candidate-accept')).toHaveLength(proposals)
    const { total } = estimateRun({ kind: 'compile', graph: program.graph, train: 60, val, optimizer: { id: 'gepa', params } })
    expect(told.answered).toBeLessThanOrEqual(total.high)
  })

  it('are none after the student where it is perfect', async () => {
    const told = await compile({ answer: (_, user) => ({ label: rightFor(user) }), reflect: () => '' }, {})
    expect(runsOf(told, 'trial')).toBe(0)
    expect(eventsOf(told, 'note')[0]?.text).toMatch(/perfect/)
  })
})

/** Rows by their number: the student solves every fourth; each instruction solves others; only both together solve all. */
const halves = {
  answer(request: PlainChatRequest, user: string): Record<string, string> {
    const system = request.messages[0]?.content ?? ''
    if (/Fields you write:\n1\. `keyword`/.test(system)) return { keyword: `${rowIn(user)}${system.includes('HALF ONE') ? ' first' : ''}` }
    const [hasOne, hasTwo] = [user.includes('first'), system.includes('HALF TWO')]
    const group = Number(order(user)) % 4
    const solved = hasOne && hasTwo ? [0, 1, 2, 3] : hasOne ? [1, 2] : hasTwo ? [2, 3] : [0]
    return { reasoning: 'So.', label: solved.includes(group) ? rightFor(user) : wrongFor(user) }
  },
  reflect(message: string): string {
    if (message.includes('step "Extract"')) {
      const examples = message.split('# Example').slice(1)
      const isStudent = examples.every(text => text.includes('This is right') === (Number(order(text)) % 4 === 0))
      return isStudent ? '```\nHALF ONE\n```' : '```\nNothing new.\n```'
    }
    return message.includes('first') ? '```\nNothing new.\n```' : '```\nHALF TWO\n```'
  },
}

describe('the search of GEPA', () => {
  it('merges two candidates that improved different steps', async () => {
    const told = await compile(halves, { auto: 'manual', max_metric_calls: 600 }, { program: twoSteps(), val: 12 })
    const merge = eventsOf(told, 'candidate-propose').find(event => event.how === 'merge')
    const accepted = eventsOf(told, 'candidate-accept').map(event => event.candidate)
    expect(merge?.parents).toHaveLength(2)
    expect(merge?.parents.every(parent => accepted.includes(parent))).toBe(true)
    expect(merge?.state).toMatchObject({ extract: { instructions: 'HALF ONE' }, classify: { instructions: 'HALF TWO' } })
    expect(told.result?.best).toMatchObject({ candidate: merge?.candidate, summary: { mean: 1 } })
    expect(eventsOf(told, 'minibatch-score').find(event => event.candidate === merge?.candidate)?.examples).toHaveLength(5)
  })

  it('does without merges when told to', async () => {
    const told = await compile(halves, { auto: 'manual', max_metric_calls: 300, use_merge: false }, { program: twoSteps(), val: 12 })
    expect(eventsOf(told, 'candidate-propose').every(event => event.how !== 'merge')).toBe(true)
  })

  it('tells lineage and frontier so that a screen can draw both', async () => {
    const told = await compile(halves, { auto: 'manual', max_metric_calls: 600 }, { program: twoSteps(), val: 12 })
    const view = told.disk.events.reduce(reduceRun, emptyRunView)
    const full = view.candidates.filter(candidate => candidate.full)
    for (const { example, score, candidates } of view.frontier?.rows ?? []) {
      const scores = full.map(({ id, full: scored }) => ({ id, score: scored?.scores[scored.examples.indexOf(example)] ?? -1 }))
      expect(score).toBe(Math.max(...scores.map(one => one.score)))
      expect([...candidates].sort()).toEqual(
        scores
          .filter(one => one.score === score)
          .map(one => one.id)
          .sort(),
      )
    }
    expect(view.frontier?.rows).toHaveLength(12)
    expect(view.frontier?.members).toEqual([{ candidate: view.best?.candidate, rows: 12 }])
    const known = new Set(view.candidates.map(({ id }) => id))
    for (const { parents, how } of view.candidates) {
      expect(parents).toHaveLength(how === 'merge' ? 2 : how === 'student' ? 0 : 1)
      expect(parents.every(parent => known.has(parent))).toBe(true)
    }
    expect(view.candidates.every(({ how, verdict }) => how === 'student' || verdict !== undefined)).toBe(true)
    expect(view.proposals.every(({ how, proposals }) => how === 'reflect' && proposals[0]?.call)).toBe(true)
  })

  it('rewrites the steps in turn, and leaves a locked one alone', async () => {
    const model = { ...halves, reflect: (_: string, turn: number) => `\`\`\`\nTry ${turn}.\n\`\`\`` }
    const params = { auto: 'manual', max_metric_calls: 60, candidate_selection_strategy: 'current_best' }
    const turns = eventsOf(await compile(model, params, { program: twoSteps() }), 'instructions-propose').map(event => event.predictor)
    expect(turns.slice(0, 4)).toEqual(['extract', 'classify', 'extract', 'classify'])
    const { graph, state } = twoSteps()
    const nodes = graph.nodes.map(node =>
      node.kind === 'signature' && node.id === 'extract' ? { ...node, locks: { instructions: true } as const } : node,
    )
    const locked = await compile(model, params, { program: { graph: { ...graph, nodes }, state } })
    expect(new Set(eventsOf(locked, 'instructions-propose').map(event => event.predictor))).toEqual(new Set(['classify']))
  })

  it.each([
    [{ score_threshold: 0.2 }, /score to stop at/],
    [{ max_iterations_without_improvement: 3, use_merge: false }, /3 iterations in a row/],
  ])('ends early: %j', async (stopper, sentence) => {
    const model = { ...halves, reflect: () => '```\nNo help.\n```' }
    const told = await compile(model, { ...stopper, auto: 'manual', max_metric_calls: 500 }, { program: twoSteps(), val: 12 })
    expect(eventsOf(told, 'note').at(-1)?.text).toMatch(sentence)
    expect(runsOf(told, 'trial')).toBeLessThanOrEqual(18)
  })

  it('goes on after a reflection that the provider refused, or that says nothing', async () => {
    const model = {
      ...halves,
      reflect(message: string, turn: number): string {
        return turn === 1 ? '``` ```' : halves.reflect(message)
      },
    }
    const told = await compile(model, { auto: 'manual', max_metric_calls: 400 }, { program: twoSteps(), val: 12 })
    expect(eventsOf(told, 'note')[0]?.text).toMatch(/no new instruction/)
    expect(told.result?.gain?.mean).toBeGreaterThan(0)
  })

  it('keeps the demos and the model of a step', async () => {
    const demos = [{ text: 'order 1 for item zorp', label: 'red' }]
    const program = oneStep('predict', { classify: { instructions: 'Old.', demos } })
    expect(program.graph.nodes.some(node => node.fields.includes(field('text', 'input')))).toBe(false)
    const model = {
      answer: (request: PlainChatRequest, user: string) => ({
        label: request.messages[0]?.content.includes('New.') ? rightFor(user) : wrongFor(user),
      }),
      reflect: () => '```\nNew.\n```',
    }
    const told = await compile(model, { auto: 'manual', max_metric_calls: 30 }, { program })
    expect(told.result?.best?.state['classify']).toEqual({ instructions: 'New.', demos })
  })
})
