import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { askOnce } from '@/testing/ask-once'
import { barePrompt } from '@/testing/bare-prompt'
import { signatureOf } from '@/testing/signature-of'
import { frameText } from '../adapters/frame-text'
import { adapters } from '../adapters/registry'
import { callKey } from '../lm/kept/request-key'
import type { ChatRequest } from '../lm/lm'
import { plainMessages } from '../lm/parts'
import { joinAnswers } from '../modules/join-answers'
import type { Demo } from '../program/program'
import { gepa } from '../optimizers/gepa/gepa'
import { gepaBudget } from '../optimizers/gepa/params'
import { pcg64 } from '../optimizers/simba/pcg64'
import { numpyRandom } from '../optimizers/kit/numpy-random'
import { tpeSampler } from '../optimizers/kit/tpe'
import { miproParams } from '../optimizers/mipro/params'
import { miproPlan } from '../optimizers/mipro/plan'

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

describe('prompts and answers', () => {
  it('App. D 1 a question in chat: two messages, to the byte around our sentences', () => {
    const { instructions } = signatureOf('question -> answer')
    expect(barePrompt(adapters.chat, signatureOf('question -> answer'), [], { question: 'Hi' })).toEqual([
      '⟨inputs⟩\n1. `question` (str):\n⟨outputs⟩\n1. `answer` (str):\n⟨introduction⟩\n\n[[ ## question ## ]]\n{question}\n\n' +
        `[[ ## answer ## ]]\n{answer}\n\n[[ ## completed ## ]]\n⟨objective⟩\n        ${instructions}`,
      '[[ ## question ## ]]\nHi\n\n⟨start⟩`[[ ## answer ## ]]`⟨close⟩`[[ ## completed ## ]]`⟨end⟩',
    ])
  })

  it('App. D 1 the objective ends in a colon and a space', () => {
    expect(frameText.objective).toMatch(/\S: $/)
  })

  it('App. D 2 of a complete, an incomplete and an input-only demo the incomplete one comes first, and the last is not there', () => {
    const demos: readonly Demo[] = [
      { q: 'A', a: '1', b: '1' },
      { q: 'B', a: '2' },
    ]
    const users = barePrompt(adapters.chat, signatureOf('q -> a, b', ''), [...demos, { q: 'C' }], { q: 'D' }).filter(
      (_, at) => at % 2 === 1,
    )
    expect(users).toEqual(['⟨incomplete⟩\n\n[[ ## q ## ]]\nB', '[[ ## q ## ]]\nA', expect.stringMatching(/^\[\[ ## q ## \]\]\nD\n/)])
  })

  it('App. D 3 a value on the line of its header, a second section that is ignored', () => {
    const text = '[[ ## answer ## ]] yes\nmore\n[[ ## answer ## ]]\nno'
    expect(adapters.chat.parse(signatureOf('question -> answer'), text)).toEqual({ answer: 'yes\nmore' })
  })

  it('App. D 3 without a header it is asked again in JSON', async () => {
    const { values, requests } = await askOnce(['yes', '{"answer": "yes"}'], { signature: signatureOf('q -> answer') })
    expect([values, requests.map(({ responseFormat }) => responseFormat?.type)]).toEqual([{ answer: 'yes' }, [undefined, 'json_schema']])
  })

  it('App. D 5 a list is numbered quotes in a text, and JSON in a list', () => {
    const shown = (line: string): string =>
      plainMessages(adapters.chat.format(signatureOf(line, ''), [], { v: ['x', 'y\nz'] }))[1]?.content ?? ''
    expect(shown('v -> a')).toContain('[[ ## v ## ]]\n[1] «x»\n[2] «««\n    y\n    z\n»»»\n\n')
    expect(shown('v: list[str] -> a')).toContain('[[ ## v ## ]]\n["x", "y\\nz"]\n\n')
  })

  it('App. D 16 the majority of Paris, paris. and Lyon is the first', () => {
    expect(joinAnswers('majority', [{ a: 'Paris' }, { a: 'paris.' }, { a: 'Lyon' }], { rule: 'dspy' })).toEqual({ a: 'Paris' })
  })
})

describe('searches', () => {
  const sizes = { train: 40, val: 80, predictors: 1, openInstructions: 1, openDemos: 1, callsPerRun: 1 }

  it('App. D 10 random search with seed 0 on eight rows', () => {
    expect(pythonRandom(0).shuffle(upTo(8))).toEqual([4, 1, 5, 2, 0, 3, 7, 6])
    expect(pythonRandom(0).randint(1, 4)).toBe(4)
  })

  it('App. D 11 MIPROv2 light: ten trials on minibatches, two full evaluations after the first, trials up to 13', () => {
    const plan = miproPlan(miproParams.parse({ auto: 'light' }), sizes)
    expect(plan).toMatchObject({ isMinibatch: true, trials: 10, fullEvaluations: 2, adjustedTrials: 13, minibatchSize: 35 })
    const { trials, minibatchSize, fullEvaluations } = plan
    expect(sizes.val + trials * minibatchSize + fullEvaluations * sizes.val).toBe(80 + 350 + 2 * 80)
  })

  it.each([
    ['light', 4, 380],
    ['medium', 5, 690],
    ['heavy', 7, 1035],
  ])('App. D 12 GEPA %s runs the program %i V + %i times', (auto, passes, rest) => {
    for (const val of [1, 80, 333]) expect(gepaBudget(gepa.params.parse({ auto }), { ...sizes, val })).toBe(passes * val + rest)
  })

  it('App. D 14, App. B 7 sixteen suggestions of TPE', () => {
    const [instruction, demos] = ['0_predictor_instruction', '0_predictor_demos'] as const
    const sampler = tpeSampler(
      [
        { name: instruction, choices: 3 },
        { name: demos, choices: 6 },
      ],
      9,
    )
    sampler.tell({ [instruction]: 0, [demos]: 0 }, 50)
    const seen = upTo(16).map(() => {
      const choice = sampler.ask()
      sampler.tell(choice, 50 + 10 * (choice[instruction] ?? 0) - 3 * (choice[demos] ?? 0))
      return `(${choice[instruction]},${choice[demos]})`
    })
    expect(seen.join('')).toBe('(1,3)(2,0)(1,5)(2,2)(0,5)(2,0)(2,5)(1,4)(2,5)(2,3)(2,0)(2,0)(1,0)(2,1)(2,4)(2,0)')
  })
})

describe('random numbers', () => {
  it('App. A numbers of Random(0), and what it samples', () => {
    const rng = pythonRandom(0)
    expect([rng.random(), rng.random(), rng.random()]).toEqual([0.8444218515250481, 0.7579544029403025, 0.420571580830845])
    const other = pythonRandom(0)
    expect([other.sample(upTo(20), 3), other.sample(upTo(100), 10)]).toEqual([
      [12, 13, 1],
      [33, 65, 62, 51, 38, 61, 45, 74, 27, 64],
    ])
  })

  it('App. A shuffles', () => {
    expect(pythonRandom(0).shuffle(upTo(10))).toEqual([7, 8, 1, 5, 3, 4, 2, 0, 9, 6])
    expect([0, 1, 2, 3].map(seed => pythonRandom(seed).shuffle(upTo(8)).join(''))).toEqual(['41520376', '36157042', '53412670', '05721643'])
    expect([0, 1, 2, 3].map(seed => pythonRandom(seed).randint(1, 4))).toEqual([4, 2, 1, 2])
  })

  it('App. A one Random(9) in sequence, and fresh ones', () => {
    const rng = pythonRandom(9)
    const letters = 'abcdef'.split('')
    expect(upTo(6).map(() => rng.randint(1, 4))).toEqual([4, 3, 3, 2, 2, 1])
    expect([rng.choice(letters), rng.choices([0, 1, 2], [0.2, 0.3, 0.5], 3), rng.randint(0, 1e9)]).toEqual(['c', [2, 2, 0], 595143377])
    expect(pythonRandom(9).choice(letters)).toBe('d')
    expect(pythonRandom(9).choices([0, 1, 2], [0.2, 0.3, 0.5], 3)).toEqual([1, 1, 0])
    expect([pythonRandom(9).randint(0, 1e9), pythonRandom(9).random()]).toEqual([497150363, 0.46300735781502145])
  })

  it('App. A Poisson numbers of NumPy’s default generator', () => {
    const rng = pcg64(0)
    expect([0.25, 0.5, 1, 1, 0.75, 2].map(lambda => rng.poisson(lambda))).toEqual([0, 0, 0, 0, 2, 4])
  })

  it('App. A a seed that is a text, and NumPy’s own stream', () => {
    expect(pythonRandom('abc').random()).toBe(0.7720246314157545)
    const draw = numpyRandom(9)
    expect([draw(), draw(), draw()]).toEqual([0.010374153885699955, 0.5018745921487388, 0.4957732931341461])
  })
})

describe('what makes two requests one', () => {
  const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'hi' }], settings: { temperature: 0.5 } }

  it.each<[what: string, changed: ChatRequest, rollout: number]>([
    ['the sample', request, 1],
    ['the temperature', { ...request, settings: { temperature: 0.6 } }, 0],
    ['the response format', { ...request, responseFormat: { type: 'json_object' } }, 0],
    ['the model', { ...request, model: 'n' }, 0],
    ['the messages', { ...request, messages: [{ role: 'user', content: 'ho' }] }, 0],
  ])('App. D 17 %s is part of the key', (_what, changed, rollout) => {
    expect(callKey(changed, rollout)).not.toBe(callKey(request, 0))
  })

  it('App. D 17 differs on purpose: the endpoint is part of the key, which in DSPy answers for another one', () => {
    expect(callKey({ ...request, endpoint: 'https://a.example' }, 0)).not.toBe(callKey({ ...request, endpoint: 'https://b.example' }, 0))
  })
})
