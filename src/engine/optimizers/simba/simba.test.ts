import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts, type MemoryDisk } from '@/testing/memory-ports'
import { oneStep, toyLabelOf, toyLabels, toyWords, twoSteps } from '@/testing/toy-programs'
import { finish, toyModel, toyRun } from '@/testing/toy-run'
import { EngineError } from '../../base/errors'
import type { Program } from '../../program/program'
import type { Lm, LmCall } from '../../lm/lm'
import { type PlainChatRequest, chatOf } from '@/testing/chat-of'
import { estimateRun } from '../../run/plan/estimate'
import type { RunEvent } from '../../record/events'
import { simba } from './simba'
import { simbaProblem } from './params'

type Answer = (request: PlainChatRequest, call: LmCall) => Record<string, string>

const rowIn = (text: string): string => /order \d+ for item \w+/.exec(text)?.[0] ?? ''
const numberIn = (text: string): number => Number(/order (\d+)/.exec(text)?.[1] ?? 0)
const lastOf = (request: PlainChatRequest): string => request.messages.at(-1)?.content ?? ''
const isRule = (request: PlainChatRequest): boolean => (request.messages[0]?.content ?? '').includes('`discussion`')
/** Right for a row at every other sample. */
const wavering: Answer = (request, call) => {
  const row = rowIn(lastOf(request))
  const right = toyLabelOf(/item (\w+)/.exec(row)?.[1] ?? '')
  const isRight = (numberIn(row) + call.rollout) % 2 === 0
  return { keyword: row, reasoning: 'Hm.', label: isRight ? right : (toyLabels.find(one => one !== right) ?? '') }
}

async function compile(
  answer: Answer,
  params: Record<string, number>,
  { program = oneStep(), train = 12, val = 0 }: { program?: Program; train?: number; val?: number } = {},
) {
  const requests: { readonly request: PlainChatRequest; readonly call: LmCall }[] = []
  const lm: Lm = {
    capabilities: { responseFormats: [] },
    async generate(given, call) {
      const request = chatOf(given)
      requests.push({ request, call })
      const fields = Object.entries(answer(request, call)).map(([name, value]) => `[[ ## ${name} ## ]]\n${value}`)
      const text = [...fields, '[[ ## completed ## ]]'].join('\n\n')
      return { text, finish: 'stop', usage: { inputTokens: 1, outputTokens: 1 }, ms: 1, cached: false, attempts: 1 }
    },
  }
  const disk = memoryDisk()
  const run = toyRun({
    optimizer: { id: 'simba', params },
    program,
    train,
    val,
    models: { task: toyModel, prompt: toyModel, overrides: {} },
  })
  const outcome = await finish(run, memoryPorts({ lm, disk }))
  expect({ status: outcome.status, sentence: outcome.sentence }).toMatchObject({ status: 'done' })
  return { disk, outcome, rules: requests.filter(one => isRule(one.request)), tasks: requests.filter(one => !isRule(one.request)) }
}

const eventsOf = <T extends RunEvent['type']>(disk: MemoryDisk, type: T): readonly Extract<RunEvent, { type: T }>[] =>
  disk.events.filter((event): event is Extract<typeof event, { type: T }> => event.type === type)
const runsOf = (disk: MemoryDisk, purpose: string): number =>
  [...disk.rollouts.values()].filter(record => record.purpose === purpose).length

/** A model whose every rule is another one, and whose answers waver whatever it is told. */
function neverTheSame(fields: readonly string[]): Answer {
  let count = 0
  return (request, call) => {
    if (!isRule(request)) return wavering(request, call)
    count += 1
    return { discussion: 'Different.', ...Object.fromEntries(fields.map(field => [field, `Rule ${count}.`])) }
  }
}

describe('the program runs of SIMBA', () => {
  // As many rows as the steps take: a row that comes again may ask for the same rule, which the cache knows.
  it.each([
    [oneStep(), ['instruction_for_classify'], { bsize: 4, num_candidates: 2, max_steps: 3 }, 12],
    [twoSteps(), ['instruction_for_extract', 'instruction_for_classify_predict'], { bsize: 6, num_candidates: 3, max_steps: 4 }, 24],
  ])('are steps · b · (2n + 1) + (n + 1) · T, and steps · (n + 1) requests for rules', async (program, fields, params, train) => {
    const { bsize, num_candidates: n, max_steps: steps } = params
    const all = { ...params, max_demos: 0 }
    const { disk, rules } = await compile(neverTheSame(fields), all, { program, train })
    expect(runsOf(disk, 'trial')).toBe(steps * bsize * (2 * n + 1))
    // The student is one of the winners and was scored before.
    expect(runsOf(disk, 'evaluate')).toBe((n + 1) * train)
    expect(rules).toHaveLength(steps * (n + 1))
    const { calls, total } = estimateRun({ kind: 'compile', graph: program.graph, train, val: 0, optimizer: { id: 'simba', params: all } })
    const callsPerRun = program.graph.nodes.length - 2
    const highOf = (purpose: string) => calls.find(one => one.purpose === purpose)?.high
    expect(highOf('trial')).toBe(steps * bsize * (2 * n + 1) * callsPerRun)
    expect(highOf('evaluate')).toBe((n + 1) * train * callsPerRun)
    expect(highOf('propose')).toBe(steps * (n + 1))
    expect(total.high).toBe((steps * bsize * (2 * n + 1) + (n + 1) * train) * callsPerRun + steps * (n + 1))
  })

  it('are those of sampling alone where nothing varies', async () => {
    const params = { bsize: 4, num_candidates: 2, max_steps: 3 }
    const { disk, rules } = await compile(() => ({ label: 'none of them' }), params, { train: 8 })
    expect(runsOf(disk, 'trial')).toBe(3 * 4 * 2)
    expect(runsOf(disk, 'evaluate')).toBe(8)
    expect(rules).toHaveLength(0)
    expect(eventsOf(disk, 'note')).toHaveLength(3)
  })
})

describe('the search of SIMBA', () => {
  it('runs each row once a sample at temperature 1', async () => {
    const { tasks } = await compile(wavering, { bsize: 12, num_candidates: 3, max_steps: 1, max_demos: 0 })
    const sampled = tasks.filter(({ request }) => request.settings.temperature === 1)
    expect(sampled).toHaveLength(12 * 3)
    expect(new Set(sampled.map(({ call }) => call.rollout))).toEqual(new Set([0, 1, 2]))
  })

  it('appends demos of the best runs, which help', async () => {
    const knowing: Answer = (request, call) => {
      const shown = request.messages.slice(1, -1).some(({ content }) => content.includes(rowIn(lastOf(request)).split(' ').at(-1) ?? '?'))
      const right = toyLabelOf(/item (\w+)/.exec(lastOf(request))?.[1] ?? '')
      return isRule(request) ? {} : shown ? { label: right } : wavering(request, call)
    }
    const { disk, outcome } = await compile(knowing, { bsize: 12, num_candidates: 3, max_steps: 3 })
    const added = eventsOf(disk, 'candidate-propose').filter(event => event.how === 'append-demo')
    expect(added.length).toBeGreaterThan(0)
    expect(added[0]?.state['classify']?.demos).toMatchObject([{ augmented: true, text: expect.stringContaining('order') }])
    expect(outcome.result?.gain?.mean).toBeGreaterThan(0)
  })

  it('appends rules below the instructions, again and again, and never the same twice', async () => {
    const learning: Answer = (request, call) => {
      if (isRule(request)) {
        const word = /item (\w+)/.exec(lastOf(request))?.[1] ?? ''
        return { discussion: 'So.', instruction_for_classify: `${word} is ${toyLabelOf(word)}.` }
      }
      const word = /item (\w+)/.exec(lastOf(request))?.[1] ?? ''
      const told = new RegExp(`${word} is (\\w+)`).exec(request.messages[0]?.content ?? '')?.[1]
      return told ? { label: told } : wavering(request, call)
    }
    const program = oneStep('predict', { classify: { instructions: 'Name the colour.', demos: [] } })
    const { disk, outcome } = await compile(learning, { bsize: 12, num_candidates: 4, max_steps: 6, max_demos: 0 }, { program })
    const best = outcome.result?.best?.state['classify']?.instructions ?? ''
    const rules = best.split('\n\n').slice(1)
    expect(best.startsWith('Name the colour.\n\n')).toBe(true)
    expect(rules.length).toBeGreaterThan(1)
    expect(new Set(rules).size).toBe(rules.length)
    expect(toyWords).toContain(rules[0]?.split(' ')[0])
    expect(outcome.result?.gain?.mean).toBeGreaterThan(0)
    for (const { how, proposals } of eventsOf(disk, 'instructions-propose')) {
      expect(how).toBe('append-rule')
      expect(proposals[0]?.call).toBeTruthy()
    }
  })

  it('shows the prompt model both runs, what was expected, and what the metric said', async () => {
    const { rules } = await compile(neverTheSame(['instruction_for_classify']), { bsize: 6, num_candidates: 2, max_steps: 1, max_demos: 0 })
    const text = lastOf(rules[0]?.request ?? { model: '', messages: [], settings: {} })
    const right = toyLabelOf(/item (\w+)/.exec(text)?.[1] ?? '')
    expect(text).toContain(`label: ${right}`)
    expect(text).toMatch(new RegExp(`worse_reward_value ## \\]\\]\\n0`))
    expect(text).toMatch(new RegExp(`Expected ${right}, got`))
    expect(text).toMatch(/better_reward_value ## \]\]\n1/)
  })

  it('goes on without a rule that could not be had', async () => {
    const refusing: Answer = (request, call) => {
      if (isRule(request)) throw new EngineError('lm-content-filter', 'Not this one.', { isRetryable: false })
      return wavering(request, call)
    }
    const { disk } = await compile(refusing, { bsize: 6, num_candidates: 2, max_steps: 2, max_demos: 0 })
    expect(eventsOf(disk, 'candidate-propose').map(event => event.how)).toEqual(['student'])
  })

  it('names one winner a step, and the parents of every candidate', async () => {
    const { disk } = await compile(neverTheSame(['instruction_for_classify']), { bsize: 6, num_candidates: 3, max_steps: 3, max_demos: 0 })
    const proposed = eventsOf(disk, 'candidate-propose')
    expect(eventsOf(disk, 'candidate-accept')).toHaveLength(3)
    expect(eventsOf(disk, 'candidate-reject')).toHaveLength(proposed.length - 1 - 3)
    const known = new Set(proposed.map(event => event.candidate))
    for (const { how, parents } of proposed) {
      expect(parents).toHaveLength(how === 'student' ? 0 : 1)
      expect(parents.every(parent => known.has(parent))).toBe(true)
    }
  })

  it('does nothing but what is not locked', () => {
    const sizes = { train: 10, val: 10, predictors: 1, openInstructions: 0, openDemos: 0, callsPerRun: 1 }
    const problem = (params: Record<string, number>, changes: Partial<typeof sizes>) =>
      simbaProblem(simba.params.parse(params), { ...sizes, ...changes })
    expect(problem({}, {})).toMatch(/locked/)
    expect(problem({ max_demos: 0 }, { openDemos: 1 })).toMatch(/number of demos is 0/)
    expect(problem({}, { openDemos: 1 })).toBeUndefined()
    expect(problem({ max_demos: 0 }, { openInstructions: 1 })).toBeUndefined()
  })
})
